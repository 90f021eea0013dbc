"""What the waste program tells residents."""

from __future__ import annotations

from datetime import date, datetime

from wantilan import (
    Grams,
    MessageTemplate,
    Rupiah,
    Text,
)

from .models.words import WasteComplaintState

RECEIVED = MessageTemplate(
    "waste.intake_received",
    subject=Text("Sampah Anda sudah ditimbang", "Your waste has been weighed"),
    body=Text(
        "{facility} menerima {mass} sampah dari rumah tangga Anda pada {day}. Terima kasih sudah memilah.",
        "{facility} took in {mass} of waste from your household on {day}. Thank you for sorting.",
    ),
    values={"facility": str, "mass": Grams, "day": date},
)
FEE_PAID = MessageTemplate(
    "waste.fee_paid",
    subject=Text("Iuran sampah Anda sudah diterima", "Your waste fee was received"),
    body=Text(
        "Kuitansi {receipt}: {amount} diterima pada {day}. Terima kasih.",
        "Receipt {receipt}: {amount} received on {day}. Thank you.",
    ),
    values={"receipt": str, "amount": Rupiah, "day": date},
)
FEE_TAKEN_BACK = MessageTemplate(
    "waste.fee_taken_back",
    subject=Text("Pembayaran iuran sampah dibatalkan", "A payment of your waste fee was taken back"),
    body=Text(
        "Kuitansi {receipt} sebesar {amount} dibatalkan. Keliru? Hubungi kantor desa.",
        "Receipt {receipt} of {amount} was taken back. Not right? Tell the village office.",
    ),
    values={"receipt": str, "amount": Rupiah},
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
COMPLAINT_RECEIVED = MessageTemplate(
    "waste.complaint_received",
    subject=Text("Aduan Anda kami terima", "We have received your report"),
    body=Text(
        "Aduan Anda bernomor {code}. Kami usahakan selesai sebelum {due}. "
        "Siapa pun yang memegang nomor ini dapat melihat sampai di mana aduannya.",
        "Your report has the number {code}. We mean to have it resolved by {due}. "
        "Whoever has this number can see how far it is.",
    ),
    values={"code": str, "due": datetime},
)


def _step(state: WasteComplaintState, subject: Text, said: Text) -> MessageTemplate:
    return MessageTemplate(
        f"waste.complaint_{state.name.lower()}",
        subject=subject,
        body=Text(
            f"Aduan {{code}} {said.id}. Catatan dari desa: {{note}}",
            f"Report {{code}} {said.en}. The village's note: {{note}}",
        ),
        values={"code": str, "note": str},
    )


COMPLAINT_STEPS = {
    state: _step(state, subject, said)
    for state, subject, said in (
        (
            WasteComplaintState.ACKNOWLEDGED,
            Text("Aduan Anda sudah dibaca", "Your report has been read"),
            Text("sudah dibaca", "has been read"),
        ),
        (
            WasteComplaintState.IN_PROGRESS,
            Text("Aduan Anda sedang dikerjakan", "Your report is being worked on"),
            Text("sedang dikerjakan", "is being worked on"),
        ),
        (
            WasteComplaintState.RESOLVED,
            Text("Aduan Anda selesai dikerjakan", "Your report is resolved"),
            Text("selesai dikerjakan", "is resolved"),
        ),
        (
            WasteComplaintState.CLOSED,
            Text("Aduan Anda ditutup", "Your report is closed"),
            Text("ditutup", "is closed"),
        ),
        (
            WasteComplaintState.REJECTED,
            Text("Aduan Anda tidak dapat kami tangani", "We cannot handle your report"),
            Text("tidak dapat kami tangani", "cannot be handled by us"),
        ),
    )
}
"""What a reporter is told of each step."""
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
TEMPLATES = (
    RECEIVED,
    FEE_PAID,
    FEE_TAKEN_BACK,
    REJECTED_UNSORTED,
    COMPLAINT_RECEIVED,
    *COMPLAINT_STEPS.values(),
    DEPOSIT_POSTED,
    DEPOSIT_REVERSED,
    MONEY_OUT,
)
