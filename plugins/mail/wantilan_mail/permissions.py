"""Permissions and roles of the mail program."""

from __future__ import annotations

from wantilan import Permission, PlaceKind, Role, Text

READ, MANAGE = "mail.address.read", "mail.address.manage"

PERMISSIONS = (
    Permission(READ, Text("Melihat alamat surel penduduk", "See residents' mail addresses")),
    Permission(MANAGE, Text("Mencatat alamat surel penduduk", "Keep residents' mail addresses")),
)

OFFICE = frozenset({READ, MANAGE})
REGION = frozenset({PlaceKind.REGION})

ROLES = (
    Role("village_operator", Text("Operator desa", "Village operator"), OFFICE, REGION),
    Role("perbekel", Text("Perbekel", "Village head"), OFFICE, REGION),
)
