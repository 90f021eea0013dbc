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
TEMPLATES = (
    RECEIVED,
    FEE_PAID,
    FEE_TAKEN_BACK,
    REJECTED_UNSORTED,
)
