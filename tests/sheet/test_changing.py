"""What a sheet does to a register that knows somebody already: found, compared, changed, or refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.sheet.scene import (
    BORN,
    HEAD,
    KK,
    OTHER_KK,
    THIRD_KK,
    Office,
    Role,
    Status,
    counts,
    head,
    person,
    places,
)

from wantilan.errors import RuleViolated
from wantilan.registry.codes import Citizenship, Education, MaritalStatus, Sex
from wantilan.registry.models import (
    Hamlet,
    Household,
    HouseholdMember,
    RecordSource,
    Resident,
    ResidentDetail,
    ResidentSource,
)
from wantilan.registry.numbers import fictitious_nik, temporary_nik
from wantilan.registry.opensid import ABSENT, SheetRow
from wantilan.registry.sheet.report import write_report
from wantilan.testing import BENGKEL

pytestmark = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])

A, B, C = head(1), person(2), person(3)
FAMILY = (A, B, C)
EVENTS = [
    ("nothing", [A, B, C], []),
    ("a child dies", [A, replace(B, status=Status.MATI), C], ["MATI"]),
    ("one moves out", [A, replace(B, status=Status.PINDAH), C], ["PINDAH_KELUAR"]),
    ("one is missing", [A, replace(B, status=Status.HILANG), C], ["HILANG"]),
    ("one goes", [A, replace(B, status=Status.PERGI), C], ["PERGI"]),
    ("one was never there", [A, replace(B, status=Status.TIDAK_VALID), C], ["TIDAK_VALID"]),
    ("dated data", [A, replace(B, education=Education.S2, marital_status=MaritalStatus.KAWIN), C], ["PERUBAHAN"]),
    ("another relationship", [A, replace(B, relationship=Role.CUCU), C], ["PERUBAHAN"]),
    ("undated data", [A, replace(B, full_name="I Made", citizenship=Citizenship.WNA), C], []),
    ("another banjar", [A, replace(B, hamlet="Banjar Kelod"), C], ["PINDAH_BANJAR"]),
    ("the family moves", [replace(one, hamlet="Banjar Kelod") for one in FAMILY], ["PINDAH_BANJAR"]),
    ("one leaves the card", [A, replace(B, kk_number=None, relationship=None), C], ["PINDAH_KELUARGA"]),
    ("one founds a family", [A, replace(B, kk_number=OTHER_KK, relationship=HEAD), C], ["PINDAH_KELUARGA"]),
    (
        "head and child swap",
        [replace(A, relationship=Role.ORANGTUA), replace(B, relationship=HEAD), C],
        ["GANTI_KEPALA"],
    ),
    (
        "the head dies, a child follows",
        [replace(A, status=Status.MATI), replace(B, relationship=HEAD), C],
        ["MATI", "GANTI_KEPALA"],
    ),
    (
        "the head dies, nobody follows",
        [replace(A, status=Status.MATI), B, C],
        ["MATI", "PINDAH_KELUARGA", "PINDAH_KELUARGA"],
    ),
    ("a new card for all", [replace(one, kk_number=OTHER_KK) for one in FAMILY], ["PINDAH_KELUARGA"] * 3),
]  # fmt: skip


@pytest.mark.parametrize(("said", "rows", "events"), EVENTS, ids=[case[0] for case in EVENTS])
async def test_what_the_sheet_says_happened_is_recorded_and_comes_back_as_it_was(
    office: Office, said: str, rows: Sequence[SheetRow], events: list[str]
) -> None:
    await office.apply(*FAMILY)
    outcome = await office.apply(*rows)
    assert sorted(await office.events()) == sorted(events)
    assert set(await office.rows()) == set(rows)
    before = await office.register()
    again = await office.apply(*rows)
    assert counts(again) == (0, 0, 3, 0) and await office.register() == before
    assert counts(outcome)[0] == counts(outcome)[3] == 0


RETURNS = [(Status.HILANG, "KEMBALI"), (Status.PERGI, "KEMBALI"), (Status.PINDAH, "PINDAH_MASUK")]


@pytest.mark.parametrize(("status", "event"), RETURNS)
async def test_who_was_away_comes_back_into_his_family(office: Office, status: Status, event: str) -> None:
    away = replace(B, status=status)
    await office.apply(A, away, C)
    before = await office.events()
    await office.apply(A, B, C)
    assert (await office.events())[len(before) :] == [event]
    assert set(await office.rows()) == {A, B, C}


UNDOABLE = [
    ("the dead do not come back", Status.MATI, {"status": Status.HIDUP}, "status_dasar"),
    ("nor are they found to have moved", Status.MATI, {"status": Status.PINDAH}, "status_dasar"),
    ("nor do the missing go", Status.HILANG, {"status": Status.PERGI}, "status_dasar"),
    ("nor do the dead study", Status.MATI, {"status": Status.MATI, "education": Education.S3}, "pendidikan_kk_id"),
    ("nor do they move", Status.MATI, {"status": Status.MATI, "hamlet": "Banjar Kelod"}, "dusun"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "status", "change", "column"), UNDOABLE)
async def test_what_cannot_happen_is_a_fault_of_its_cell(
    office: Office, said: str, status: Status, change: dict[str, object], column: str
) -> None:
    await office.apply(A, replace(B, status=status), C)
    before = await office.register()
    outcome = await office.compare(A, replace(B, **change), C)  # type: ignore[arg-type]
    assert [place[:2] for place in places(outcome)] == [(2, column)]
    with pytest.raises(RuleViolated) as refused:
        await office.apply(A, replace(B, **change), C)  # type: ignore[arg-type]
    assert refused.value.extensions["rule"] == "SHEET_FAULTY" and await office.register() == before
    skipped = await office.apply(A, replace(B, **change), replace(C, ethnicity="Bali"), skip_faulty=True)  # type: ignore[arg-type]
    assert counts(skipped) == (0, 1, 1, 1)


async def test_who_has_no_nik_finds_himself_again_and_gets_one(office: Office) -> None:
    nameless = replace(B, nik=None)
    await office.apply(A, nameless, C)
    assert counts(await office.compare(A, nameless, C)) == (0, 0, 3, 0)
    outcome = await office.apply(A, B, C)
    assert counts(outcome) == (0, 1, 2, 0) and outcome.plan.changed[0].changed == ("nik",)
    assert set(await office.rows()) == {A, B, C}
    temporary = replace(C, nik=temporary_nik(BENGKEL, 7), full_name="Ni Luh")
    await office.apply(temporary)
    assert counts(await office.apply(replace(temporary, nik=fictitious_nik(BORN, Sex.PEREMPUAN, 9)))) == (
        0,
        1,
        0,
        0,
    )


async def test_rows_without_a_nik_that_may_be_several_people_are_left_out_and_never_joined(
    office: Office,
) -> None:
    twin = replace(B, nik=None)
    assert places(await office.compare(A, twin, twin)) == [
        (2, "nik", "AMBIGUOUS_ROW"), (3, "nik", "AMBIGUOUS_ROW"),
    ]  # fmt: skip
    await office.apply(A, B, C)
    # Somebody of the family is just like the row, and has a NIK: he would be there twice.
    assert places(await office.compare(A, twin, C)) == [(2, "nik", "AMBIGUOUS_ROW")]
    # Of somebody whom the sheet names beside it, it is another one.
    assert counts(await office.compare(A, B, twin)) == (1, 0, 2, 0)
    alone = replace(twin, kk_number=None, relationship=None)
    assert counts(await office.apply(alone, replace(alone, birth_date=date(1981, 1, 1)))) == (2, 0, 0, 0)
    assert counts(await office.compare(alone)) == (0, 0, 1, 0)


async def test_people_without_a_card_are_no_family(office: Office) -> None:
    rows = [head(serial, kk_number=None) for serial in (1, 2, 3)]
    await office.apply(*rows)
    async with office.world.unit(BENGKEL) as unit:
        assert await unit.all(Household) == [] == await unit.all(HouseholdMember)
    assert set(await office.rows()) == set(rows)


async def test_a_card_without_a_head_waits_for_one_and_nobody_is_lost(office: Office) -> None:
    """The head died; the others keep their card, and are a household again once the sheet names a head."""
    rows = [person(1, relationship=HEAD, status=Status.MATI), B, C]
    outcome = await office.apply(*rows)
    assert len(outcome.plan.headless) == 1 and set(await office.rows()) == set(rows)
    async with office.world.unit(BENGKEL) as unit:
        assert await unit.all(HouseholdMember) == []
    assert counts(await office.compare(*rows)) == (0, 0, 3, 0)
    rows[1] = replace(B, relationship=HEAD)
    assert counts(await office.apply(*rows)) == (0, 2, 1, 0)
    async with office.world.unit(BENGKEL) as unit:
        assert len(await unit.all(HouseholdMember, HouseholdMember.until.is_(None))) == 2
        assert len(await unit.all(Household)) == 1
    assert set(await office.rows()) == set(rows)


async def test_those_whom_the_sheet_does_not_name_stay_and_are_not_left_without_a_head(
    office: Office,
) -> None:
    await office.apply(*FAMILY)
    before = await office.register()
    outcome = await office.apply(B)
    assert (counts(outcome), outcome.plan.missing) == ((0, 0, 1, 0), 2)
    cases = [
        (replace(A, kk_number=OTHER_KK), "no_kk", "HEAD_MISSING"),
        (replace(A, status=Status.MATI), "status_dasar", "HEAD_MISSING"),
        (replace(A, relationship=Role.ANAK), "kk_level", "HEAD_MISSING"),
        (replace(B, relationship=HEAD), "kk_level", "SECOND_HEAD"),
        (head(4), "kk_level", "SECOND_HEAD"),
    ]
    for row, column, code in cases:
        assert places(await office.compare(row)) == [(1, column, code)]
        skipped = await office.apply(row, skip_faulty=True)
        assert counts(skipped)[3] == 1 and await office.register() == before
    # Two families whose heads come together on one card, where the sheet does not say who leads.
    await office.apply(head(5, kk_number=OTHER_KK), head(6, kk_number=THIRD_KK))
    joined = [replace(head(s, kk_number=KK), relationship=ABSENT) for s in (5, 6)]
    assert [place[2] for place in places(await office.compare(*joined))] == ["SECOND_HEAD"] * 2


async def test_what_the_sheet_does_not_have_stays_and_what_it_leaves_blank_goes(office: Office) -> None:
    full = replace(
        B, ethnicity="Bali", father_nik=fictitious_nik(BORN, Sex.LAKI_LAKI, 99), rw="001", address="Jalan 1"
    )
    await office.apply(A, full)
    few = replace(SheetRow(), nik=B.nik, full_name=B.full_name)
    assert counts(await office.apply(few)) == (0, 0, 1, 0)
    assert full in await office.rows()
    assert counts(
        await office.apply(replace(few, ethnicity=None, father_nik=None, rw=None, address=None))
    ) == (0, 1, 0, 0)
    assert B in await office.rows()


async def test_blank_where_the_register_must_know_is_kept_as_blank_until_it_is_no_more_so(
    office: Office,
) -> None:
    blank = replace(B, status=None, citizenship=None, relationship=None)
    await office.apply(A, blank)
    async with office.world.unit(BENGKEL) as unit:
        (row,) = await unit.all(Resident, Resident.full_name == B.full_name)
        assert (row.status, row.citizenship, row.household_id is None) == (
            Status.HIDUP,
            Citizenship.WNI,
            False,
        )
    assert set(await office.rows()) == {A, blank}
    await office.apply(A, replace(blank, status=Status.MATI))
    assert replace(blank, status=Status.MATI) in await office.rows()


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"sex": None}, "sex", "SEX_MISSING"),
        ({"birth_date": None}, "tanggallahir", "BIRTH_DATE_MISSING"),
        ({"hamlet": None}, "dusun", "HAMLET_MISSING"),
        ({"full_name": ABSENT}, "nama", "NAME_MISSING"),
    ],
)
async def test_the_register_knows_nobody_without(
    office: Office, change: dict[str, object], column: str, code: str
) -> None:
    assert places(await office.compare(A, replace(B, **change))) == [(2, column, code)]  # type: ignore[arg-type]
    if ABSENT in change.values():
        return
    await office.apply(A, B)
    assert places(await office.compare(A, replace(B, **change))) == [(2, column, code)]  # type: ignore[arg-type]


async def test_a_tag_of_somebody_else_and_a_birth_after_the_fact_are_faults(office: Office) -> None:
    tagged = replace(B, card_tag="1234567890")
    await office.apply(A, tagged)
    assert places(await office.compare(replace(A, card_tag="1234567890"))) == [
        (1, "tag_id_card", "TAG_REPEATED")
    ]
    swapped = (replace(A, card_tag="1234567890"), B)
    assert counts(await office.apply(*swapped)) == (0, 2, 0, 0)
    assert set(await office.rows()) == set(swapped)
    await office.world.resident(
        BENGKEL, await office.world.hamlet(BENGKEL, "Banjar Tua"), serial=77, born=date(1990, 5, 17)
    )
    later = head(
        8,
        nik=fictitious_nik(date(1990, 5, 17), Sex.PEREMPUAN, 77),
        birth_date=date(2024, 1, 1),
        kk_number=None,
    )
    assert places(await office.compare(later)) == [(1, "tanggallahir", "BEFORE_BIRTH")]


async def test_sex_and_birth_date_are_corrected_in_every_period(office: Office) -> None:
    await office.apply(A, B)
    corrected = replace(B, sex=Sex.PEREMPUAN, birth_date=date(1981, 4, 3))
    await office.apply(A, corrected)
    assert corrected in await office.rows()
    register = await office.register()
    assert not any(
        BORN in row and row[2] == found[1]
        for row in register["resident_period"]
        for found in register["resident"]
        if "I Wayan Contoh C" in found
    )


async def test_hamlets_are_the_same_however_they_are_written(office: Office) -> None:
    outcome = await office.apply(A, replace(B, hamlet="BANJAR  KAJA"), replace(C, hamlet="Banjar Kelod"))
    assert list(outcome.plan.hamlets.values()) == ["Banjar Kaja", "Banjar Kelod"]
    async with office.world.unit(BENGKEL) as unit:
        assert {row.name for row in await unit.all(Hamlet)} == {"Banjar Kaja", "Banjar Kelod"}
    assert counts(await office.compare(A, replace(B, hamlet="banjar kaja"))) == (0, 0, 2, 0)


async def test_who_made_and_changed_a_record_is_kept(office: Office) -> None:
    await office.apply(A, B)
    await office.apply(A, replace(B, full_name="I Made Contoh", ethnicity="Bali"))
    async with office.world.unit(BENGKEL) as unit:
        made = sorted(await unit.all(ResidentSource), key=lambda row: row.id)
    assert [(row.source, row.made, row.sheet_row, row.changed, row.recorded_by_label) for row in made] == [
        (RecordSource.OPENSID, True, 1, None, "the office"),
        (RecordSource.OPENSID, True, 2, None, "the office"),
        (RecordSource.OPENSID, False, 2, "nama,suku", "the office"),
    ]
    assert made[0].import_id == made[1].import_id != made[2].import_id


async def test_numbers_of_parents_are_sealed(office: Office) -> None:
    father = fictitious_nik(BORN, Sex.LAKI_LAKI, 4321)
    await office.apply(A, replace(B, father_nik=father))
    async with office.world.unit(BENGKEL) as unit:
        (row,) = await unit.all(ResidentDetail, ResidentDetail.father_nik_masked.is_not(None))
    assert row.father_nik_masked == "************4321" and row.father_nik_sealed is not None
    assert father.encode() not in row.father_nik_sealed


async def test_the_report_names_what_differs_and_masks_numbers(office: Office, tmp_path: Path) -> None:
    await office.apply(A, replace(B, nik=None), C)
    outcome = await office.compare(
        A, replace(B, birth_place="Tabanan"), replace(C, kk_number=None), head(4, kk_number=OTHER_KK)
    )
    write_report(tmp_path / "report.csv", outcome)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "report.csv").read_text("utf-8-sig"))))
    assert [(r["row"], r["what"], r["column"], r["old"], r["new"]) for r in rows if r["what"] != "WARNING"] == [
        ("4", "NEW", "", "", ""),
        ("2", "CHANGED", "nik", "0", f"************{str(B.nik)[-4:]}"),
        ("2", "CHANGED", "tempatlahir", "", "Tabanan"),
        ("3", "CHANGED", "no_kk", f"************{KK[-4:]}", "0"),
    ]  # fmt: skip
    assert str(B.nik) not in str(rows) and KK not in str(rows)
