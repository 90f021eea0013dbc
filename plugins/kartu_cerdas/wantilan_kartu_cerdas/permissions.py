"""Permissions and roles of the card program."""

from __future__ import annotations

from wantilan import Permission, PlaceKind, Role, Text

READ, REQUEST, APPROVE = "kartu.card.read", "kartu.card.request", "kartu.card.approve"
FIGURES = "kartu.figures.read"

PERMISSIONS = (
    Permission(READ, Text("Melihat kartu penduduk", "See residents' cards")),
    Permission(REQUEST, Text("Meminta kartu untuk penduduk", "Ask for a card for a resident")),
    Permission(
        APPROVE, Text("Menyetujui kartu yang diminta orang lain", "Approve cards that others asked for")
    ),
    Permission(FIGURES, Text("Melihat angka kartu", "See figures of cards")),
)

REGION = frozenset({PlaceKind.REGION})
OFFICE = frozenset({READ, REQUEST, APPROVE, FIGURES})

ROLES = (
    # Whoever asks for cards must be able to find the residents they are for.
    Role(
        "kartu_officer",
        Text("Petugas kartu", "Card officer"),
        frozenset({READ, REQUEST, FIGURES, "resident.read"}),
        REGION,
    ),
    Role("village_operator", Text("Operator desa", "Village operator"), OFFICE, REGION),
    Role("perbekel", Text("Perbekel", "Village head"), OFFICE, REGION),
    Role(
        "kelian",
        Text("Kelian banjar", "Head of a hamlet"),
        frozenset({READ, REQUEST}),
        frozenset({PlaceKind.HAMLET}),
    ),
    Role("agency_officer", Text("Petugas OPD", "Agency officer"), frozenset({FIGURES}), REGION),
)
