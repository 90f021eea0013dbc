"""What the waste program tells residents."""

from __future__ import annotations

from datetime import date

from wantilan import Grams, MessageTemplate, Text

RECEIVED = MessageTemplate(
    "waste.intake_received",
    subject=Text("Sampah Anda sudah ditimbang", "Your waste has been weighed"),
    body=Text(
        "{facility} menerima {mass} sampah dari rumah tangga Anda pada {day}. Terima kasih sudah memilah.",
        "{facility} took in {mass} of waste from your household on {day}. Thank you for sorting.",
    ),
    values={"facility": str, "mass": Grams, "day": date},
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
TEMPLATES = (RECEIVED, REJECTED_UNSORTED)
