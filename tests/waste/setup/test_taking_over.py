"""The waste program of a second village begins with how the first has set it up."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from wantilan import Grams, Rupiah, Unit, tables
from wantilan.programs.setups.taking import take
from wantilan.store.places import ProgramSetup
from wantilan.testing import BENGKEL, NEIGHBOUR, Reply, Setting, World
from wantilan_waste.models import (
    MODELS,
    Category,
    Facility,
    FeePlan,
    FeePlanClass,
    Intake,
    Lot,
    Pickup,
    PriceItem,
    Route,
    Schedule,
    WasteFacilityKind,
    WasteFeePeriod,
    WastePpClass,
    WasteSipsnClass,
    WasteSourceClass,
    WasteStream,
)
from wantilan_waste.pricing import set_price

PUBLISH = (
    """mutation ($input: PublishProgramSetupInput!) { publishProgramSetup(input: $input) { changed } }"""
)
IMPORT = """mutation ($input: ImportProgramSetupInput!) { importProgramSetup(input: $input) {
  changeCount changes { path change before after } } }"""
LAST_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
FIRST = date(2026, 1, 1)


@dataclass(frozen=True)
class Two:
    world: World
    perbekel: str
    neighbour: str

    async def publish(self) -> None:
        given: Any = {"input": {"villageCode": BENGKEL, "program": "waste"}}
        assert (await self.world.ask(PUBLISH, self.perbekel, **given)).data

    async def take(self, *, preview: bool = False) -> Reply:
        given = {"villageCode": NEIGHBOUR, "program": "waste", "fromVillageCode": BENGKEL, "preview": preview}
        return await self.world.ask(IMPORT, self.neighbour, input=given)

    async def changes(self, *, preview: bool = False) -> dict[str, tuple[str | None, str | None]]:
        done = (await self.take(preview=preview)).data["importProgramSetup"]
        assert done["changeCount"] == len(done["changes"])
        return {".".join(one["path"]): (one["before"], one["after"]) for one in done["changes"]}

    async def setup(self, code: str) -> Any:
        async with self.world.unit(code) as unit:
            return (await take(self.world.host, unit, "waste")).setup

    async def rows(self, code: str = NEIGHBOUR) -> dict[str, int]:
        async with self.world.unit(code) as unit:
            counted = {model.__tablename__: len(await unit.all(model)) for model in MODELS}  # type: ignore[type-var]
            return {name: count for name, count in counted.items() if count}

    async def edit(self, **parts: Any) -> None:
        """Put other parts into what Bengkel has published, as somebody might into a file."""
        async with self.world.unit(BENGKEL) as unit:
            (row,) = await unit.all(ProgramSetup)
            row.setup = {**row.setup, **parts}


def category(code: str, stream: WasteStream = WasteStream.ANORGANIK, **more: Any) -> Category:
    made = {
        "code": code, "name_id": code.title(), "name_en": code.title(), "stream": stream,
        "sipsn_class": WasteSipsnClass.PLASTIK, "pp_class": WastePpClass.DAPAT_DIDAUR_ULANG,
        "accepted_by_bank": stream is WasteStream.ANORGANIK, "active": True, **more,
    }  # fmt: skip
    return Category(**made)


async def a_plan(unit: Unit, name: str, amount: int, first: date, last: date | None = None) -> None:
    plan = FeePlan(
        name=name, amount=Rupiah(amount), period=WasteFeePeriod.MONTHLY, valid_from=first, valid_until=last,
        legal_basis="Perdes 3/2025",
    )  # fmt: skip
    await unit.add(plan)
    for kind in (WasteSourceClass.RUMAH_TANGGA, WasteSourceClass.WARUNG_TOKO):
        await unit.add(FeePlanClass(plan_id=plan.id, source_class=kind))


async def set_up(unit: Unit) -> None:
    """What Bengkel has set up, and beside it what is none of anybody else's."""
    plastic = category("PLASTIK", accepted_by_bank=False)
    await unit.add(plastic)
    pet = category("PET", parent_id=plastic.id, resin=1, grams_per_litre=30)
    await unit.add(pet, category("ACCU", WasteStream.B3), category("KACA", active=False))
    await set_price(unit, pet.id, Rupiah(2000), LAST_YEAR)
    await set_price(unit, pet.id, Rupiah(3000), LAST_YEAR + timedelta(days=30))
    await set_price(unit, pet.id, Rupiah(4000), unit.now + timedelta(days=30))
    await a_plan(unit, "Rumah tangga", 15000, FIRST, FIRST + timedelta(days=30))
    await a_plan(unit, "Rumah tangga", 20000, FIRST + timedelta(days=31))
    route = Route(name="Rute Utara", vehicle="DK 1234 XX", active=True)
    await unit.add(route, Route(name="Rute Lama", active=False))
    for stream, rule, ended in (
        (WasteStream.ORGANIK, "FREQ=WEEKLY;BYDAY=MO,TH", None),
        (WasteStream.RESIDU, "FREQ=WEEKLY", None),  # by its first day, a Thursday
        (WasteStream.ANORGANIK, "FREQ=MONTHLY;BYDAY=1SA", FIRST + timedelta(days=9)),
    ):
        await unit.add(
            Schedule(
                route_id=route.id, stream=stream, rrule=rule, starts_on=FIRST, ended_on=ended,
                window_start=360, window_end=540, changed_at=unit.now,
            )
        )  # fmt: skip
    await unit.add(
        Facility(name="TPS3R Bestari", kind=WasteFacilityKind.TPS3R, longitude=115.1, latitude=-8.5)
    )


