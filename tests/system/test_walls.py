"""Nobody gets a person of Bengkel who may not, by any way in; and each wall holds with the other one off."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import sqlalchemy as sa
from graphql import (
    FieldNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_object_type,
    parse,
    visit,
)
from tests.system.scene import DISTRICT, MARK, OTHER, Place, Scene, ids_of, set_the_scene, weighing
from tests.waste.everything import everything

from wantilan import PublishedTable, ResidentFacts, VillageTable
from wantilan.access.tables import ActorRow
from wantilan.errors import ConfigurationError, LimitExceeded
from wantilan.programs.duties.tables import in_order
from wantilan.programs.host import Host
from wantilan.registry.duties.persons import about
from wantilan.registry.models import Resident
from wantilan.settings import Settings
from wantilan.store.leases import Leased
from wantilan.store.read import Statement
from wantilan.store.tables import TABLE_CLASSES, PlatformTable, ReferenceTable, Table, sql_table
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, Setting, World
from wantilan.testing.plugin import Templates
from wantilan.web.application import application
from wantilan_waste.models import Intake

on_postgres = pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
on_sqlite = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])

REFUSED = ("neighbour", "agency", "collector", "visitor")
WHO = "id fullName fatherName motherName birthPlace phone nik"
HOUSE = (
    f"id address number {{ masked }} numbers {{ masked }} members {{ nodes {{ id resident {{ {WHO} }} }} }}"
)
VILLAGE = f'village(code: "{BENGKEL}")'

WAYS = {
    "the residents of the village": f"{{ {VILLAGE} {{ residents {{ nodes {{ {WHO} }} }} }} }}",
    "their edges": f"{{ {VILLAGE} {{ residents {{ edges {{ cursor node {{ {WHO} }} }} }} }} }}",
    "where their pages end": f"{{ {VILLAGE} {{ residents {{ nodes {{ {WHO} }} pageInfo {{ endCursor }} }} }} }}",
    "a filter by name": f"""{{ {VILLAGE} {{ residents(filter: {{fullName: {{startsWith: "Ni Luh"}}}})
        {{ totalCount nodes {{ {WHO} }} }} }} }}""",
    "a filter by birth date": f"""{{ {VILLAGE} {{ residents(filter: {{birthDate: {{gt: "1900-01-01"}}}})
        {{ totalCount nodes {{ {WHO} }} }} }} }}""",
    "a search": f"""{{ {VILLAGE} {{ residents(search: "lh kaja jalan 7")
        {{ totalCount nodes {{ {WHO} }} }} }} }}""",
    "a search in a banjar": f"""{{ {VILLAGE} {{ hamlets {{ residents(search: "0001") {{ edges {{ cursor node {{ {WHO} }} }} }} }} }} }}""",
    "an order by name": f"{{ {VILLAGE} {{ residents(order: FULL_NAME_DESC) {{ nodes {{ {WHO} }} }} }} }}",
    "an order by birth date": f"{{ {VILLAGE} {{ residents(order: BIRTH_DATE_ASC) {{ nodes {{ {WHO} }} }} }} }}",
    "the banjar": f"{{ {VILLAGE} {{ hamlets {{ residents {{ nodes {{ {WHO} }} }} }} }} }}",
    "the houses of the banjar": f"{{ {VILLAGE} {{ hamlets {{ households {{ nodes {{ {HOUSE} }} }} }} }} }}",
    "the head of the banjar": f"{{ {VILLAGE} {{ hamlets {{ head {{ resident {{ {WHO} }} }} }} }} }}",
    "all its heads": f"{{ {VILLAGE} {{ hamlets {{ heads {{ resident {{ {WHO} }} }} }} }} }}",
    "the households": f"{{ {VILLAGE} {{ households {{ nodes {{ {HOUSE} }} }} }} }}",
    "resident by id": f'{{ resident(id: "<Resident>") {{ {WHO} }} }}',
    "resident by id, up and down again": f"""{{ resident(id: "<Resident>")
        {{ household {{ {HOUSE} }} membership {{ household {{ address }} }}
        details {{ cardHousehold {{ {HOUSE} }} }} village {{ residents {{ nodes {{ {WHO} }} }} }} }} }}""",
    "node of a resident": f'{{ node(id: "<Resident>") {{ id ... on Resident {{ {WHO} }} }} }}',
    "node of a household": f'{{ node(id: "<Household>") {{ id ... on Household {{ {HOUSE} }} }} }}',
    "node of a membership": f"""{{ node(id: "<HouseholdMember>")
        {{ id ... on HouseholdMember {{ resident {{ {WHO} }} household {{ address }} }} }} }}""",
    "node of a KK number": '{ node(id: "<HouseholdNumber>") { id ... on HouseholdNumber { masked } } }',
    "node of a banjar": f'{{ node(id: "<Hamlet>") {{ id ... on Hamlet {{ residents {{ nodes {{ {WHO} }} }} }} }} }}',
    "node of a headship": f'{{ node(id: "<HamletHead>") {{ id ... on HamletHead {{ resident {{ {WHO} }} }} }} }}',
    "node of a weighing": f'{{ node(id: "<WasteIntake>") {{ id ... on WasteIntake {{ household {{ {HOUSE} }} }} }} }}',
    "node of a facility": f"""{{ node(id: "<WasteFacility>")
        {{ id ... on WasteFacility {{ village {{ residents {{ nodes {{ {WHO} }} }} }} }} }} }}""",
    "nodes": f"""{{ nodes(ids: ["<Resident>", "<Household>", "<HouseholdMember>", "<other_Resident>"])
        {{ id ... on Resident {{ {WHO} }} ... on Household {{ {HOUSE} }} ... on HouseholdMember {{ resident {{ {WHO} }} }} }} }}""",
    "the villages of the district": f"""{{ region(code: "{DISTRICT}")
        {{ villages {{ nodes {{ code residents {{ nodes {{ {WHO} }} }} }} }} }} }}""",
    "the village of its region": f"""{{ region(code: "{BENGKEL}") {{ village {{ residents {{ nodes {{ {WHO} }} }} }} }} }}""",
    "the regency, downwards": f"""{{ region(code: "{TABANAN}") {{ children(first: 100) {{ nodes {{ name
        villages {{ nodes {{ code residents(first: 1) {{ nodes {{ {WHO} }} }} }} }} }} }} }} }}""",
    "all villages": f"{{ villages {{ nodes {{ code residents {{ nodes {{ {WHO} }} }} }} }} }}",
    "all villages, another order": f"""{{ villages(order: NAME_DESC) {{ nodes {{ households(order: REGISTERED_ON_DESC)
        {{ nodes {{ {HOUSE} }} }} }} }} }}""",
    "regions by name": f"""{{ regions(search: "kediri") {{ nodes {{ villages {{ nodes {{ hamlets {{ residents
        {{ nodes {{ {WHO} }} }} }} }} }} }} }} }}""",
    "whose waste it was": f"{{ {VILLAGE} {{ waste {{ intakes {{ nodes {{ household {{ {HOUSE} }} }} }} }} }} }}",
    "where it was weighed": f"""{{ {VILLAGE} {{ waste {{ facilities {{ village {{ residents {{ nodes {{ {WHO} }} }} }} }} }} }} }}""",
    "what happened in the village": f"""{{ {VILLAGE} {{ lifeEvents {{ nodes {{ note place
        resident {{ {WHO} }} household {{ {HOUSE} }} }} }} }} }}""",
    "what was undone": f"""{{ {VILLAGE} {{ lifeEvents {{ edges {{ node {{ undoes {{ note resident {{ {WHO} }} }}
        undoneBy {{ resident {{ {WHO} }} }} }} }} }} }} }}""",
    "what happened to a resident": f"""{{ resident(id: "<Resident>") {{ history {{ nodes {{ changes
        event {{ note resident {{ {WHO} }} }} }} }} }} }}""",
    "what a resident has been": f"""{{ resident(id: "<Resident>") {{ states {{ resident {{ {WHO} }} }}
        memberships {{ resident {{ {WHO} }} }} }} }}""",
    "what the houses have been": f"{{ {VILLAGE} {{ households {{ nodes {{ states {{ household {{ {HOUSE} }} }} }} }} }} }}",
    "what the people of the village have been": f"""{{ {VILLAGE} {{ residentStates {{ nodes {{ resident {{ {WHO} }} }} }} }} }}""",
    "what those of the banjar have been": f"""{{ {VILLAGE} {{ hamlets {{ residentStates {{ nodes {{ resident {{ {WHO} }} }} }} }} }} }}""",
    "what the houses of the village have been": f"""{{ {VILLAGE} {{ householdStates {{ nodes {{ household {{ {HOUSE} }} }} }} }} }}""",
    "what those of the banjar's houses have been": f"""{{ {VILLAGE} {{ hamlets {{ householdStates {{ nodes {{ household {{ {HOUSE} }} }} }} }} }} }}""",
    "what a resident is now": f'{{ resident(id: "<Resident>") {{ state {{ resident {{ {WHO} }} }} household {{ state {{ household {{ {HOUSE} }} }} }} }} }}',
    "node of an event": f"""{{ node(id: "<LifeEvent>") {{ id ... on LifeEvent {{ note
        effects {{ changes resident {{ {WHO} }} household {{ {HOUSE} }} }} }} }} }}""",
    "node of an effect": f'{{ node(id: "<LifeEffect>") {{ id ... on LifeEffect {{ changes resident {{ {WHO} }} }} }} }}',
    "node of a state": f'{{ node(id: "<ResidentState>") {{ id ... on ResidentState {{ resident {{ {WHO} }} }} }} }}',
    "node of a state of a house": f"""{{ node(id: "<HouseholdState>")
        {{ id ... on HouseholdState {{ household {{ {HOUSE} }} }} }} }}""",
    "what a resident handed in": f"""{{ resident(id: "<Resident>") {{ fullName waste {{ intakes {{ nodes {{ household {{ {HOUSE} }} }} }} }} }} }}""",
    "whose account it is": f"""{{ {VILLAGE} {{ waste {{ accounts {{ nodes {{ resident {{ {WHO} }} household {{ {HOUSE} }} }} }} }} }} }}""",
    "who complained": f"""{{ {VILLAGE} {{ waste {{ complaints {{ nodes {{ reporter {{ {WHO} }} household {{ {HOUSE} }} }} }} }} }} }}""",
    "whose waste is fetched": f"{{ {VILLAGE} {{ waste {{ servicePoints {{ nodes {{ household {{ {HOUSE} }} }} }} }} }} }}",
    "who is under a plan": f"{{ {VILLAGE} {{ waste {{ subscriptions {{ nodes {{ household {{ {HOUSE} }} }} }} }} }} }}",
    "who owes": f"{{ {VILLAGE} {{ waste {{ invoices {{ nodes {{ household {{ {HOUSE} }} }} }} }} }} }}",
    "who paid": f"{{ {VILLAGE} {{ waste {{ payments {{ nodes {{ household {{ {HOUSE} }} }} }} }} }} }}",
    "from whom the stock came": f"""{{ {VILLAGE} {{ waste {{ stockMovements {{ nodes {{ intake {{
        household {{ {HOUSE} }} }} }} }} }} }} }}""",
    "a root field beside a resolver": f"{{ me {{ actor }} {VILLAGE} {{ residents {{ nodes {{ {WHO} }} }} }} }}",
}  # fmt: skip
"""Each way that leads to persons of Bengkel, for those who may."""

RECORD = """mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) { <payload> } }"""
PAYLOADS = {
    "the village": f"village {{ residents {{ nodes {{ {WHO} }} }} }}",
    "its district": f"village {{ region {{ villages {{ nodes {{ residents {{ nodes {{ {WHO} }} }} }} }} }} }}",
    "whose it was": f"intake {{ household {{ {HOUSE} }} }}",
    "the facility": f"facility {{ village {{ residents {{ nodes {{ {WHO} }} }} }} }}",
}


def document(scene: Scene, text: str) -> str:
    """The text with the ids of the scene in it."""
    for kind, id_ in scene.ids.items():
        text = text.replace(f"<{kind}>", id_)
    return text


def person_in(reply: Reply, place: Place, mark: str) -> bool:
    """Whether the raw answer holds a person of the place: a name, or an id of one."""
    rows = [*place.residents, *(place.rows[kind] for kind in PEOPLE - {"WasteIntake"})]
    return mark in reply.text or any(row.id.hex in reply.text or str(row.id) in reply.text for row in rows)


async def showing(scene: Scene, who: str, world: World | None = None) -> set[str]:
    """The ways by which this actor gets a person of Bengkel."""
    asked = world or scene.world
    found = set()
    for name, text in WAYS.items():
        reply = await asked.ask(document(scene, text), scene.tokens[who])
        assert not {"INTERNAL_SERVER_ERROR", "GRAPHQL_VALIDATION_FAILED"} & set(reply.codes), (
            name,
            reply.text,
        )
        if person_in(reply, scene.bengkel, MARK):
            found.add(name)
    return found


async def with_everything(world: World) -> Scene:
    """Both villages with a row in every table of the waste program."""
    scene = await set_the_scene(world)
    for place in (scene.bengkel, scene.neighbour):
        async with world.unit(place.code) as unit:
            await everything(unit, place.household, place.residents[0])
    return scene


@pytest.fixture
def wantilan_setting() -> Setting:
    return with_everything


async def intakes_written(scene: Scene) -> int:
    found = 0
    for code in (BENGKEL, NEIGHBOUR):
        async with scene.world.unit(code) as unit:
            found += len(await unit.all(Intake))
    return found


# Who gets a person of Bengkel


async def test_every_way_in_shows_the_own_people_to_the_own_operator(scene: Scene) -> None:
    assert await showing(scene, "operator_bengkel") == set(WAYS)


PEOPLE = {
    "Resident", "Household", "HouseholdMember", "HouseholdNumber", "HamletHead", "WasteIntake", "LifeEvent",
    "LifeEffect", "ResidentState", "HouseholdState",
}  # fmt: skip
"""The types of core and waste whose rows say something of a person."""


async def test_the_ways_take_every_field_that_leads_to_a_person(scene: Scene) -> None:
    schema: Any = scene.world.host.schema.graphql
    of_others = ("Kartu", "Cctv")
    lead = {
        f"{name}.{field}"
        for name, gtype in schema.type_map.items()
        if is_object_type(gtype)
        and not name.startswith(of_others)
        and not name.endswith(("Connection", "Edge"))
        for field, defined in gtype.fields.items()
        if get_named_type(defined.type).name.removesuffix("Connection") in PEOPLE
    }
    taken: set[str] = set()
    info = TypeInfo(schema)

    class Taking(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent: Any = info.get_parent_type()
            taken.add(f"{parent.name}.{node.name.value}")

    for text in WAYS.values():
        visit(parse(document(scene, text)), TypeInfoVisitor(info, Taking()))
    assert lead - taken == MUTATED
    assert len(lead) > 15


MUTATED = {
    "CodeHolder.resident",  # a program names him: see tests/core/test_holders.py
    "CodeHolder.household",
    "WasteRecordIntakePayload.intake",
    "RegisterResidentPayload.resident",
    "RegisterResidentPayload.household",
    "RecordLifeEventPayload.event",
    "RecordLifeEventPayload.household",
    "UndoLifeEventPayload.event",
    "MarkMessagesReadPayload.resident",
    "MailAddressPayload.resident",
    "MailConfirmAddressPayload.resident",
    "AcceptTransferPayload.household",  # these: see tests/transfer
    "MergeResidentsPayload.resident",
    "MergeResidentsPayload.merged",
    "OutgoingPerson.resident",
    "IncomingPerson.resident",
    "ResidentDuplicate.first",
    "ResidentDuplicate.second",
    "Resident.mergedInto",
    "MergeResidentsPayload.event",
    "OutgoingTransfer.event",
    "IncomingTransfer.event",
    "UpdateResidentPayload.resident",  # these: see tests/core, for corrections, households and hamlets
    "ProposeCorrectionPayload.resident",
    "ApproveCorrectionPayload.resident",
    "ResidentCorrection.resident",
    "UpdateHouseholdPayload.household",
    "ChangeKkNumberPayload.household",
    "ChangeKkNumberPayload.number",
    "AppointHamletHeadPayload.head",
    "EndHamletHeadPayload.head",
    "Me.resident",
    "Subscription.wasteIntakes",  # see tests/live/test_following.py
}
"""What only a mutation reaches: see PAYLOADS and REGISTER; and who asks, himself: see tests of messages."""


@pytest.mark.parametrize("who", REFUSED)
async def test_no_way_in_shows_a_person_to(scene: Scene, who: str) -> None:
    assert await showing(scene, who) == set()


async def test_the_refused_see_what_is_theirs_so_their_tokens_work(scene: Scene) -> None:
    own = await scene.ask(
        "neighbour", f'{{ village(code: "{NEIGHBOUR}") {{ residents {{ nodes {{ fullName }} }} }} }}'
    )
    figures = await scene.ask(
        "agency", f'{{ region(code: "{DISTRICT}") {{ waste {{ massByStream {{ mass }} }} }} }}'
    )
    facility = await scene.ask("collector", document(scene, '{ node(id: "<WasteFacility>") { id } }'))
    public = await scene.ask("visitor", f"{{ {VILLAGE} {{ name }} }}")
    assert OTHER in own.text
    assert figures.data["region"]["waste"]["massByStream"] == [{"mass": 4_000}, {"mass": 25_000}]
    assert facility.data["node"]["id"] == scene.ids["WasteFacility"]
    assert public.data["village"]["name"] == "Bengkel"


async def test_a_region_shows_the_neighbour_his_own_people_and_null_with_forbidden_for_the_rest(
    scene: Scene,
) -> None:
    reply = await scene.ask("neighbour", WAYS["the villages of the district"])
    villages = {v["code"]: v["residents"] for v in reply.body["data"]["region"]["villages"]["nodes"]}
    assert villages[BENGKEL] is None
    assert len(villages[NEIGHBOUR]["nodes"]) == 2
    assert reply.codes == ["FORBIDDEN"]


async def test_a_kelian_sees_the_people_of_his_own_banjar_only(scene: Scene) -> None:
    other = await scene.world.hamlet(BENGKEL, "Banjar Kelod")
    await scene.world.resident(BENGKEL, other, name="I Ketut Kelod", serial=77)
    kelian = await scene.world.token("kelian", BENGKEL, hamlet=other.id)
    reply = await scene.world.ask(WAYS["the residents of the village"].replace("phone", ""), kelian)
    assert [r["fullName"] for r in reply.data["village"]["residents"]["nodes"]] == ["I Ketut Kelod"]
    assert MARK not in reply.text


async def test_a_resident_sees_the_people_of_his_own_household_only(scene: Scene) -> None:
    alone = await scene.world.resident(BENGKEL, scene.bengkel.hamlet, name="I Ketut Sendiri", serial=78)
    token = await scene.world.token("resident", BENGKEL, resident=alone.id)
    housemate = await scene.world.token("resident", BENGKEL, resident=scene.bengkel.residents[1].id)
    text = f"{{ {VILLAGE} {{ residents {{ totalCount nodes {{ fullName }} }} }} }}"
    reply = await scene.world.ask(text, token)
    control = await scene.world.ask(text, housemate)
    assert reply.data["village"]["residents"] == {"totalCount": 1, "nodes": [{"fullName": "I Ketut Sendiri"}]}
    assert control.data["village"]["residents"]["totalCount"] == 3


# Oracles: what exists is answered as what does not


@pytest.mark.parametrize("who", REFUSED)
async def test_an_id_that_is_there_is_answered_like_one_that_is_not(scene: Scene, who: str) -> None:
    for kind in sorted(PEOPLE):
        known = scene.ids[kind]
        unknown = known.rsplit("-", 1)[0] + "-" + uuid4().hex
        for text in ('{{ node(id: "{}") {{ __typename }} }}', '{{ nodes(ids: ["{}"]) {{ __typename }} }}'):
            assert await same(scene, who, text.format(known), text.format(unknown))
    operator = await scene.ask(
        "operator_bengkel", document(scene, '{ node(id: "<Resident>") { __typename } }')
    )
    assert operator.data["node"] == {"__typename": "Resident"}


async def test_a_filter_tells_the_neighbour_nothing(scene: Scene) -> None:
    text = 'query {{ {} {{ residents(filter: {{fullName: {{startsWith: "{}"}}}}) {{ totalCount }} }} }}'
    known, unknown = text.format(VILLAGE, f"Ni Luh {MARK}"), text.format(VILLAGE, "Ni Luh Tiada")
    assert await same(scene, "neighbour", known, unknown)
    counts = [
        (await scene.ask("operator_bengkel", t)).data["village"]["residents"]["totalCount"]
        for t in (known, unknown)
    ]
    assert counts == [3, 0]


async def test_a_cursor_of_bengkels_list_is_no_cursor_of_the_neighbours_list(scene: Scene) -> None:
    """Neither its row nor its place among his own rows is told: it is refused like one of a row that never was."""
    row, nobody = scene.bengkel.residents[0].id.hex, uuid4().hex
    text = '{{ village(code: "{}") {{ residents(after: "{}") {{ totalCount nodes {{ fullName }} }} }} }}'
    own = [scene.neighbour.residents[0].id.hex]
    for order in ("FULL_NAME_ASC",):
        foreign = text.format(NEIGHBOUR, f"{order}.{row}")
        assert await same(scene, "neighbour", foreign, text.format(NEIGHBOUR, f"{order}.{nobody}"))
        reply = await scene.ask("neighbour", foreign)
        assert (reply.codes, reply.body["data"]) == (["BAD_USER_INPUT"], None)
        control = await scene.ask("neighbour", text.format(NEIGHBOUR, f"{order}.{own[0]}"))
        assert len(control.data["village"]["residents"]["nodes"]) == 1


async def same(scene: Scene, who: str, one: str, other: str) -> bool:
    scene.world.engine.meter.buckets.clear()
    first = await scene.ask(who, one)
    scene.world.engine.meter.buckets.clear()
    return bool(first.text == (await scene.ask(who, other)).text)


# Mutations


def recording(facility: str, household: str | None = None) -> dict[str, Any]:
    home = {"householdId": household} if household else {}
    return {"input": {"facilityId": facility, "stream": "RESIDU", "gross": 1000, **home}}


@pytest.mark.parametrize("who", REFUSED)
@pytest.mark.parametrize("payload", PAYLOADS)
async def test_a_mutation_whose_target_or_payload_is_not_the_actors_writes_and_shows_nothing(
    scene: Scene, who: str, payload: str
) -> None:
    before = await intakes_written(scene)
    variables = recording(scene.ids["WasteFacility"], scene.ids["Household"])
    reply = await scene.ask(who, RECORD.replace("<payload>", PAYLOADS[payload]), **variables)
    assert reply.codes == (["NOT_FOUND"] if who == "neighbour" else ["FORBIDDEN"])
    assert not person_in(reply, scene.bengkel, MARK)
    assert await intakes_written(scene) == before


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_the_own_operators_mutation_shows_people_in_its_payload(scene: Scene, payload: str) -> None:
    variables = recording(scene.ids["WasteFacility"], scene.ids["Household"])
    reply = await scene.ask("operator_bengkel", RECORD.replace("<payload>", PAYLOADS[payload]), **variables)
    assert MARK in reply.text
    assert "errors" not in reply.body or reply.codes == ["FORBIDDEN"]  # of the neighbour, in "its district"
    assert OTHER not in reply.text


async def test_the_collector_records_what_he_may_and_reads_nothing_of_it(scene: Scene) -> None:
    before = await intakes_written(scene)
    variables = recording(scene.ids["WasteFacility"], scene.ids["Household"])
    reply = await scene.ask(
        "collector", RECORD.replace("<payload>", "facility { name } village { code }"), **variables
    )
    assert reply.data["wasteRecordIntake"]["village"] == {"code": BENGKEL}
    assert not person_in(reply, scene.bengkel, MARK)
    assert await intakes_written(scene) == before + 1


async def test_a_household_of_bengkel_cannot_be_named_from_the_neighbours_facility(scene: Scene) -> None:
    before = await intakes_written(scene)
    document_ = RECORD.replace("<payload>", PAYLOADS["whose it was"])
    foreign = await scene.ask(
        "neighbour", document_, **recording(scene.ids["other_WasteFacility"], scene.ids["Household"])
    )
    nobody = scene.ids["Household"].rsplit("-", 1)[0] + "-" + uuid4().hex
    unknown = await scene.ask("neighbour", document_, **recording(scene.ids["other_WasteFacility"], nobody))
    assert (
        (foreign.codes, foreign.body["data"])
        == (unknown.codes, unknown.body["data"])
        == (["NOT_FOUND"], None)
    )
    assert await intakes_written(scene) == before
    own = await scene.ask(
        "neighbour", document_, **recording(scene.ids["other_WasteFacility"], scene.ids["other_Household"])
    )
    assert OTHER in own.text


async def test_the_neighbours_own_payload_shows_no_person_of_bengkel_on_the_way_round(scene: Scene) -> None:
    text = RECORD.replace("<payload>", PAYLOADS["its district"])
    reply = await scene.ask("neighbour", text, **recording(scene.ids["other_WasteFacility"]))
    assert reply.codes == ["FORBIDDEN"]
    assert OTHER in reply.text and not person_in(reply, scene.bengkel, MARK)


REGISTER = f"""mutation($input: RegisterResidentInput!) {{ registerResident(input: $input) {{
  resident {{ {WHO} }} household {{ {HOUSE} }} }} }}"""
NEWCOMER = {"fullName": "I Putu Baru", "sex": "LAKI_LAKI", "birthDate": "2001-02-03", "relationship": "ANAK"}


def newcomer(scene: Scene, code: str, hamlet: str, household: str, **more: Any) -> dict[str, Any]:
    ids = {"hamletId": scene.ids.get(hamlet, hamlet), "householdId": scene.ids.get(household, household)}
    return {"input": {"villageCode": code, **NEWCOMER, **ids, **more}}


async def people_written(scene: Scene) -> list[int]:
    return [await count_of(scene.world, code, Resident) for code in (BENGKEL, NEIGHBOUR)]


async def count_of(world: World, code: str, model: Any) -> int:
    async with world.unit(code) as unit:
        return len(await unit.all(model))


@pytest.mark.parametrize("who", REFUSED)
async def test_nobody_registers_a_person_into_bengkel_who_may_not(scene: Scene, who: str) -> None:
    reply = await scene.ask(who, REGISTER, **newcomer(scene, BENGKEL, "Hamlet", "Household"))
    assert reply.codes == (["NOT_FOUND"] if who == "neighbour" else ["FORBIDDEN"])
    assert not person_in(reply, scene.bengkel, MARK)
    assert await people_written(scene) == [3, 2]


async def test_the_own_operator_registers_and_sees_the_house_in_the_payload(scene: Scene) -> None:
    reply = await scene.ask("operator_bengkel", REGISTER, **newcomer(scene, BENGKEL, "Hamlet", "Household"))
    assert MARK in reply.text and reply.data["registerResident"]["resident"]["fullName"] == "I Putu Baru"
    assert await people_written(scene) == [4, 2]


@pytest.mark.parametrize(
    "hamlet, household",
    [("Hamlet", "Household"), ("other_Hamlet", "Household"), ("Hamlet", "other_Household")],
)
async def test_a_house_or_banjar_of_bengkel_is_to_the_neighbours_mutation_as_if_it_were_not_there(
    scene: Scene, hamlet: str, household: str
) -> None:
    foreign = await scene.ask("neighbour", REGISTER, **newcomer(scene, NEIGHBOUR, hamlet, household))
    unknown = {
        kind: scene.ids[kind].rsplit("-", 1)[0] + "-" + uuid4().hex for kind in ("Hamlet", "Household")
    }
    nobody = await scene.ask(
        "neighbour",
        REGISTER,
        **newcomer(scene, NEIGHBOUR, unknown.get(hamlet, hamlet), unknown.get(household, household)),
    )
    assert foreign.codes == ["BAD_USER_INPUT"]
    assert (foreign.errors, foreign.body["data"]) == (nobody.errors, nobody.body["data"])
    assert await people_written(scene) == [3, 2]
    own = await scene.ask(
        "neighbour", REGISTER, **newcomer(scene, NEIGHBOUR, "other_Hamlet", "other_Household")
    )
    assert OTHER in own.text


async def test_a_nik_that_bengkel_has_is_no_news_to_the_neighbour(scene: Scene) -> None:
    nik = {"nik": "5102060302010001"}
    here = newcomer(scene, BENGKEL, "Hamlet", "Household", **nik)
    there = newcomer(scene, NEIGHBOUR, "other_Hamlet", "other_Household", **nik)
    first = await scene.ask("operator_bengkel", REGISTER, **here)
    again = await scene.ask("operator_bengkel", REGISTER, **here)
    elsewhere = await scene.ask("neighbour", REGISTER, **there)
    assert (first.codes, elsewhere.codes) == ([], [])
    assert "input.nik" in again.faults


# Each wall with the other one off


@asynccontextmanager
async def another(world: World, *, walls: bool = True) -> AsyncIterator[World]:
    """A second application on the same database; `walls=False`: without village conditions and read rules."""
    made = application(world.application.settings, world.host, walls=walls)
    async with made.running(deliver=False):
        yield World(made)


@contextmanager
def row_security_off(world: World, templates: Templates) -> Iterator[None]:
    name = database_name(world)
    tables = [sql_table(m).name for m in models(world.host) if issubclass(m, VillageTable)]
    switch = lambda way: templates.server.sql(  # noqa: E731
        ";".join(f'ALTER TABLE "{t}" {way} ROW LEVEL SECURITY' for t in tables), name
    )
    switch("DISABLE")
    try:
        yield
    finally:
        switch("ENABLE")


def database_name(world: World) -> str:
    return str(world.database.url.database)


def models(host: Host) -> list[type[Table]]:
    return [m for program in host.programs for m in program.models]


@on_postgres
async def test_row_security_holds_alone(scene: Scene) -> None:
    async with another(scene.world, walls=False) as bare:
        assert await showing(scene, "neighbour", bare) == set()


@on_postgres
async def test_the_statements_wall_holds_alone(scene: Scene, wantilan_templates: Templates) -> None:
    with row_security_off(scene.world, wantilan_templates):
        assert await showing(scene, "neighbour") == set()


@on_postgres
async def test_with_both_walls_off_the_neighbour_would_see_all(
    scene: Scene, wantilan_templates: Templates
) -> None:
    with row_security_off(scene.world, wantilan_templates):
        async with another(scene.world, walls=False) as bare:
            assert await showing(scene, "neighbour", bare) == set(WAYS)


@on_sqlite
async def test_with_its_one_wall_off_the_neighbour_would_see_all(scene: Scene) -> None:
    async with another(scene.world, walls=False) as bare:
        assert await showing(scene, "neighbour", bare) == set(WAYS)


# No wall set


@on_postgres
async def test_without_a_wall_no_village_table_shows_a_row_or_takes_one(
    scene: Scene, wantilan_templates: Templates
) -> None:
    tables = [sql_table(m).name for m in models(scene.world.host) if issubclass(m, VillageTable)]
    filled = {sql_table(type(row)).name for row in scene.bengkel.rows.values()}
    village = scene.bengkel.hamlet.village_id
    raw = await asyncpg.connect(wantilan_templates.server.url(database_name(scene.world)))
    try:
        for table in tables:
            insert = f'INSERT INTO "{table}" (village_id) VALUES ($1)'
            assert await raw.fetchval(f'SELECT count(*) FROM "{table}"') == 0, table
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await raw.execute(insert, village)
            async with raw.transaction():
                await raw.execute("SELECT set_config('app.villages', $1, true)", BENGKEL)
                found = await raw.fetchval(f'SELECT count(*) FROM "{table}"')
                assert found > 0 or table not in filled, table
                assert await raw.execute(f'DELETE FROM "{table}" WHERE false') == "DELETE 0"
            # The setting is '' now and no longer null: a policy without nullif would open here.
            assert await raw.fetchval("SELECT current_setting('app.villages', true)") == ""
            assert await raw.fetchval(f'SELECT count(*) FROM "{table}"') == 0, table
            assert await raw.execute(f'DELETE FROM "{table}"') == "DELETE 0", table
    finally:
        await raw.close()


@on_postgres
async def test_inside_one_villages_wall_nothing_is_written_into_another(
    scene: Scene, wantilan_templates: Templates
) -> None:
    raw = await asyncpg.connect(wantilan_templates.server.url(database_name(scene.world)))
    insert = "INSERT INTO hamlet (village_id, id, name, name_key) VALUES ($1, $2, 'x', 'x')"
    move = "UPDATE hamlet SET village_id = $1"
    here, there = scene.neighbour.hamlet.village_id, scene.bengkel.hamlet.village_id
    try:
        await raw.execute("SELECT set_config('app.villages', $1, false)", NEIGHBOUR)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await raw.execute(insert, there, uuid4())
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await raw.execute(move, there)
        assert await raw.execute(insert, here, uuid4()) == "INSERT 0 1"
    finally:
        await raw.close()


@on_postgres
async def test_the_application_role_cannot_step_round_the_wall(
    world: World, wantilan_templates: Templates
) -> None:
    server, name = wantilan_templates.server, database_name(world)
    role = server.sql(
        "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = 'wantilan_app'", name
    )
    owned = server.sql("SELECT count(*) FROM pg_class WHERE relowner = 'wantilan_app'::regrole", name)
    member = server.sql("SELECT pg_has_role('wantilan_app', 'wantilan_owner', 'MEMBER')", name)
    all_owned = server.sql(
        "SELECT count(*) > 0 FROM pg_class WHERE relowner = 'wantilan_owner'::regrole", name
    )
    assert (role, owned, member, all_owned) == ("f|f|f", "0", "f", "t")
    asked = scene_role(world)
    async with world.database.session() as session:
        assert await session.scalar(sa.text("SELECT current_user")) == asked


def scene_role(world: World) -> str:
    return str(world.database.url.username)


@on_postgres
async def test_every_village_and_published_table_is_walled_with_force_and_no_other(
    world: World, wantilan_templates: Templates
) -> None:
    query = "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    rows = wantilan_templates.server.sql(query, database_name(world)).splitlines()
    found = {name: (on, force) for name, on, force in (row.split("|") for row in rows)}
    expected = {
        sql_table(m).name: ("t", "t") if issubclass(m, VillageTable | PublishedTable) else ("f", "f")
        for m in models(world.host)
    }
    assert {t: found[t] for t in expected} == expected
    others = set(found) - set(expected)
    assert others and all(name.startswith("alembic") or "version" in name for name in others), others


@on_postgres
async def test_only_published_tables_have_a_policy_beside_the_wall(
    world: World, wantilan_templates: Templates
) -> None:
    query = "SELECT tablename, policyname, cmd FROM pg_policies WHERE schemaname = 'public'"
    found = set(wantilan_templates.server.sql(query, database_name(world)).splitlines())
    walled = {
        f"{sql_table(m).name}|wall|ALL"
        for m in models(world.host)
        if issubclass(m, VillageTable | PublishedTable)
    }
    published = {
        f"{sql_table(m).name}|published|SELECT" for m in models(world.host) if issubclass(m, PublishedTable)
    }
    assert found == walled | published


# What the metadata says


def test_every_model_is_of_exactly_one_class(wantilan_host: Host) -> None:
    classes = {
        sql_table(m).name: [c for c in TABLE_CLASSES if issubclass(m, c)] for m in models(wantilan_host)
    }
    assert {name: len(found) for name, found in classes.items()} == dict.fromkeys(classes, 1)


def test_every_table_of_the_programs_is_named_by_its_program(wantilan_host: Host) -> None:
    """What no program lists is neither migrated nor walled."""
    listed = {sql_table(m).name for m in models(wantilan_host)}
    packages = {m.__module__.partition(".")[0] for m in models(wantilan_host)}
    known = {sql_table(mapper.class_).name for mapper in Table.registry.mappers
             if mapper.class_.__module__.partition(".")[0] in packages}  # fmt: skip
    assert known == listed


def walled_tables(host: Host) -> list[sa.Table]:
    return [sql_table(m) for m in models(host) if issubclass(m, VillageTable | PublishedTable)]


def test_the_key_of_a_walled_table_is_village_and_id(wantilan_host: Host) -> None:
    totals = {rollup.name for program in wantilan_host.programs for rollup in program.rollups}
    assert totals
    totals.add("resident_token")
    totals |= {"statistic_month", "statistic_total"}
    keys = {t.name: [c.name for c in t.primary_key] for t in walled_tables(wantilan_host)}
    assert all(keys[name][0] == "village_id" for name in totals), keys  # nothing points at one of these
    assert all(key == ["village_id", "id"] for name, key in keys.items() if name not in totals), keys


def test_a_foreign_key_of_a_walled_table_carries_the_village(wantilan_host: Host) -> None:
    reference = {sql_table(m) for m in models(wantilan_host) if issubclass(m, ReferenceTable)}
    platform = {sql_table(m) for m in models(wantilan_host) if issubclass(m, PlatformTable)}
    assert sql_table(ActorRow) in platform
    wrong, composite = [], 0
    for table in walled_tables(wantilan_host):
        for key in table.foreign_key_constraints:
            pairs = [(e.parent.name, e.column.name) for e in key.elements]
            to_reference = key.referred_table in reference and len(pairs) == 1
            to_village = len(pairs) == 2 and pairs[0] == ("village_id", "village_id") and pairs[1][1] == "id"
            composite += to_village
            if key.referred_table in platform or not (to_reference or to_village):
                wrong.append((table.name, pairs))
    assert wrong == []
    assert composite > 5


def test_uniques_of_a_walled_table_begin_with_the_village(wantilan_host: Host) -> None:
    firsts: dict[tuple[str, str], str] = {}
    for table in walled_tables(wantilan_host):
        uniques = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
        for one in (*uniques, *(index for index in table.indexes if index.unique)):
            firsts[table.name, str(one.name)] = next(iter(one.columns)).name
    assert firsts and set(firsts.values()) == {"village_id"}, firsts


def test_indexes_of_a_village_table_begin_with_the_village(wantilan_host: Host) -> None:
    """Published tables are read across villages too; a village's rows never are, unless they are work: who
    looks for what is due looks everywhere.
    """
    tables = [m for m in models(wantilan_host) if issubclass(m, VillageTable)]
    firsts = {(m, str(i.name)): next(iter(i.columns)).name for m in tables for i in sql_table(m).indexes}
    queues = {(m, name): first for (m, name), first in firsts.items() if first == "due_at"}
    assert all(issubclass(model, Leased) for model, _ in queues), queues
    others = {key: first for key, first in firsts.items() if key not in queues}
    assert others and set(others.values()) == {"village_id"}, others


# One connection, one actor after the other

OWN = """{{ village(code: "{}") {{ residents {{ totalCount nodes {{ fullName }} }} }}
  all: villages {{ nodes {{ residents {{ nodes {{ fullName }} }} }} }} }}"""


async def resize(world: World, size: int, seconds: float = 5.0) -> None:
    """Give the reader so many connections. SQLite opens one per request at a time; there it is one in turn."""
    reader: Any = world.database.reader
    await reader.close()
    reader.size, reader.seconds = size, seconds
    await reader.open()


async def sees_only(scene: Scene, who: str, code: str, mark: str, foreign: str) -> None:
    reply = await scene.ask(who, OWN.format(code))
    assert mark in reply.text
    assert foreign not in reply.text


async def nothing_is_left(world: World) -> None:
    """The connection itself holds no wall any more."""
    reader: Any = world.database.reader
    if world.dialect == "postgresql":
        async with reader.pool.lent() as lent:
            assert reader.pool.places == 1
            assert await lent.connection.fetchval("SELECT count(*) FROM resident") == 0
            assert not await lent.connection.fetchval("SELECT current_setting('app.villages', true)")


async def test_two_actors_in_turn_on_one_connection_see_each_his_own(scene: Scene) -> None:
    await resize(scene.world, 1)
    for _ in range(3):
        await sees_only(scene, "operator_bengkel", BENGKEL, MARK, OTHER)
        await nothing_is_left(scene.world)
        await sees_only(scene, "neighbour", NEIGHBOUR, OTHER, MARK)
        await nothing_is_left(scene.world)


def in_bengkels_wall(world: World, text: str) -> Statement:
    """A statement inside Bengkel's wall, on the way that every read goes."""
    if world.dialect == "sqlite":
        return Statement(f"SELECT {text}", {}, True)
    wall = "WITH wall AS MATERIALIZED (SELECT set_config('app.villages',$1,true))"
    return Statement(f"{wall} SELECT {text} FROM wall", [BENGKEL])


