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
TEMPLATES = (RECEIVED,)