async def set_the_scene(world: World) -> Two:
    for code in (BENGKEL, NEIGHBOUR):
        await world.open(code, "waste")
    async with world.unit(BENGKEL) as unit:
        await set_up(unit)
    return Two(world, await world.token("perbekel", BENGKEL), await world.token("perbekel", NEIGHBOUR))


@pytest.fixture
def wantilan_setting() -> Setting:
    return set_the_scene


@pytest.fixture
async def two(scene: Two) -> Two:
    await scene.publish()
    return scene


async def test_a_set_up_has_what_lasts_by_codes_and_names_and_nothing_of_anybody(two: Two) -> None:
    setup = await two.setup(BENGKEL)
    assert setup["categories"].keys() == {"ACCU", "PET", "PLASTIK"}
    assert setup["categories"]["PET"] == {
        "name": "Pet", "english_name": "Pet", "stream": "ANORGANIK", "sipsn_class": "PLASTIK",
        "pp_class": "DAPAT_DIDAUR_ULANG", "parent": "PLASTIK", "resin": 1, "grams_per_litre": 30,
        "accepted_by_bank": True,
    }  # fmt: skip
    assert setup["prices"] == {"PET": 3000}
    assert setup["fee_plans"] == {
        "Rumah tangga": {
            "2026-02-01": {
                "amount": 20000, "period": "MONTHLY", "valid_until": None, "legal_basis": "Perdes 3/2025",
                "source_classes": ["RUMAH_TANGGA", "WARUNG_TOKO"],
            }
        }
    }  # fmt: skip
    window = {"window_start": "06:00", "window_end": "09:00"}
    assert setup["routes"] == {
        "Rute Utara": {
            "schedules": {
                "ORGANIK": {"FREQ=WEEKLY;BYDAY=MO,TH": window}, "RESIDU": {"FREQ=WEEKLY;BYDAY=TH": window}
            }
        }
    }  # fmt: skip
    text = json.dumps(setup)
    assert "DK 1234" not in text and "Bestari" not in text and "115" not in text
    async with two.world.unit(BENGKEL) as unit:
        assert not any(str(row.id) in text for row in await unit.all(Category))


async def test_a_second_village_has_the_same_set_up_afterwards_and_the_preview_has_told_it(two: Two) -> None:
    told = await two.changes(preview=True)
    assert await two.rows() == {}
    assert {
        "setup.categories.PET",
        "setup.prices.PET",
        "setup.fee_plans.Rumah tangga",
        "setup.routes.Rute Utara",
    } <= told.keys()
    assert await two.changes() == told
    assert await two.setup(NEIGHBOUR) == await two.setup(BENGKEL)
    rows = await two.rows()
    assert {name: rows[name] for name in ("waste_category", "waste_price_item", "waste_route")} == {
        "waste_category": 3, "waste_price_item": 1, "waste_route": 1
    }  # fmt: skip
    assert "waste_facility" not in rows and "waste_run" not in rows
    async with two.world.unit(NEIGHBOUR) as unit:
        (route,) = await unit.all(Route)
        assert route.vehicle is None
        assert {row.starts_on for row in await unit.all(Schedule)} == {unit.today}
        assert await unit.exists(Pickup)  # the days to come can be read at once


async def test_a_second_time_nothing_changes(two: Two) -> None:
    await two.take()
    rows, setup = await two.rows(), await two.setup(NEIGHBOUR)
    assert await two.changes(preview=True) == {}
    assert await two.changes() == {}
    assert (await two.rows(), await two.setup(NEIGHBOUR)) == (rows, setup)


