"""OpenSID's resident sheet: 43 columns that every village of the regency can export and import.

    reader = SheetReader(path, today=today)
    for line in reader: ...            # SheetLine(number, SheetRow | None, faults, warnings)
    reader.faults, reader.warnings     # Findings: listed, counts, total

    write_sheet(file, rows, SheetForm.XLSX)

Pure: files in, values out, no database. docs/opensid.md is its data dictionary. Chronic illness is not in the
sheet, and not here.
"""

from __future__ import annotations

from .columns import BY_FIELD, BY_NAME, COLUMNS, Column
from .files.base import SheetLimits
from .findings import Findings, Located
from .reading import SheetForm, SheetLine, SheetReader, form_of
from .row import ABSENT, Absent, Cell, SheetRow
from .writing import cells_of, write_sheet

__all__ = [
    "ABSENT",
    "BY_FIELD",
    "BY_NAME",
    "COLUMNS",
    "Absent",
    "Cell",
    "Column",
    "Findings",
    "Located",
    "SheetForm",
    "SheetLimits",
    "SheetLine",
    "SheetReader",
    "SheetRow",
    "cells_of",
    "form_of",
    "write_sheet",
]