def endless(world: World) -> Statement:
    if world.dialect == "postgresql":
        return in_bengkels_wall(world, "(SELECT count(*)::text || pg_sleep(30) FROM resident)")
    rows = "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c)"
    return in_bengkels_wall(world, rows)


async def test_an_error_in_between_leaves_no_wall(scene: Scene) -> None:
    await resize(scene.world, 1)
    failing = "(1 / (SELECT count(*) - count(*) FROM resident))::text"
    if scene.world.dialect == "sqlite":
        failing = "json('{') FROM resident"
    with pytest.raises(Exception, match=r"division by zero|malformed JSON"):
        await scene.world.database.reader.read(in_bengkels_wall(scene.world, failing))
    await nothing_is_left(scene.world)
    await sees_only(scene, "neighbour", NEIGHBOUR, OTHER, MARK)


async def test_a_statement_that_ran_out_of_time_leaves_no_wall(scene: Scene) -> None:
    await resize(scene.world, 1, seconds=0.3)
    with pytest.raises(LimitExceeded):
        await scene.world.database.reader.read(endless(scene.world))
    await nothing_is_left(scene.world)
    await sees_only(scene, "neighbour", NEIGHBOUR, OTHER, MARK)


async def test_a_cancelled_statement_leaves_no_wall(scene: Scene) -> None:
    await resize(scene.world, 1, seconds=1.0)
    task = asyncio.create_task(scene.world.database.reader.read(endless(scene.world)))
    await asyncio.sleep(0.2)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    await sees_only(scene, "neighbour", NEIGHBOUR, OTHER, MARK)
    await nothing_is_left(scene.world)


