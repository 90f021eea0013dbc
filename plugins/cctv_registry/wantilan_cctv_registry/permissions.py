"""Permissions and roles of the camera register."""

from __future__ import annotations

from wantilan import Permission, PlaceKind, Role, Text

READ, REGISTER = "cctv.camera.read", "cctv.camera.register"

PERMISSIONS = (
    Permission(READ, Text("Melihat daftar lengkap kamera", "See the full list of cameras")),
    Permission(REGISTER, Text("Mendaftarkan kamera", "Register cameras")),
)

REGION = frozenset({PlaceKind.REGION})
OFFICE = frozenset({READ, REGISTER})

ROLES = (
    Role("cctv_officer", Text("Petugas CCTV", "CCTV officer"), OFFICE, REGION),
    Role("village_operator", Text("Operator desa", "Village operator"), OFFICE, REGION),
    Role("perbekel", Text("Perbekel", "Village head"), OFFICE, REGION),
)
