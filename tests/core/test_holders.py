"""Who holds a code: programs are asked in their order, a failure is passed over, a neighbour's code is nobody's."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

import pytest
from tests.core.notebook import TITLE, host_with

from wantilan import (
    Holder,
    Household,
    Info,
    PlaceKind,
    Program,
    Resident,
    ResidentFacts,
    Role,
    Unit,
    VillageFacts,
    find_holder,
    hookimpl,
    input,
    mutation,
    new_code,
    payload,
    ref,
    tables,
    uuid7,
)
from wantilan.programs.host import Host
from wantilan.programs.switching import disable
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR, Reply, World

TAG, HOUSE, SECRET = "04:A2:5F", "RUMAH-12", "jangan-disebut"
ASK = """query ($village: RegionCode!, $code: String!) { codeHolder(villageCode: $village, code: $code) {
  valid resident { fullName } household { address members { nodes { resident { fullName } } } } } }"""
USE = """mutation ($code: String!) { scaleRead(input: {code: $code}) {
  valid household { address } resident { fullName } } }"""


class Knows:
    """A program that knows some codes, writes down what it is asked, and may misbehave."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.codes: dict[str, Holder] = {}
        self.asked: list[str] = []
        self.writes = self.raises = self.clashes = False

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(name=self.name, title=TITLE, summary=TITLE, version="1.0", api=">=0.1,<0.2")

    @hookimpl
    async def find_holder(self, code: str, village: VillageFacts, unit: Unit) -> Holder | None:
        self.asked.append(code)
        if self.writes:
            row = await unit.first(tables.Hamlet)
            assert row is not None
            row.name = "Written while asked"
            unit.announce("hamlet_changed", hamlet=row.id)
            await unit.flush()
        if self.clashes:
            unit.session.add(tables.Hamlet(village_id=village.id, name="Twin", name_key="banjar kaja"))
            await unit.flush()
        if self.raises:
            raise RuntimeError(f"{SECRET} {code}")
        return self.codes.get(code)


@input
class ScaleReadInput:
    """What was scanned."""

    code: str
    """The code."""


@payload
class ScaleReadPayload:
    """Whom it leads to."""

    valid: bool | None
    """Whether it may be used; null for nobody's."""
    household: Household | None
    """The household."""
    resident: Resident | None
    """The resident."""


@mutation(needs="resident.read")
async def scale_read(info: Info, input: ScaleReadInput) -> ScaleReadPayload:
    """Read a code at the scale."""
    async with info.context.write(BENGKEL) as unit:
        found = await find_holder(info, unit, input.code)
        hamlet = await unit.first(tables.Hamlet)
        assert hamlet is not None
        unit.announce("hamlet_changed", hamlet=hamlet.id)
        household = resident = None
        if found is not None and found.household_id is not None:
            household = await unit.get(tables.Household, found.household_id)
        if found is not None and found.resident is not None:
            resident = await unit.get(tables.Resident, found.resident.id)
    return ScaleReadPayload(
        valid=found.valid if found is not None else None,
        household=ref(Household, household) if household is not None else None,
        resident=ref(Resident, resident) if resident is not None else None,
    )


class Scale:
    """The program at whose counter codes are read."""

    @hookimpl
    def wantilan_program(self) -> Program:
        teller = Role("scale_teller", TITLE, frozenset({"code.look_up"}), frozenset({PlaceKind.REGION}))
        return Program(
            name="scale", title=TITLE, summary=TITLE, version="1.0", api=">=0.1,<0.2", mutations=(scale_read,),
            roles=(teller,),
        )  # fmt: skip


FIRST, SECOND = Knows("a_tags"), Knows("b_houses")


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(FIRST, SECOND, Scale())


@dataclass(frozen=True)
class Counter:
    """Bengkel with one household: its head holds a tag, and the house has a sign."""

    world: World
    operator: str
    resident: ResidentFacts
    hamlet: UUID

    async def ask(self, code: str, token: str | None = None, village: str = BENGKEL) -> Reply:
        return await self.world.ask(ASK, token or self.operator, village=village, code=code)

    async def hamlet_name(self) -> str:
        async with self.world.unit(BENGKEL) as unit:
            return (await unit.all(tables.Hamlet))[0].name