async def test_what_the_village_has_already_is_brought_up_and_what_rests_on_it_stays(two: Two) -> None:
    async with two.world.unit(NEIGHBOUR) as unit:
        pet = category("PET", sipsn_class=WasteSipsnClass.LAINNYA, name_id="Botol")
        kain = category("KAIN", sipsn_class=WasteSipsnClass.KAIN)
        await unit.add(pet, kain, category("ACCU", WasteStream.B3, active=False))
        await set_price(unit, pet.id, Rupiah(2500), LAST_YEAR)
        await set_price(unit, kain.id, Rupiah(500), LAST_YEAR)
        facility = Facility(name="TPS3R Sebelah", kind=WasteFacilityKind.TPS3R)
        await unit.add(facility)
        await unit.add(
            Intake(
                facility_id=facility.id, stream=WasteStream.ANORGANIK, source_class=WasteSourceClass.RUMAH_TANGGA,
                category_id=pet.id, gross_grams=Grams(10), tare_grams=Grams(0), mass_grams=Grams(10),
                weighed_at=unit.now, business_date=unit.today,
            )
        )  # fmt: skip
        await a_plan(unit, "Rumah tangga", 10000, FIRST + timedelta(days=31))
        await unit.add(Route(name="Rute Utara", vehicle="Pikap", active=True))
    changes = await two.changes()
    assert changes == {
        "setup.categories.PET.grams_per_litre": ("null", "30"),
        "setup.categories.PET.name": ('"Botol"', '"Pet"'),
        "setup.categories.PET.parent": ("null", '"PLASTIK"'),
        "setup.categories.PET.resin": ("null", "1"),
        "setup.categories.PLASTIK": (None, changes["setup.categories.PLASTIK"][1]),
        "setup.prices.PET": ("2500", "3000"),
    }
    async with two.world.unit(NEIGHBOUR) as unit:
        (pet,) = await unit.all(Category, Category.code == "PET")
        assert pet.sipsn_class is WasteSipsnClass.LAINNYA  # what was weighed is counted as that
        (accu,) = await unit.all(Category, Category.code == "ACCU")
        assert not accu.active
        prices = await unit.all(PriceItem, PriceItem.category_id == pet.id)
        assert sorted(int(one.price_per_kg) for one in prices) == [2500, 3000]
        assert [int(plan.amount) for plan in await unit.all(FeePlan)] == [10000]
        assert not await unit.exists(Schedule)


async def test_what_is_new_below_a_retired_category_is_passed_over(two: Two) -> None:
    async with two.world.unit(NEIGHBOUR) as unit:
        await unit.add(category("PLASTIK", accepted_by_bank=False, active=False))
    assert not {one for one in await two.changes() if "PET" in one or "PLASTIK" in one}
    async with two.world.unit(NEIGHBOUR) as unit:
        assert {row.code for row in await unit.all(Category, Category.active.is_(True))} == {"ACCU"}
        assert not await unit.exists(PriceItem)


def a_category(**more: Any) -> dict[str, Any]:
    return {
        "name": "A", "english_name": "A", "stream": "ANORGANIK", "sipsn_class": "PLASTIK",
        "pp_class": "LAINNYA", **more,
    }  # fmt: skip


