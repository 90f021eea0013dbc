"""What the waste program tells residents."""

from __future__ import annotations

from datetime import date

from wantilan import FamilyRelationship, Grams, MessageTemplate, Text, Unit, notify, tables

from .models import Facility, Intake

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


async def tell_household(unit: Unit, intake: Intake, facility: Facility) -> None:
    """Tell the head of the household of its weighing, if it has a head."""
    head = await unit.first(
        tables.HouseholdMember,
        tables.HouseholdMember.household_id == intake.household_id,
        tables.HouseholdMember.relationship == FamilyRelationship.KEPALA_KELUARGA,
        tables.HouseholdMember.until.is_(None),
    )
    if head is not None:
        await notify(
            unit,
            head.resident_id,
            RECEIVED,
            facility=facility.name,
            mass=intake.mass_grams,
            day=intake.business_date,
        )
