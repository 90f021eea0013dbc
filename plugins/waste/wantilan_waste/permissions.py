"""Permissions and roles of the waste program."""

from __future__ import annotations

from wantilan import Permission, PlaceKind, Role, Text

READ, RECORD, FIGURES = "waste.intake.read", "waste.intake.record", "waste.figures.read"

PERMISSIONS = (
    Permission(READ, Text("Melihat penimbangan sampah", "See weighings of waste")),
    Permission(RECORD, Text("Mencatat penimbangan sampah", "Record weighings of waste")),
    Permission(FIGURES, Text("Melihat angka sampah", "See figures of waste")),
)

REGION = frozenset({PlaceKind.REGION})
OFFICE = frozenset({READ, RECORD, FIGURES})

ROLES = (
    Role("waste_collector", Text("Petugas angkut sampah", "Waste collector"), frozenset({RECORD}), REGION),
    Role("waste_tps3r_operator", Text("Petugas TPS3R", "TPS3R operator"), OFFICE, REGION),
    Role("village_operator", Text("Operator desa", "Village operator"), OFFICE, REGION),
    Role("perbekel", Text("Perbekel", "Village head"), OFFICE, REGION),
    Role("agency_officer", Text("Petugas OPD", "Agency officer"), frozenset({FIGURES}), REGION),
)