@on_postgres
async def test_a_request_cancelled_while_its_statement_waits_leaves_no_wall(
    scene: Scene, wantilan_templates: Templates
) -> None:
    await resize(scene.world, 1)
    await sees_only(scene, "neighbour", NEIGHBOUR, OTHER, MARK)  # both tokens are known before the lock
    await sees_only(scene, "operator_bengkel", BENGKEL, MARK, OTHER)
    superuser = await asyncpg.connect(
        wantilan_templates.server.url(database_name(scene.world), role="postgres")
    )
    try:
        async with superuser.transaction():
            await superuser.execute("LOCK TABLE resident IN ACCESS EXCLUSIVE MODE")
            task = asyncio.create_task(scene.ask("operator_bengkel", OWN.format(BENGKEL)))
            await waiting_for_a_lock(superuser)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            assert task.cancelled()
    finally:
        await superuser.close()
    await sees_only(scene, "neighbour", NEIGHBOUR, OTHER, MARK)
    await nothing_is_left(scene.world)


async def waiting_for_a_lock(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(100):
        if await connection.fetchval(query):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the statement never came to wait")


async def test_four_hundred_interleaved_requests_of_two_actors_on_two_connections(scene: Scene) -> None:
    await resize(scene.world, 2)
    scene.world.engine.meter.per_minute = 1_000_000
    turns = [("operator_bengkel", BENGKEL, MARK, OTHER), ("neighbour", NEIGHBOUR, OTHER, MARK)] * 200
    random.Random(5102).shuffle(turns)
    await asyncio.gather(*(sees_only(scene, *turn) for turn in turns))
    reader: Any = scene.world.database.reader
    assert scene.world.dialect == "sqlite" or reader.pool.places == 2


# Figures of regions


FIGURES = '{{ region(code: "{}") {{ waste {{ villagesCounted massByStream {{ stream mass intakes }} }} }} }}'


async def test_the_agency_sees_the_figures_of_its_region_and_of_what_lies_in_it(scene: Scene) -> None:
    for code, mass in ((TABANAN, 25_000), (DISTRICT, 25_000), (BENGKEL, 12_500)):
        figures = (await scene.ask("agency", FIGURES.format(code))).data["region"]["waste"]
        villages = mass // 12_500
        assert figures["massByStream"] == [
            {"stream": "ANORGANIK", "mass": villages * 2_000, "intakes": villages},
            {"stream": "ORGANIK", "mass": mass, "intakes": villages},
        ]


async def test_a_figure_needs_its_permission_for_the_whole_region(scene: Scene) -> None:
    district = await scene.world.token("agency_officer", DISTRICT)
    here = await scene.world.ask(FIGURES.format(DISTRICT), district)
    assert here.data["region"]["waste"]["massByStream"][1]["mass"] == 25_000
    for who, code in (
        (district, TABANAN),
        (scene.tokens["operator_bengkel"], DISTRICT),
        (scene.tokens["neighbour"], BENGKEL),
    ):
        reply = await scene.world.ask(FIGURES.format(code), who)
        assert reply.body["data"]["region"]["waste"]["massByStream"] is None
        assert reply.codes == ["FORBIDDEN"]
        assert reply.errors[0]["path"] == ["region", "waste", "massByStream"]
    own = await scene.ask("operator_bengkel", FIGURES.format(BENGKEL))
    assert own.data["region"]["waste"]["massByStream"][1]["mass"] == 12_500


# Non-interference

BESIDES = {
    "counts": f"{{ {VILLAGE} {{ residents {{ totalCount }} households {{ totalCount }} waste {{ intakes {{ totalCount }} }} }} }}",
    "figures": f"{{ {VILLAGE} {{ waste {{ massByStream {{ stream mass intakes }} }} }} }}",
    "figures of the district": FIGURES.format(DISTRICT),
    "the neighbour": f'{{ village(code: "{NEIGHBOUR}") {{ name residents {{ totalCount }} waste {{ massByStream {{ mass }} }} }} }}',
    "the neighbour's people": '{ nodes(ids: ["<other_Resident>", "<other_Household>"]) { id } node(id: "<other_Resident>") { id } }',
    "a cursor": f'{{ {VILLAGE} {{ residents(first: 1, after: "FULL_NAME_ASC.<row>") {{ nodes {{ id }} pageInfo {{ hasNextPage }} }} }} }}',
    "a cursor of the neighbour": f'{{ {VILLAGE} {{ residents(after: "FULL_NAME_ASC.<other row>") {{ nodes {{ id }} }} }} }}',
    "every village": "{ villages { totalCount nodes { code residents { totalCount nodes { id } } } } }",
    "an error": f"{{ {VILLAGE} {{ residents(first: -1) {{ totalCount }} }} }}",
    "a recording": 'mutation { wasteRecordIntake(input: {facilityId: "<other_WasteFacility>", stream: B3, gross: 5}) { facility { id } } }',
}  # fmt: skip


async def test_two_servers_that_differ_only_in_the_neighbours_rows_answer_alike(
    wantilan_dialect: str, wantilan_templates: Templates, wantilan_host: Host
) -> None:
    first = wantilan_templates.fresh(wantilan_dialect, wantilan_host)
    settings = Settings(database_url=first, keys=wantilan_templates.keys, introspection=True)  # type: ignore[arg-type]
    async with running(settings, wantilan_host) as world:
        scene = await set_the_scene(world)
    second = await copied(first, wantilan_templates)
    try:
        async with running(settings.model_copy(update={"database_url": second}), wantilan_host) as other:
            await change_the_neighbour(other, scene)
            async with running(settings, wantilan_host) as world:
                wanted = dict(WAYS) | BESIDES
                ours = {n: await both(scene, t, "operator_bengkel", world, other) for n, t in wanted.items()}
                theirs = {n: await both(scene, t, "neighbour", world, other) for n, t in BESIDES.items()}
    finally:
        wantilan_templates.drop(first)
        wantilan_templates.drop(second)
    assert [name for name, (one, two) in ours.items() if one != two] == []
    differing = {name for name, (one, two) in theirs.items() if one != two}
    assert {"the neighbour", "the neighbour's people", "every village"} <= differing


@asynccontextmanager
async def running(settings: Settings, host: Host) -> AsyncIterator[World]:
    made = application(settings, host)
    async with made.running(deliver=False):
        yield World(made)


async def both(scene: Scene, text: str, who: str, *worlds: World) -> list[str]:
    """The raw answers of both servers; what is left of the minute's cost is the same in both."""
    text = document(scene, text).replace("<row>", scene.bengkel.residents[0].id.hex)
    text = text.replace("<other row>", scene.neighbour.residents[0].id.hex)
    answers = []
    for world in worlds:
        world.engine.meter.buckets.clear()
        answers.append((await world.ask(text, scene.tokens[who])).text)
    return answers


async def copied(url: str, templates: Templates) -> str:
    """A second database with the same rows, ids and tokens."""
    name = url.rsplit("/", 1)[1]
    if url.startswith("sqlite"):
        twin = Path(url.removeprefix("sqlite:///")).with_name(f"{name.removesuffix('.db')}_twin.db")
        shutil.copy(url.removeprefix("sqlite:///"), twin)
        return f"sqlite:///{twin}"
    for _ in range(50):
        with suppress(ConfigurationError):  # a connection that was closed a moment ago may still be leaving
            templates.server.create_database(f"{name}_twin", template=name)
            return f"{url}_twin"
        await asyncio.sleep(0.05)
    raise AssertionError("the database is never free to be copied")


async def change_the_neighbour(world: World, scene: Scene) -> None:
    """More people, another name, more waste; one person fewer."""
    async with world.unit(NEIGHBOUR) as unit:
        known = await unit.get(Resident, scene.neighbour.residents[1].id)
        assert known is not None
        known.full_name = known.name_key = "AAA"
        known.birth_date = date(1901, 2, 3)
        await unit.add(weighing(unit, scene.neighbour.facility, 77_000))
    hamlet = await world.hamlet(NEIGHBOUR, "Banjar Tengah")
    for serial in range(1, 30):
        await world.resident(NEIGHBOUR, hamlet, name=f"A {serial}", serial=serial)
    async with world.unit(NEIGHBOUR) as unit:
        gone = scene.neighbour.residents[0]
        for table in reversed(in_order(m for m in models(world.host) if issubclass(m, VillageTable))):
            his = about(table, ResidentFacts(gone.id, gone.village_id))
            if his is not None:
                await unit.session.execute(sa.delete(table).where(his))


async def test_the_ids_of_both_villages_are_of_both_villages(scene: Scene) -> None:
    """The scene's own control: the two villages have rows of every kind, and no id of one is the other's."""
    ids = await ids_of(scene.world, scene.bengkel, scene.neighbour)
    assert len(set(ids.values())) == 2 * len(scene.bengkel.rows)
