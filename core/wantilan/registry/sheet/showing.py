"""A resident of the register as a row of the sheet. What the import stores, this shows as it stood there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..codes import Citizenship, FamilyRelationship, ResidentStatus
from ..opensid import SheetRow
from ..opensid.kinds.texts import straight

if TYPE_CHECKING:
    from .known import KnownHousehold

OTHER = FamilyRelationship.LAINNYA
"""What somebody of a family is of whom the sheet does not say it."""
SAME = (
    "sex", "birth_place", "birth_date", "religion", "education", "current_education", "occupation",
    "marital_status", "blood_type",
)  # fmt: skip
"""Fields that are columns of `Resident`, by the same name."""
DETAILS = (
    "rw", "rt", "father_nik", "mother_nik", "birth_certificate", "passport", "passport_expires_on",
    "stay_permit", "marriage_certificate", "married_on", "divorce_certificate", "divorced_on", "disability",
    "contraception", "pregnancy", "identity_card", "identity_card_progress", "current_address", "ethnicity",
    "card_tag", "insurance", "insurance_number", "latitude", "longitude",
)  # fmt: skip
"""Fields that are columns of `ResidentDetail`, by the same name; the parents' NIK is sealed there."""


def shown(
    row: Mapping[str, Any],
    details: Mapping[str, Any],
    *,
    nik: str | None,
    hamlet: str,
    relationship: FamilyRelationship | None,
    household: KnownHousehold | None,
    card: KnownHousehold | None,
    last: tuple[KnownHousehold, FamilyRelationship] | None,
) -> SheetRow:
    """`relationship` is that in `household`; `card` is where `details` say that the person stands; `last` is
    the last household of somebody who has died or left, on whose card he stands unless they say otherwise.
    """
    assumed = set((details.get("assumed") or "").split(","))
    role = relationship
    if household is not None and role is OTHER and "kk_level" in assumed:
        role = None
    if household is None:
        household, role = card, details.get("card_relationship")
        if card is None and role is None and last is not None and "no_kk" not in assumed:
            household, role = last
    address = details.get("address")
    if address is None and household is not None and "alamat" not in assumed:
        address = household.address
    return SheetRow(
        address=address,
        hamlet=hamlet,
        full_name=straight(row["full_name"]),
        nik=nik,
        kk_number=household.number if household is not None else None,
        relationship=role,
        citizenship=_unless(row["citizenship"], Citizenship.WNI, "warganegara_id" in assumed),
        status=_unless(row["status"], ResidentStatus.HIDUP, "status_dasar" in assumed),
        father_name=_straight(row["father_name"]),
        mother_name=_straight(row["mother_name"]),
        **{name: row[name] for name in SAME},
        **{name: details.get(name) for name in DETAILS},
    )


def _unless(value: Any, default: Any, assumed: bool) -> Any:
    """Blank as long as the register holds nothing but what was assumed."""
    return None if assumed and value is default else value


def _straight(name: str | None) -> str | None:
    return straight(name) if name is not None else None