@pytest.fixture
async def counter(world: World) -> Counter:
    for program in (FIRST, SECOND):
        program.codes, program.asked, program.writes, program.raises, program.clashes = (
            {},
            [],
            False,
            False,
            False,
        )
    await world.open(BENGKEL, "a_tags", "b_houses", "scale")
    await world.open(NEIGHBOUR, "a_tags", "b_houses")
    hamlet = await world.hamlet(BENGKEL)
    household = await world.household(BENGKEL, hamlet)
    head = await world.resident(BENGKEL, hamlet, household, name="I Made Timbang")
    facts = ResidentFacts(head.id, head.village_id)
    FIRST.codes[TAG] = Holder(valid=True, resident=facts)
    SECOND.codes[HOUSE] = Holder(valid=False, household_id=household.id)
    return Counter(world, await world.token("village_operator", BENGKEL), facts, hamlet.id)


def test_a_holder_is_a_resident_or_a_household_and_never_both() -> None:
    facts = ResidentFacts(uuid7(), uuid7())
    with pytest.raises(ValueError, match="name one of them"):
        Holder(valid=True)
    with pytest.raises(ValueError, match="name one of them"):
        Holder(valid=True, resident=facts, household_id=uuid7())
    assert Holder(valid=True, household_id=facts.id).resident is None


async def test_the_first_program_that_knows_a_code_answers_and_the_others_are_not_asked(
    counter: Counter,
) -> None:
    shown = (await counter.ask(f" {TAG} ")).data["codeHolder"]
    assert shown == {"valid": True, "resident": {"fullName": "I Made Timbang"}, "household": None}
    assert (FIRST.asked, SECOND.asked) == ([TAG], [])
    house = (await counter.ask(HOUSE)).data["codeHolder"]
    assert (house["valid"], house["resident"]) == (False, None)
    assert house["household"]["members"]["nodes"] == [{"resident": {"fullName": "I Made Timbang"}}]
    assert (FIRST.asked, SECOND.asked) == ([TAG, HOUSE], [HOUSE])
    assert (await counter.ask("unknown")).data == {"codeHolder": None}


async def test_a_code_that_names_its_village_is_asked_for_there_as_it_is_kept(counter: Counter) -> None:
    code = new_code(BENGKEL, 20)
    FIRST.codes[code] = Holder(valid=True, resident=counter.resident)
    assert (await counter.ask(f"  {code.lower()} ")).data["codeHolder"]["valid"] is True
    assert FIRST.asked == [code]


async def test_a_neighbours_code_is_nobodys_and_no_program_is_asked(counter: Counter) -> None:
    code = new_code(NEIGHBOUR, 20)
    FIRST.codes[code] = Holder(valid=True, resident=counter.resident)
    assert (await counter.ask(code)).data == {"codeHolder": None}
    assert (await counter.world.ask(USE, counter.operator, code=code)).data["scaleRead"]["valid"] is None
    assert FIRST.asked == []


