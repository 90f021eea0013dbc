"""The register of a village as a sheet that OpenSID takes, and that comes back unchanged."""

from __future__ import annotations

from collections.abc import Sequence

from ...store.secrets import Keys
from ...store.write import Unit
from ..names import sort_key
from ..opensid import COLUMNS, Column, SheetRow
from .known import Known, read_register

KEY = "nik"


async def exported(unit: Unit, keys: Keys) -> list[SheetRow]:
    """Every resident of the unit's village, whatever became of him: by hamlet and family, the head first."""
    register = await read_register(unit, keys)
    return [known.shown for known in sorted(register.residents.values(), key=_place)]


def _place(known: Known) -> tuple[str, bool, str, int, str, str]:
    row = known.shown
    role = row.relationship
    return (
        sort_key(str(row.hamlet)), row.kk_number is None, str(row.kk_number),
        role.code if role else 99,  # type: ignore[union-attr]
        known.row["name_key"], known.id.hex,
    )  # fmt: skip


def chosen(names: Sequence[str] | None) -> Sequence[Column]:
    """The columns of these names in the order of the sheet, NIK among them; all where none are named."""
    if names is None:
        return COLUMNS
    return [column for column in COLUMNS if column.name in names or column.name == KEY]
