"""What declarations say in SQL, said once more in Python by hand: keyed by type and field.

A declaration with SQL in it that has no entry here fails the test by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fuzz import waste_said
from tests.fuzz.rights import Place, Row, Store, under

from wantilan.access.actor import Actor
from wantilan.registry.codes import code_lists

ONLY: Mapping[str, Callable[[Row], bool]] = {
    "Hamlet.head": lambda row: row["until"] is None,
    "Household.state": lambda row: row["until"] is None,
    "Resident.state": lambda row: row["until"] is None,
    "Household.number": lambda row: row["until"] is None,
    "VillageJob.lastRun": lambda row: row["latest"],
    "Resident.membership": lambda row: row["until"] is None,
    "ResidentKartu.card": lambda row: row["closed_on"] is None,
    **waste_said.ONLY,
}
"""The conditions of `one(only=…)`."""

EXPRESSIONS: Mapping[str, Callable[[Row], Any]] = {
    "VillageJob.nextAt": lambda row: None if row["paused"] else row["due_at"],
    **waste_said.EXPRESSIONS,
}
"""`expression(…)`."""

OVER: Mapping[str, Callable[[Row, Sequence[Row]], Any]] = waste_said.OVER
"""`expression(…, reads=[…])`: the row, and the rows of the other table that may be read."""

FIGURES: Mapping[str, Callable[[Row], bool]] = waste_said.FIGURES
"""The `where=` of figures over a period, by type and Python name."""

KNOWN: Mapping[str, Callable[[Row, str], str | None]] = {
    "VillageJob.description": lambda row, language: {
        ("waste.look_for_gaps", "id"): "Mengabarkan TPS3R yang kemarin tidak menimbang apa pun.",
        ("waste.look_for_gaps", "en"): "Tells of each TPS3R that weighed nothing yesterday.",
    }.get((row["name"], language)),
    "VillageTask.description": lambda row, language: {
        ("resident.import", "id"): "Impor lembar penduduk",
        ("resident.import", "en"): "Import of a resident sheet",
    }.get((row["name"], language)),
}
"""`known(…)`, on the row that holds the name."""


def _changes(row: Row) -> dict[str, Any]:
    """By the names of fields; what points at a row as its global id."""
    told = {
        "hamlet_id": ("hamletId", "hamlet"), "household_id": ("householdId", "household"),
        "marital_status": ("maritalStatus", None),
    }  # fmt: skip
    made: dict[str, Any] = {}
    for column, value in row["changes"].items():
        name, tag = told.get(column, (column, None))
        made[name] = f"{tag}-{row['village_id'].hex}-{value}" if tag and value is not None else value
    return made


COMPUTED: Mapping[str, Callable[[Row], Any]] = {"LifeEffect.changes": _changes}
"""`computed(…)` that writes ids; the functions of the others are pure, and taken as they are."""


def _settings(program: Any, owner: Row, store: Store) -> Any:
    kept = store.rows["program_settings"]
    found = (r for r in kept if r["village_id"] == owner["id"] and r["program"] == program.name)
    return next((row["values"] for row in found), None)


def _enabled(program: Any, owner: Row, store: Store) -> bool:
    return store.enabled(program.name, Place(owner["code"], owner["id"]))


def _failures(program: Any, owner: Row, store: Store) -> int:
    kept = store.rows["delivery"]
    found = (r for r in kept if r["village_id"] == owner["id"] and r["program"] == program.name)
    return next((row["attempts"] for row in found), 0)


ITEMS: Mapping[str, Callable[[Any, Row, Store], Any]] = {
    "VillageProgram.enabled": _enabled,
    "VillageProgram.settings": _settings,
    "VillageProgram.deliveryFailures": _failures,
}
"""`item(…)` of listed things, on the row that they hang on."""


def _permissions(actor: Actor, code: str) -> list[str]:
    return sorted({p for h in actor.held if under(code, h.code) for p in h.permissions})


ME: Mapping[str, Callable[[Actor, Mapping[str, Any]], Any]] = {
    "actor": lambda actor, given: actor.name,
    "places": lambda actor, given: sorted({h.code for h in actor.held}),
    "permissions": lambda actor, given: _permissions(actor, given["villageCode"]),
    "roles": lambda actor, given: [
        {"role": h.role, "placeKind": h.kind.name, "placeCode": h.code} for h in actor.held
    ],
}
"""The root resolver `me`."""


def enum_labels(given: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """The root resolver `enumLabels`."""
    chosen = given.get("language") or language
    lists = code_lists()
    return [
        {
            "name": name,
            "values": [
                {"value": m.name, "code": m.code, "label": m.label.en if chosen == "en" else m.label.id}
                for m in lists[name]
            ],
        }
        for name in given["names"]
        if name in lists
    ]


UNASKED = {
    "codeHolder": "programs answer it: tests/core/test_holders.py",
    "wasteTrackComplaint": "for who has a code: tests/waste/complaints",
}
"""Root resolvers that look for themselves, and are asked elsewhere."""
