"""Permissions and roles of the core."""

from __future__ import annotations

from ..access.permissions import Permission, PlaceKind, Role
from ..errors import Text

MANAGE, HOUSEHOLD, UPDATE = "village.manage", "household.update", "resident.update"
CORRECT, DECIDE = "resident.correct", "resident.correction.decide"
LOOK_UP = "code.look_up"

PERMISSIONS = (
    Permission("village.read", Text("Melihat banjar dan keluarga", "See hamlets and households")),
    Permission("resident.read", Text("Melihat penduduk", "See residents")),
    Permission("resident.contact.read", Text("Melihat kontak penduduk", "See residents' contact details")),
    Permission(
        "resident.sensitive.read", Text("Melihat data khusus penduduk", "See residents' sensitive data")
    ),
    Permission("resident.register", Text("Mendaftarkan penduduk", "Register residents")),
    Permission("resident.event.record", Text("Mencatat peristiwa penduduk", "Record life events")),
    Permission(
        "resident.transfer", Text("Memindahkan penduduk antardesa", "Hand residents over to other villages")
    ),
    Permission("resident.merge", Text("Menggabung data ganda", "Judge and merge duplicates")),
    Permission(MANAGE, Text("Mengatur desa, banjar dan kelian", "Manage village, hamlets and their heads")),
    Permission(HOUSEHOLD, Text("Mengubah alamat dan nomor KK", "Change address and number of a household")),
    Permission(UPDATE, Text("Mengubah data penduduk", "Change residents' data")),
    Permission(CORRECT, Text("Mengusulkan perbaikan data pokok", "Propose corrections of what identifies")),
    Permission(
        DECIDE,
        Text("Memutuskan perbaikan yang diusulkan orang lain", "Decide corrections that others proposed"),
    ),
    Permission("resident.import", Text("Mengimpor lembar penduduk", "Import resident sheets")),
    Permission(
        "resident.export",
        Text("Mengekspor semua penduduk dengan NIK", "Export all residents with their NIK"),
    ),
    Permission(LOOK_UP, Text("Mencari pemegang kode", "Look up who holds a code")),
    Permission("program.manage", Text("Mengatur program", "Switch and configure programs")),
    Permission("job.read", Text("Melihat pekerjaan terjadwal", "See jobs and their runs")),
    Permission("role.grant", Text("Memberi dan mencabut peran", "Give and take roles")),
    Permission("token.issue", Text("Membuat dan mencabut token", "Issue and revoke tokens")),
    Permission("figures.read", Text("Melihat angka wilayah", "See the figures of a region")),
    Permission("schema.introspect", Text("Membaca skema", "Introspect the schema")),
    Permission("plan.explain", Text("Melihat rencana kueri", "See how operations are planned")),
)

REGION = frozenset({PlaceKind.REGION})
OFFICE = frozenset(
    {"village.read", "resident.read", "resident.contact.read", "resident.sensitive.read", "resident.register",
     "resident.event.record", "resident.transfer", "resident.merge", "resident.import", HOUSEHOLD, UPDATE,
     CORRECT, DECIDE, LOOK_UP, "schema.introspect", "job.read"}
)  # fmt: skip

PLATFORM_ADMIN = "platform_admin"
"""Holds every permission there is: the host fills it in, so that he can give any role."""

ROLES = (
    Role(PLATFORM_ADMIN, Text("Pengelola sistem", "Platform admin"), frozenset(), REGION),
    Role("village_operator", Text("Operator desa", "Village operator"), OFFICE, REGION),
    Role(
        "perbekel",
        Text("Perbekel", "Village head"),
        OFFICE | {MANAGE, "program.manage", "role.grant", "token.issue", "figures.read", "resident.export"},
        REGION,
    ),
    Role(
        "kelian",
        Text("Kelian banjar", "Head of a hamlet"),
        frozenset({"village.read", "resident.read", "resident.contact.read"}),
        frozenset({PlaceKind.HAMLET}),
    ),
    Role("agency_officer", Text("Petugas OPD", "Agency officer"), frozenset({"figures.read"}), REGION),
    Role("resident", Text("Penduduk", "Resident"), frozenset(), frozenset({PlaceKind.RESIDENT})),
)
