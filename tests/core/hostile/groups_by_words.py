"""Declares totals by the names of columns, and not by the columns."""

from wantilan import Program, Text, hookimpl, rollup, tables

ROLLUPS = (rollup("groups_by_words_total", tables.HouseholdMember, by=["relationship"]),)  # type: ignore[list-item]


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="groups_by_words",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
        rollups=ROLLUPS,
    )
