"""What happened to residents, and who was what from one day to another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from wantilan.store.ids import uuid7
from wantilan.store.types import Instant

revision = "registry_0010"
down_revision = "registry_0009"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
LASTS = sa.text("until IS NULL")
WORDS = {
    "residentstatus": ["HIDUP", "MATI", "PINDAH", "HILANG", "PERGI", "TIDAK_VALID"],
    "residency": ["TETAP", "TIDAK_TETAP"],
    "maritalstatus": ["BELUM_KAWIN", "KAWIN", "CERAI_HIDUP", "CERAI_MATI"],
    "education": [
        "TIDAK_BELUM_SEKOLAH",
        "BELUM_TAMAT_SD",
        "TAMAT_SD",
        "SLTP",
        "SLTA",
        "D_I_II",
        "AKADEMI_D_III",
        "D_IV_S1",
        "S2",
        "S3",
    ],
    "occupation": [
        "BELUM_TIDAK_BEKERJA",
        "MENGURUS_RUMAH_TANGGA",
        "PELAJAR_MAHASISWA",
        "PENSIUNAN",
        "PNS",
        "TNI",
        "POLRI",
        "PERDAGANGAN",
        "PETANI_PEKEBUN",
        "PETERNAK",
        "NELAYAN",
        "INDUSTRI",
        "KONSTRUKSI",
        "TRANSPORTASI",
        "KARYAWAN_SWASTA",
        "KARYAWAN_BUMN",
        "KARYAWAN_BUMD",
        "KARYAWAN_HONORER",
        "BURUH_HARIAN_LEPAS",
        "BURUH_TANI",
        "BURUH_NELAYAN",
        "BURUH_PETERNAKAN",
        "PEMBANTU_RUMAH_TANGGA",
        "TUKANG_CUKUR",
        "TUKANG_LISTRIK",
        "TUKANG_BATU",
        "TUKANG_KAYU",
        "TUKANG_SOL_SEPATU",
        "TUKANG_LAS_PANDAI_BESI",
        "TUKANG_JAHIT",
        "TUKANG_GIGI",
        "PENATA_RIAS",
        "PENATA_BUSANA",
        "PENATA_RAMBUT",
        "MEKANIK",
        "SENIMAN",
        "TABIB",
        "PARAJI",
        "PERANCANG_BUSANA",
        "PENTERJEMAH",
        "IMAM_MASJID",
        "PENDETA",
        "PASTOR",
        "WARTAWAN",
        "USTADZ_MUBALIGH",
        "JURU_MASAK",
        "PROMOTOR_ACARA",
        "ANGGOTA_DPR_RI",
        "ANGGOTA_DPD",
        "ANGGOTA_BPK",
        "PRESIDEN",
        "WAKIL_PRESIDEN",
        "ANGGOTA_MK",
        "ANGGOTA_KABINET",
        "DUTA_BESAR",
        "GUBERNUR",
        "WAKIL_GUBERNUR",
        "BUPATI",
        "WAKIL_BUPATI",
        "WALIKOTA",
        "WAKIL_WALIKOTA",
        "ANGGOTA_DPRD_PROVINSI",
        "ANGGOTA_DPRD_KABUPATEN_KOTA",
        "DOSEN",
        "GURU",
        "PILOT",
        "PENGACARA",
        "NOTARIS",
        "ARSITEK",
        "AKUNTAN",
        "KONSULTAN",
        "DOKTER",
        "BIDAN",
        "PERAWAT",
        "APOTEKER",
        "PSIKIATER_PSIKOLOG",
        "PENYIAR_TELEVISI",
        "PENYIAR_RADIO",
        "PELAUT",
        "PENELITI",
        "SOPIR",
        "PIALANG",
        "PARANORMAL",
        "PEDAGANG",
        "PERANGKAT_DESA",
        "KEPALA_DESA",
        "BIARAWATI",
        "WIRASWASTA",
        "LAINNYA",
    ],
    "sex": ["LAKI_LAKI", "PEREMPUAN"],
    "lifeeventkind": [
        "LAHIR",
        "MATI",
        "PINDAH_KELUAR",
        "HILANG",
        "PINDAH_MASUK",
        "PERGI",
        "TERDAFTAR",
        "KEMBALI",
        "TIDAK_VALID",
        "PINDAH_KELUARGA",
        "PECAH_KK",
        "GANTI_KEPALA",
        "PINDAH_BANJAR",
        "KAWIN",
        "CERAI",
        "PERUBAHAN",
        "PINDAH_DESA",
        "DIGABUNG",
        "PEMBATALAN",
    ],
    "movedistance": ["LUAR_DESA", "LUAR_KECAMATAN", "LUAR_KABUPATEN", "LUAR_PROVINSI"],
    "deathcause": ["SAKIT_TUA", "WABAH", "KECELAKAAN", "KRIMINAL", "BUNUH_DIRI", "LAINNYA"],
}
"""The values of each enumeration."""


def listed(name: str) -> sa.Enum:
    return sa.Enum(*WORDS[name], name=name, native_enum=False, length=40)


def known(table: str, column: str, name: str) -> sa.CheckConstraint:
    words = ", ".join(f"'{word}'" for word in WORDS[name])
    return sa.CheckConstraint(f"{column} IN ({words})", name=op.f(f"ck_{table}_{column}_known"))


def upgrade() -> None:
    op.create_table(
        "household_period",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.CheckConstraint("members > 0", name=op.f("ck_household_period_members")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_household_period_order")),
        sa.ForeignKeyConstraint(
            ["village_id", "hamlet_id"],
            ["hamlet.village_id", "hamlet.id"],
            name=op.f("fk_household_period_village_id_hamlet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_household_period_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_household_period_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_household_period")),
        sa.UniqueConstraint(
            "village_id",
            "household_id",
            "since",
            name=op.f("uq_household_period_village_id_household_id_since"),
        ),
    )
    op.create_index(
        op.f("ix_household_period_village_id_hamlet_id_since"),
        "household_period",
        ["village_id", "hamlet_id", "since"],
        unique=False,
    )
    op.create_index(
        "uq_household_period_current",
        "household_period",
        ["village_id", "household_id"],
        unique=True,
        sqlite_where=LASTS,
        postgresql_where=LASTS,
    )
    op.create_table(
        "resident_period",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("status", listed("residentstatus"), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=False),
        sa.Column("residency", listed("residency"), nullable=False),
        sa.Column("marital_status", listed("maritalstatus"), nullable=True),
        sa.Column("education", listed("education"), nullable=True),
        sa.Column("occupation", listed("occupation"), nullable=True),
        sa.Column("sex", listed("sex"), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        known("resident_period", "education", "education"),
        known("resident_period", "marital_status", "maritalstatus"),
        known("resident_period", "occupation", "occupation"),
        known("resident_period", "residency", "residency"),
        known("resident_period", "sex", "sex"),
        known("resident_period", "status", "residentstatus"),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_resident_period_order")),
        sa.ForeignKeyConstraint(
            ["village_id", "hamlet_id"],
            ["hamlet.village_id", "hamlet.id"],
            name=op.f("fk_resident_period_village_id_hamlet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_resident_period_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_resident_period_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_resident_period")),
        sa.UniqueConstraint(
            "village_id", "resident_id", "since", name=op.f("uq_resident_period_village_id_resident_id_since")
        ),
    )
    op.create_index(
        op.f("ix_resident_period_village_id_hamlet_id_since"),
        "resident_period",
        ["village_id", "hamlet_id", "since"],
        unique=False,
    )
    op.create_index(
        "uq_resident_period_current",
        "resident_period",
        ["village_id", "resident_id"],
        unique=True,
        sqlite_where=LASTS,
        postgresql_where=LASTS,
    )
    op.create_table(
        "life_event",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", listed("lifeeventkind"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_label", TEXT, nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("place", TEXT, nullable=True),
        sa.Column("distance", listed("movedistance"), nullable=True),
        sa.Column("cause", listed("deathcause"), nullable=True),
        sa.Column("document", TEXT, nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.CheckConstraint(
            "(undoes_id IS NOT NULL) = (kind = 'PEMBATALAN')", name=op.f("ck_life_event_undoing")
        ),
        known("life_event", "cause", "deathcause"),
        known("life_event", "distance", "movedistance"),
        known("life_event", "kind", "lifeeventkind"),
        sa.CheckConstraint("happened_on <= reported_on", name=op.f("ck_life_event_order")),
        sa.ForeignKeyConstraint(
            ["village_id", "file_id"],
            ["file.village_id", "file.id"],
            name=op.f("fk_life_event_village_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_life_event_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_life_event_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "undoes_id"],
            ["life_event.village_id", "life_event.id"],
            name=op.f("fk_life_event_village_id_undoes_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_life_event_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_life_event")),
        sa.UniqueConstraint("village_id", "undoes_id", name=op.f("uq_life_event_village_id_undoes_id")),
    )
    op.create_index(
        op.f("ix_life_event_village_id_file_id"), "life_event", ["village_id", "file_id"], unique=False
    )
    op.create_index(
        op.f("ix_life_event_village_id_happened_on_id"),
        "life_event",
        ["village_id", "happened_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_life_event_village_id_kind_happened_on"),
        "life_event",
        ["village_id", "kind", "happened_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_life_event_village_id_recorded_at_id"),
        "life_event",
        ["village_id", "recorded_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_life_event_village_id_resident_id"),
        "life_event",
        ["village_id", "resident_id"],
        unique=False,
    )
    op.create_table(
        "life_effect",
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.CheckConstraint(
            "(resident_id IS NULL) <> (household_id IS NULL)", name=op.f("ck_life_effect_subject")
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "event_id"],
            ["life_event.village_id", "life_event.id"],
            name=op.f("fk_life_effect_village_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "household_id"],
            ["household.village_id", "household.id"],
            name=op.f("fk_life_effect_village_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["village_id", "resident_id"],
            ["resident.village_id", "resident.id"],
            name=op.f("fk_life_effect_village_id_resident_id"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_life_effect_village_id")),
        sa.PrimaryKeyConstraint("village_id", "id", name=op.f("pk_life_effect")),
        sa.UniqueConstraint(
            "village_id",
            "household_id",
            "sequence",
            name=op.f("uq_life_effect_village_id_household_id_sequence"),
        ),
        sa.UniqueConstraint(
            "village_id",
            "resident_id",
            "sequence",
            name=op.f("uq_life_effect_village_id_resident_id_sequence"),
        ),
    )
    op.create_index(
        op.f("ix_life_effect_village_id_event_id"), "life_effect", ["village_id", "event_id"], unique=False
    )
    op.create_index(
        op.f("ix_life_effect_village_id_happened_on_id"),
        "life_effect",
        ["village_id", "happened_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_life_effect_village_id_resident_id_happened_on_id"),
        "life_effect",
        ["village_id", "resident_id", "happened_on", "id"],
        unique=False,
    )
    if not context.is_offline_mode():
        _begin_lives(op.get_bind())


# What the registers of before say of lives: since when each was here, where he belonged, and what he is now

DAY = timedelta(days=1)
OUT: dict[str, Any] = {"household_id": None, "relationship": None}
STATE = ("hamlet_id", "residency", "marital_status", "education", "occupation")
ENDS = {"MATI": "MATI", "PINDAH": "PINDAH_KELUAR", "HILANG": "HILANG", "PERGI": "PERGI"}


def _table(name: str, *columns: str, **typed: Any) -> sa.TableClause:
    found = [sa.column(column, sa.Uuid()) for column in ("village_id", "id", *columns)]
    return sa.table(name, *found, *(sa.column(column, type_) for column, type_ in typed.items()))


RESIDENT = _table(
    "resident", "hamlet_id", "household_id", status=sa.Text(), residency=sa.Text(), marital_status=sa.Text(),
    education=sa.Text(), occupation=sa.Text(), sex=sa.Text(), birth_date=sa.Date(), registered_at=Instant(),
)  # fmt: skip
HOUSEHOLD = _table("household", "hamlet_id", registered_on=sa.Date())
MEMBER = _table(
    "household_member", "household_id", "resident_id", relationship=sa.Text(), since=sa.Date(),
    until=sa.Date(),
)  # fmt: skip
EVENT = _table(
    "life_event", "resident_id", "household_id", kind=sa.Text(), happened_on=sa.Date(), reported_on=sa.Date(),
    recorded_at=Instant(), recorded_by_label=sa.Text(),
)  # fmt: skip
EFFECT = _table(
    "life_effect", "event_id", "resident_id", "household_id", happened_on=sa.Date(), sequence=sa.Integer(),
    changes=JSON,
)  # fmt: skip
PERIOD = _table(
    "resident_period", "resident_id", "hamlet_id", since=sa.Date(), until=sa.Date(), status=sa.Text(),
    residency=sa.Text(), marital_status=sa.Text(), education=sa.Text(), occupation=sa.Text(), sex=sa.Text(),
    birth_date=sa.Date(),
)  # fmt: skip
FILLING = _table(
    "household_period", "household_id", "hamlet_id", since=sa.Date(), until=sa.Date(), members=sa.Integer()
)


Rows = dict[sa.TableClause, list[dict[str, Any]]]


def _begin_lives(connection: sa.Connection) -> None:
    rows: Rows = {table: [] for table in (EVENT, EFFECT, PERIOD, FILLING)}
    stays: dict[Any, list[Any]] = defaultdict(list)
    inside: dict[Any, list[Any]] = defaultdict(list)
    for member in connection.execute(sa.select(MEMBER).order_by(MEMBER.c.since, MEMBER.c.id)):
        stays[member.village_id, member.resident_id].append(member)
        inside[member.village_id, member.household_id].append(member)
    for household in connection.execute(sa.select(HOUSEHOLD)):
        of, day = {"household_id": household.id}, household.registered_on
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        _happened(
            rows, household.village_id, "TERDAFTAR", day, moment, of, {"hamlet_id": household.hamlet_id}, 1
        )
        for since, until, count in _filled(inside[household.village_id, household.id]):
            _add(rows, FILLING, household.village_id, household_id=household.id,
                 hamlet_id=household.hamlet_id, since=since, until=until, members=count)  # fmt: skip
    for resident in connection.execute(sa.select(RESIDENT)):
        _life(rows, resident, stays[resident.village_id, resident.id])
    for table, values in rows.items():
        if values:
            connection.execute(sa.insert(table), values)


def _add(rows: Rows, table: sa.TableClause, village: UUID, **values: Any) -> UUID:
    key = uuid7()
    rows[table].append({"village_id": village, "id": key, **values})
    return key


def _happened(
    rows: Rows, village: UUID, kind: str, day: date, moment: datetime, of: dict[str, UUID],
    changes: dict[str, Any], sequence: int,
) -> None:  # fmt: skip
    of = {"resident_id": None, "household_id": None, **of}
    event = _add(
        rows, EVENT, village, kind=kind, happened_on=day, reported_on=max(day, moment.date()),
        recorded_at=moment, recorded_by_label="wantilan", **of,
    )  # fmt: skip
    shown = {name: value.hex if isinstance(value, UUID) else value for name, value in changes.items()}
    _add(rows, EFFECT, village, event_id=event, happened_on=day, sequence=sequence, changes=shown, **of)


def _life(rows: Rows, resident: Any, stays: Sequence[Any]) -> None:
    """From the first day that is known of: what the resident is now, and where he belonged when."""
    state = {name: getattr(resident, name) for name in STATE}
    began = stays[0].since if stays else resident.registered_at.date()
    effects: list[tuple[date, str, dict[str, Any]]] = [
        (max(began, resident.birth_date), "TERDAFTAR", {**state, **OUT, "status": "HIDUP"})
    ]
    for index, stay in enumerate(stays):
        into = {"household_id": stay.household_id, "relationship": stay.relationship}
        if index:
            effects.append((stay.since, "PINDAH_KELUARGA", into))
        else:
            effects[0][2].update(into)
        follows = stays[index + 1].since if index + 1 < len(stays) else None
        if stay.until is not None and follows != stay.until + DAY:
            effects.append((stay.until + DAY, "PINDAH_KELUARGA", OUT))
    if resident.status != "HIDUP":
        if len(effects) > 1 and effects[-1][2] == OUT:
            day, *_ = effects.pop()
        else:
            day = max(effects[-1][0], resident.registered_at.date())
        effects.append((day, ENDS.get(resident.status, "TIDAK_VALID"), {"status": resident.status, **OUT}))
    for sequence, (day, kind, changes) in enumerate(effects, 1):
        of = {"resident_id": resident.id}
        _happened(rows, resident.village_id, kind, day, resident.registered_at, of, changes, sequence)
    self = {"sex": resident.sex, "birth_date": resident.birth_date, "resident_id": resident.id}
    first, last = effects[0][0], effects[-1][0]
    if resident.status == "HIDUP":
        _add(rows, PERIOD, resident.village_id, since=first, until=None, status="HIDUP", **state, **self)
        return
    if last > first:
        _add(
            rows, PERIOD, resident.village_id, since=first, until=last - DAY, status="HIDUP", **state, **self
        )
    _add(rows, PERIOD, resident.village_id, since=last, until=None, status=resident.status, **state, **self)


def _filled(members: Iterable[Any]) -> Iterator[tuple[date, date | None, int]]:
    """On which days how many belonged to a household."""
    turns: dict[date, int] = defaultdict(int)
    for member in members:
        turns[member.since] += 1
        if member.until is not None:
            turns[member.until + DAY] -= 1
    days = sorted(day for day, by in turns.items() if by)
    count = 0
    for day, follows in zip_longest(days, days[1:]):
        count += turns[day]
        if count:
            yield day, follows - DAY if follows is not None else None, count
