"""What the waste program tells residents."""

from __future__ import annotations

from datetime import date

from wantilan import Grams, MessageTemplate, Rupiah, Text

RECEIVED = MessageTemplate(
    "waste.intake_received",
    subject=Text("Sampah Anda sudah ditimbang", "Your waste has been weighed"),
    body=Text(
        "{facility} menerima {mass} sampah dari rumah tangga Anda pada {day}. Terima kasih sudah memilah.",
        "{facility} took in {mass} of waste from your household on {day}. Thank you for sorting.",
    ),
    values={"facility": str, "mass": Grams, "day": date},
)
DEPOSIT_POSTED = MessageTemplate(
    "waste.deposit_posted",
    subject=Text("Setoran bank sampah sudah dibukukan", "Your deposit at the waste bank is booked"),
    body=Text(
        "Setoran {receipt}: {mass}, {credited} masuk rekening {account}. Saldo sekarang {balance}.",
        "Deposit {receipt}: {mass}, {credited} into account {account}. The balance is now {balance}.",
    ),
    values={"receipt": str, "mass": Grams, "credited": Rupiah, "account": str, "balance": Rupiah},
)
DEPOSIT_REVERSED = MessageTemplate(
    "waste.deposit_reversed",
    subject=Text("Setoran bank sampah dibatalkan", "A deposit at the waste bank was taken back"),
    body=Text(
        "Setoran {receipt} dibatalkan: {credited} keluar dari rekening {account}. Saldo sekarang {balance}.",
        "Deposit {receipt} was taken back: {credited} out of account {account}. The balance is {balance}.",
    ),
    values={"receipt": str, "credited": Rupiah, "account": str, "balance": Rupiah},
)
MONEY_OUT = MessageTemplate(
    "waste.money_out",
    subject=Text("Saldo bank sampah dipakai", "Your balance at the waste bank was used"),
    body=Text(
        "{amount} keluar dari rekening {account}. Saldo sekarang {balance}. Bukan Anda? Hubungi kantor desa.",
        "{amount} out of account {account}. The balance is now {balance}. Not you? Tell the village office.",
    ),
    values={"amount": Rupiah, "account": str, "balance": Rupiah},
)
REJECTED_UNSORTED = MessageTemplate(
    "waste.rejected_unsorted",
    subject=Text("Sampah Anda belum dipilah", "Your waste was not sorted"),
    body=Text(
        "Pada {day} petugas tidak mengangkut sampah Anda karena belum dipilah. Catatan petugas: {feedback} "
        "Pilahlah menjadi organik, anorganik, dan residu; pada kunjungan berikutnya petugas melihatnya lagi.",
        "On {day} the collector left your waste behind, because it was not sorted. What he noted: {feedback} "
        "Sort it into organic, inorganic and residue; at the next visit it will be looked at again.",
    ),
    values={"day": date, "feedback": str},
)
TEMPLATES = (RECEIVED, REJECTED_UNSORTED, DEPOSIT_POSTED, DEPOSIT_REVERSED, MONEY_OUT)
