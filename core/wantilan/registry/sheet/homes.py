"""Where families live, after a sheet: the hamlet and the address of each household that it names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..names import sort_key
from .families import HEAD, Family
from .known import Register
from .planning import ALIVE, Plan, Planned
from .showing import DETAILS


@dataclass(frozen=True, slots=True)
class Home:
    """A household as the sheet has it: by its head, else by the first row of its card."""

    hamlet: str
    """The key of its name."""
    address: str | None


def homes_of(plan: Plan, register: Register) -> dict[Family, Home]:
    """Of each family on whose card somebody stands. One whose head the sheet does not name stays as it is,
    and so does one of the register that has no head now.
    """
    rows: dict[Family, list[Planned]] = defaultdict(list)
    for one in plan.planned:
        if one.family is not None:
            rows[one.family].append(one)
    found: dict[Family, Home] = {}
    for family, here in rows.items():
        head = next((one for one in here if one.role is HEAD), None)
        if head is None and isinstance(family, UUID):
            known = register.households[family]
            found[family] = Home(register.hamlets[known.hamlet_id][0], known.address)
        else:
            one = head or here[0]
            found[family] = Home(sort_key(str(one.row.hamlet)), one.row.address)  # type: ignore[arg-type]
    return found


def details_of(one: Planned, home: Home | None, family_id: UUID | None) -> dict[str, Any]:
    """The columns of `ResidentDetail` that keep the rest of a row; the parents' NIK as it is."""
    row, member = one.row, one.role is not None
    assumed = []
    if row.status is None:
        assumed.append("status_dasar")
    if row.citizenship is None:
        assumed.append("warganegara_id")
    if member and row.relationship is None:
        assumed.append("kk_level")
    if home is not None and home.address is not None and row.address is None:
        assumed.append("alamat")
    if one.status is not ALIVE and family_id is None and row.relationship is None:
        assumed.append("no_kk")
    same_address = home is not None and row.address == home.address
    return {
        **{name: getattr(row, name) for name in DETAILS},
        "address": None if same_address else row.address,
        "card_household_id": None if member else family_id,
        "card_relationship": None if member else row.relationship,
        "assumed": ",".join(assumed) or None,
    }


def differing_details(wanted: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are not kept so already."""
    return {name: value for name, value in wanted.items() if value != known.get(name)}