async def test_a_program_that_raises_is_passed_over_and_logged_without_the_code(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    FIRST.raises = True
    with caplog.at_level(logging.ERROR, "wantilan"):
        assert (await counter.ask(HOUSE)).data["codeHolder"]["valid"] is False
        assert (await counter.world.ask(USE, counter.operator, code=HOUSE)).data["scaleRead"][
            "valid"
        ] is False
    assert [record.getMessage() for record in caplog.records] == [
        "program a_tags: find_holder raised RuntimeError"
    ] * 2
    assert SECRET not in caplog.text
    assert HOUSE not in caplog.text


async def test_somebody_of_another_village_is_no_answer(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = await counter.world.village(NEIGHBOUR)
    FIRST.codes[HOUSE] = Holder(valid=True, resident=ResidentFacts(counter.resident.id, elsewhere.id))
    assert (await counter.ask(HOUSE)).data["codeHolder"]["household"] is not None
    assert "a_tags: find_holder raised TypeError" in caplog.text


@pytest.mark.parametrize("raises", [True, False])
async def test_what_a_program_writes_while_it_is_asked_is_undone_and_what_the_mutation_writes_is_not(
    counter: Counter, raises: bool
) -> None:
    FIRST.writes, FIRST.raises = True, raises
    reply = await counter.world.ask(USE, counter.operator, code=HOUSE)
    assert reply.data["scaleRead"]["valid"] is False
    assert FIRST.asked == [HOUSE]
    await counter.ask(HOUSE)
    assert await counter.hamlet_name() == "Banjar Kaja"
    async with counter.world.unit(BENGKEL) as unit:
        changes = await unit.all(Event, Event.name == "hamlet_changed")
    assert len(changes) == 1  # the mutation's own


async def test_what_the_database_refuses_a_program_does_not_harm_the_mutation(counter: Counter) -> None:
    FIRST.clashes = True
    reply = await counter.world.ask(USE, counter.operator, code=HOUSE)
    assert reply.data["scaleRead"]["valid"] is False
    assert (await counter.ask(HOUSE)).data["codeHolder"]["valid"] is False
    assert FIRST.asked == [HOUSE, HOUSE]
    async with counter.world.unit(BENGKEL) as unit:
        assert len(await unit.all(Event, Event.name == "hamlet_changed")) == 1
        assert len(await unit.all(tables.Hamlet)) == 1


async def test_a_program_that_is_off_is_not_asked(counter: Counter) -> None:
    assert (await counter.ask(TAG)).data["codeHolder"] is not None
    async with counter.world.unit(BENGKEL) as unit:
        await disable(counter.world.host, unit, "a_tags")
    FIRST.asked.clear()
    assert (await counter.ask(TAG)).data == {"codeHolder": None}
    assert (FIRST.asked, SECOND.asked) == ([], [TAG])


async def test_a_mutation_finds_the_holder_of_what_was_scanned(counter: Counter) -> None:
    tagged = (await counter.world.ask(USE, counter.operator, code=TAG)).data["scaleRead"]
    assert tagged == {"valid": True, "household": None, "resident": {"fullName": "I Made Timbang"}}


async def test_only_who_may_look_up_codes_in_this_village_does(
    counter: Counter,
) -> None:
    world = counter.world
    kelian = await world.token("kelian", BENGKEL, hamlet=counter.hamlet)
    for token in (None, await world.token("agency_officer", BENGKEL), kelian):
        reply = await world.ask(ASK, token, village=BENGKEL, code=TAG)
        assert (reply.codes, reply.body["data"]) == (["FORBIDDEN"], {"codeHolder": None})
    abroad = await world.token("village_operator", NEIGHBOUR)
    assert (await counter.ask(TAG, abroad)).codes == ["FORBIDDEN"]
    assert FIRST.asked == []
    perbekel = await world.token("perbekel", BENGKEL)
    assert (await counter.ask(TAG, perbekel)).data["codeHolder"]["valid"] is True


async def test_who_may_look_up_codes_and_read_no_resident_learns_no_more_than_that_it_is_valid(
    counter: Counter,
) -> None:
    teller = await counter.world.token("scale_teller", BENGKEL)
    for code, valid in ((TAG, True), (HOUSE, False)):
        shown = (await counter.ask(code, teller)).data["codeHolder"]
        assert shown == {"valid": valid, "resident": None, "household": None}


async def test_a_village_that_is_not_open_has_no_codes(counter: Counter) -> None:
    admin = await counter.world.token("platform_admin", "")
    assert (await counter.ask(TAG, admin, "51.02.06.2003")).data == {"codeHolder": None}
    assert (await counter.ask(TAG, admin, NEIGHBOUR)).data["codeHolder"] is None


async def test_a_faulty_village_code_is_named_as_a_fault(counter: Counter) -> None:
    reply = await counter.ask(TAG, village="Bengkel")
    assert reply.faults == {"codeHolder.villageCode": "NOT_A_REGION_CODE"}
