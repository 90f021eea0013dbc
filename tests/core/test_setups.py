"""Set-ups: the first village publishes how it works, the second sees what would change, and takes it over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.menu import Menu, dishes, serve
from tests.core.notebook import TITLE, host_with

from wantilan import Program, hookimpl
from wantilan.programs.host import Host
from wantilan.programs.setups.changes import LONGEST, changes, same
from wantilan.programs.switching import configure, disable
from wantilan.store.outbox import Event
from wantilan.store.places import ProgramSettings, ProgramSetup
from wantilan.testing import BENGKEL, NEIGHBOUR, Refused, Reply, World, check_refusals

PUBLISH = """mutation ($input: PublishProgramSetupInput!) { publishProgramSetup(input: $input) {
  changed setup { program version setup settings } village { programSetups { program } } } }"""
WITHDRAW = """mutation ($input: WithdrawProgramSetupInput!) { withdrawProgramSetup(input: $input) {
  changed program village { programSetups { program } } } }"""
IMPORT = """mutation ($input: ImportProgramSetupInput!) { importProgramSetup(input: $input) {
  program preview changeCount changes { path change before after } } }"""
LIST = """query ($program: String!) { programSetups(filter: {program: {eq: $program}}) { totalCount nodes {
  program version publishedAt setup settings village { name } } } }"""

MENU = Menu()
BENGKELS = {"Lawar": {"price": 15000}, "Nasi jinggo": {"price": 5000}}


class Bare:
    """A program with nothing that could be taken over."""

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(name="bare", title=TITLE, summary=TITLE, version="1.0", api=">=0.1,<0.2")


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(MENU, Bare())


@dataclass(frozen=True)
class Two:
    """Bengkel, which serves two dishes, and its neighbour, who serves one of them at another price."""

    world: World
    perbekel: str
    neighbour: str

    async def publish(self, program: str = "menu", token: str | None = None) -> Reply:
        given: Any = {"input": {"villageCode": BENGKEL, "program": program}}
        return await self.world.ask(PUBLISH, token or self.perbekel, **given)

    async def withdraw(self, program: str = "menu") -> Reply:
        given: Any = {"input": {"villageCode": BENGKEL, "program": program}}
        return await self.world.ask(WITHDRAW, self.perbekel, **given)

    async def take(self, *, preview: bool = False, key: str | None = None) -> Reply:
        return await self.world.ask(IMPORT, self.neighbour, key=key, **taking(preview=preview))

    async def kept(self, code: str = NEIGHBOUR) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
        """Dishes, settings and events of a village."""
        async with self.world.unit(code) as unit:
            settings = await unit.first(ProgramSettings, ProgramSettings.program == "menu")
            events = [event.name for event in await unit.all(Event)]
            return await dishes(unit), dict(settings.values) if settings else {}, events


def taking(**more: Any) -> dict[str, Any]:
    return {"input": {"villageCode": NEIGHBOUR, "program": "menu", "fromVillageCode": BENGKEL, **more}}


@pytest.fixture
async def two(world: World) -> Two:
    MENU.broken = MENU.odd = False
    await world.open(BENGKEL, "menu", "bare")
    await world.open(NEIGHBOUR, "menu")
    async with world.unit(BENGKEL) as unit:
        await serve(unit, BENGKELS)
        await configure(world.host, unit, "menu", {"seats": 40, "phone": "0361-111"})
    async with world.unit(NEIGHBOUR) as unit:
        await serve(unit, {"Lawar": {"price": 12000}, "Soto": {"price": 9000}})
        await configure(world.host, unit, "menu", {"seats": 20, "phone": "0361-222"})
    return Two(world, await world.token("perbekel", BENGKEL), await world.token("perbekel", NEIGHBOUR))


# Publishing


async def test_what_is_published_is_read_by_everybody_without_what_is_the_villages_own(two: Two) -> None:
    assert (await two.world.ask(LIST, program="menu")).data["programSetups"]["totalCount"] == 0
    done = (await two.publish()).data["publishProgramSetup"]
    assert done["setup"] == {
        "program": "menu", "version": "1.2", "setup": {"dishes": BENGKELS}, "settings": {"seats": 40}
    }  # fmt: skip
    assert (done["changed"], done["village"]) == (True, {"programSetups": [{"program": "menu"}]})
    public = await two.world.ask(LIST, program="menu")
    (node,) = public.data["programSetups"]["nodes"]
    assert node["village"] == {"name": "Bengkel"}
    assert node["setup"] == {"dishes": BENGKELS}
    assert "0361" not in public.text
    assert (await two.world.ask(LIST, program="bare")).data["programSetups"]["nodes"] == []


async def test_published_is_what_was_set_up_at_that_moment(two: Two) -> None:
    await two.publish()
    assert (await two.publish()).data["publishProgramSetup"]["changed"] is False
    async with two.world.unit(BENGKEL) as unit:
        await serve(unit, {"Betutu": {"price": 60000}})
    (node,) = (await two.world.ask(LIST, program="menu")).data["programSetups"]["nodes"]
    assert "Betutu" not in node["setup"]["dishes"]
    assert (await two.publish()).data["publishProgramSetup"]["changed"] is True
    (node,) = (await two.world.ask(LIST, program="menu")).data["programSetups"]["nodes"]
    assert "Betutu" in node["setup"]["dishes"]
    assert (await two.kept(BENGKEL))[2].count("setup_published") == 2


async def test_what_is_withdrawn_is_read_by_nobody_and_what_was_taken_over_stays(two: Two) -> None:
    await two.publish()
    await two.take()
    assert (await two.withdraw()).data["withdrawProgramSetup"] == {
        "changed": True, "program": "menu", "village": {"programSetups": []}
    }  # fmt: skip
    assert (await two.withdraw()).data["withdrawProgramSetup"]["changed"] is False
    assert (await two.world.ask(LIST, program="menu")).data["programSetups"]["nodes"] == []
    assert (await two.take()).codes == ["NOT_FOUND"]
    assert (await two.kept())[0]["Nasi jinggo"] == {"price": 5000}


async def test_switching_a_program_off_withdraws_what_was_published_of_it(two: Two) -> None:
    await two.publish()
    async with two.world.unit(BENGKEL) as unit:
        await disable(two.world.host, unit, "menu")
    assert (await two.world.ask(LIST, program="menu")).data["programSetups"]["nodes"] == []
    assert (await two.take()).codes == ["NOT_FOUND"]


async def test_a_program_with_nothing_to_take_over_has_nothing_to_publish(two: Two) -> None:
    assert (await two.publish("bare")).codes == ["CONFLICT"]
    assert (await two.publish("rahasia")).codes == ["NOT_FOUND"]


async def test_a_program_that_gives_no_json_is_named_and_nothing_is_published(two: Two) -> None:
    MENU.odd = True
    reply = await two.publish()
    assert reply.errors[0]["extensions"]["rule"] == "DUTY_REFUSED"
    assert reply.errors[0]["extensions"]["program"] == "menu"
    assert (await two.world.ask(LIST, program="menu")).data["programSetups"]["nodes"] == []


async def test_only_who_manages_programs_publishes(two: Two) -> None:
    async def rows() -> int:
        async with two.world.unit(BENGKEL) as unit:
            return len(await unit.all(ProgramSetup))

    given = {"input": {"villageCode": BENGKEL, "program": "menu"}}
    operator = await two.world.token("village_operator", BENGKEL)
    table = [
        Refused("a visitor", None, "FORBIDDEN", given),
        Refused("the operator", operator, "FORBIDDEN", given),
        Refused("the neighbour", two.neighbour, "NOT_FOUND", given),
        Refused(
            "off",
            two.neighbour,
            "PROGRAM_NOT_ENABLED",
            {"input": {"villageCode": NEIGHBOUR, "program": "bare"}},
        ),
    ]
    await check_refusals(two.world, PUBLISH, table, unchanged=rows)
    assert (await two.publish()).data  # the control
    await check_refusals(two.world, WITHDRAW, table[:3], unchanged=rows)
    assert await rows() == 1


# Taking over


async def test_a_preview_tells_what_would_change_and_writes_nothing(two: Two) -> None:
    await two.publish()
    before = await two.kept()
    shown = (await two.take(preview=True)).data["importProgramSetup"]
    assert (shown["preview"], shown["changeCount"]) == (True, 3)
    assert shown["changes"] == [
        {"path": ["settings", "seats"], "change": "CHANGED", "before": "20", "after": "40"},
        {"path": ["setup", "dishes", "Lawar", "price"], "change": "CHANGED", "before": "12000", "after": "15000"},
        {"path": ["setup", "dishes", "Nasi jinggo"], "change": "ADDED", "before": None, "after": '{"price": 5000}'},
    ]  # fmt: skip
    assert await two.kept() == before


async def test_what_happens_is_what_the_preview_has_told_and_a_second_time_nothing(two: Two) -> None:
    await two.publish()
    told = (await two.take(preview=True)).data["importProgramSetup"]
    done = (await two.take(key="k")).data["importProgramSetup"]
    assert done == {**told, "preview": False}
    assert (await two.take(key="k")).data["importProgramSetup"] == done  # the same key: read again
    served, settings, events = await two.kept()
    assert served == {**BENGKELS, "Soto": {"price": 9000}}
    assert settings == {"seats": 40, "phone": "0361-222"}
    assert events.count("setup_imported") == 1
    for preview in (True, False):
        again = (await two.take(preview=preview)).data["importProgramSetup"]
        assert (again["changes"], again["changeCount"]) == ([], 0)
    assert (await two.kept())[2].count("setup_imported") == 1


async def test_every_fault_of_settings_and_set_up_is_named_with_its_place(two: Two) -> None:
    await two.publish()
    async with two.world.unit(BENGKEL) as unit:
        (row,) = await unit.all(ProgramSetup)
        row.settings = {"seats": 1000, "phone": "x"}
        row.setup = {"dishes": {"Lawar": {"price": 0}, "Soto": {}}, "drinks": 1}
    before = await two.kept()
    for preview in (True, False):
        reply = await two.take(preview=preview)
        assert reply.codes == ["BAD_USER_INPUT"]
        assert reply.faults == {
            "input.fromVillageCode.settings.phone": "OWN",
            "input.fromVillageCode.setup.dishes.Lawar.price": "GREATER_THAN_EQUAL",
            "input.fromVillageCode.setup.dishes.Soto.price": "MISSING",
            "input.fromVillageCode.setup.drinks": "EXTRA_FORBIDDEN",
        }
        assert await two.kept() == before
    async with two.world.unit(BENGKEL) as unit:
        (row,) = await unit.all(ProgramSetup)
        row.settings, row.setup = {"seats": 1000}, {"dishes": {"Rendang": {"price": 1}}}
    assert (await two.take()).faults == {
        "input.fromVillageCode.settings.seats": "LESS_THAN_EQUAL",
        "input.fromVillageCode.setup.dishes.Rendang": "NOT_FROM_HERE",
    }
    assert await two.kept() == before


@pytest.mark.parametrize("preview", [True, False])
async def test_a_program_that_raises_is_named_and_nothing_is_half_written(two: Two, preview: bool) -> None:
    await two.publish()
    before = await two.kept()
    MENU.broken = True
    reply = await two.take(preview=preview)
    assert reply.codes == ["RULE_VIOLATED"]
    assert reply.errors[0]["extensions"]["program"] == "menu"
    assert "jangan-disebut" not in reply.text
    assert await two.kept() == before


async def test_a_set_up_of_a_later_version_is_refused_and_an_earlier_one_is_not(two: Two) -> None:
    await two.publish()
    for version, faults in (
        ("1.10", {"input.fromVillageCode.version": "LATER_VERSION"}),
        ("2", {"input.fromVillageCode.version": "LATER_VERSION"}),
        ("1.2.0", {}),
        ("0.9.9", {}),
    ):
        async with two.world.unit(BENGKEL) as unit:
            (row,) = await unit.all(ProgramSetup)
            row.version = version
        assert (await two.take(preview=True)).faults == faults, version


async def test_only_who_manages_programs_here_takes_over_and_only_what_was_published(two: Two) -> None:
    world = two.world
    operator = await world.token("village_operator", NEIGHBOUR)
    bare = taking(program="bare")
    table = [
        Refused("not published", two.neighbour, "NOT_FOUND", taking()),
        Refused("not published, preview", two.neighbour, "NOT_FOUND", taking(preview=True)),
    ]
    await check_refusals(world, IMPORT, table, unchanged=two.kept)
    await two.publish()
    async with world.unit(BENGKEL) as unit:
        await unit.add(
            ProgramSetup(program="bare", version="1.0", setup={}, settings={}, published_at=unit.now)
        )
    table = [
        Refused("a visitor", None, "FORBIDDEN", taking()),
        Refused("the operator", operator, "FORBIDDEN", taking(preview=True)),
        Refused("the perbekel of another village", two.perbekel, "NOT_FOUND", taking()),
        Refused("not installed", two.neighbour, "NOT_FOUND", taking(program="rahasia")),
        Refused("off here", two.neighbour, "PROGRAM_NOT_ENABLED", bare),
        Refused("from nowhere", two.neighbour, "NOT_FOUND", taking(fromVillageCode="51.02.06.2003")),
        Refused("no code", two.neighbour, "BAD_USER_INPUT", taking(fromVillageCode="Bengkel")),
    ]
    await check_refusals(world, IMPORT, table, unchanged=two.kept)
    assert (await two.take()).data  # the control


# Comparing

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
SETUPS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@given(SETUPS, SETUPS)
def test_what_is_told_leads_from_one_set_up_to_the_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    made = json.loads(json.dumps(before))
    for one in changes(before, after):
        place, key = made, one.path[-1]
        for step in one.path[:-1]:
            place = place[step]
        assert (one.before is None, one.after is None) == (key not in place, one.change.name == "REMOVED")
        if one.after is None:
            del place[key]
        else:
            place[key] = json.loads(one.after)
    assert same(made, after)
    assert (not changes(before, after)) is same(before, after)


def test_a_long_value_is_cut() -> None:
    (one,) = changes({"a": "x"}, {"a": "y" * 1000})
    assert one.after is not None
    assert (len(one.after), one.after[-1]) == (LONGEST, "…")