WRONG: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    (
        "values that are none",
        {
            "categories": {"A": a_category(stream="KUNING", resin="1", colour="red"), "B": {}},
            "prices": {"PET": -1, "PLASTIK": 10_000_001},
            "fee_plans": {"X": {"2026-01-01": {"amount": 0, "period": "MONTHLY", "legal_basis": " ", "source_classes": []}},
                "Y": {"0001-01-01": {"amount": 1, "period": "MONTHLY", "legal_basis": "-", "source_classes": ["PASAR"], "valid_until": "9999-12-31"}}},
            "routes": {" ": {"schedules": {}}},
        },
        {
            "fee_plans.Y.0001-01-01.[key]": "GREATER_THAN_EQUAL",
            "fee_plans.Y.0001-01-01.valid_until": "LESS_THAN_EQUAL",
            "categories.A.stream": "UNKNOWN_WORD",
            "categories.A.resin": "INT_TYPE",
            "categories.A.colour": "EXTRA_FORBIDDEN",
            "categories.B.name": "MISSING",
            "categories.B.english_name": "MISSING",
            "categories.B.stream": "MISSING",
            "categories.B.sipsn_class": "MISSING",
            "categories.B.pp_class": "MISSING",
            "prices.PET": "GREATER_THAN_EQUAL",
            "prices.PLASTIK": "LESS_THAN_EQUAL",
            "fee_plans.X.2026-01-01.amount": "GREATER_THAN",
            "fee_plans.X.2026-01-01.legal_basis": "STRING_TOO_SHORT",
            "fee_plans.X.2026-01-01.source_classes": "TOO_SHORT",
            "routes. .[key]": "STRING_TOO_SHORT",
        },
    ),
    (
        "more than any village has",
        {
            "categories": {f"K{number}": a_category() for number in range(1_001)},
            "prices": {f"K{number}": 1 for number in range(1_001)},
            "fee_plans": {
                "X": {
                    str(FIRST + timedelta(days=day)): {"amount": 1, "period": "MONTHLY", "legal_basis": "-", "source_classes": ["PASAR"]}
                    for day in range(201)
                }
            },
            "routes": {f"R{number}": {"schedules": {}} for number in range(101)},
        },
        {"categories": "TOO_MANY", "prices": "TOO_MANY", "fee_plans": "TOO_MANY", "routes": "TOO_MANY"},
    ),
    (
        "what does not fit together",
        {
            "categories": {
                "small": a_category(),
                "A": a_category(parent="B"),
                "B": a_category(parent="A"),
                "C": a_category(parent="C"),
                "D": a_category(parent="NOWHERE", resin=9),
                "E": a_category(parent="F"),
                "F": a_category(stream="B3", accepted_by_bank=True),
                "RESIDU": a_category(),
            },
            "prices": {"F": 1, "NOWHERE": 1},
            "fee_plans": {
                "X": {"2026-01-02": {"amount": 1, "period": "MONTHLY", "legal_basis": "-", "source_classes": ["PASAR"], "valid_until": "2026-01-01"}}
            },
            "routes": {
                "R": {
                    "schedules": {
                        "ORGANIK": {
                            "FREQ=YEARLY": {"window_start": "06:00", "window_end": "05:00"},
                            "FREQ=DAILY": {"window_start": "6", "window_end": "25:00"},
                        }
                    }
                }
            },
        },
        {
            "categories.small": "NOT_A_CODE",
            "categories.A.parent": "CYCLE",
            "categories.B.parent": "CYCLE",
            "categories.C.parent": "CYCLE",
            "categories.D.parent": "UNKNOWN_CATEGORY",
            "categories.D.resin": "OUT_OF_RANGE",
            "categories.E.parent": "OTHER_STREAM",
            "categories.F.accepted_by_bank": "B3",
            "categories.RESIDU": "RESERVED",
            "prices.F": "HAZARDOUS",
            "prices.NOWHERE": "UNKNOWN_CATEGORY",
            "fee_plans.X.2026-01-02.valid_until": "TOO_EARLY",
            "routes.R.schedules.ORGANIK.FREQ=YEARLY": "UNSUPPORTED_FREQUENCY",
            "routes.R.schedules.ORGANIK.FREQ=YEARLY.window_end": "NOT_AFTER_START",
            "routes.R.schedules.ORGANIK.FREQ=DAILY.window_start": "NOT_A_TIME",
            "routes.R.schedules.ORGANIK.FREQ=DAILY.window_end": "NOT_A_TIME",
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "faults"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
async def test_every_fault_is_named_with_its_place_and_nothing_is_written(
    two: Two, parts: dict[str, Any], faults: dict[str, str]
) -> None:
    await two.edit(**parts)
    for preview in (True, False):
        reply = await two.take(preview=preview)
        assert reply.codes == ["BAD_USER_INPUT"]
        assert reply.faults == {
            f"input.fromVillageCode.setup.{place}": code for place, code in faults.items()
        }
    assert await two.rows() == {}


async def test_a_tree_of_categories_may_be_deep(two: Two) -> None:
    codes = [f"K{number}" for number in range(1_000)]
    chain = {code: a_category(parent=above) for above, code in zip([None, *codes], codes, strict=False)}
    await two.edit(categories=chain, prices={})
    assert (await two.take()).data
    async with two.world.unit(NEIGHBOUR) as unit:
        rows = {row.code: row for row in await unit.all(Category)}
    assert rows.keys() == set(codes)
    assert all(rows[code].parent_id == rows[above].id for above, code in itertools.pairwise(codes))


async def test_a_stream_that_is_another_here_and_a_label_that_a_lot_has_are_faults(two: Two) -> None:
    async with two.world.unit(NEIGHBOUR) as unit:
        facility = Facility(name="TPS3R Sebelah", kind=WasteFacilityKind.TPS3R)
        await unit.add(facility, category("PET", WasteStream.RESIDU, accepted_by_bank=False))
        await unit.add(
            Lot(
                facility_id=facility.id, label="ACCU", stream=WasteStream.B3, stock=Grams(0), movements=0,
                opened_on=unit.today,
            )
        )  # fmt: skip
    before = await two.rows()
    assert (await two.take()).faults == {
        "input.fromVillageCode.setup.categories.PET.stream": "FIXED",
        "input.fromVillageCode.setup.categories.ACCU": "TAKEN",
    }
    assert await two.rows() == before


async def test_nobody_and_nothing_of_a_person_is_in_a_published_set_up(two: Two) -> None:
    hamlet = await two.world.hamlet(BENGKEL)
    resident = await two.world.resident(BENGKEL, hamlet, name="I Wayan Contoh")
    async with two.world.unit(BENGKEL) as unit:
        assert await unit.exists(tables.Resident)
    text = json.dumps(await two.setup(BENGKEL))
    assert "Wayan" not in text and str(resident.id) not in text
