"""What is null and what is an error: three outcomes of permission, closed doors, codes, limits."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.system.scene import DISTRICT, MARK, OTHER, Scene

from wantilan.programs.switching import disable, enable
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World
from wantilan_waste.models import Intake

THIRD = "51.02.06.2003"
VILLAGE = f'village(code: "{BENGKEL}")'
DOOR = f"{{ {VILLAGE} {{ name waste {{ massByStream {{ mass }} }} }} }}"
VILLAGES = "{ villages { nodes { code waste { massByStream { mass } } } } }"
RECORD = (
    """mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) { intake { mass } } }"""
)


async def close(world: World, code: str, program: str = "waste") -> None:
    async with world.unit(code) as unit:
        await disable(world.host, unit, program)


def told(reply: Reply) -> list[tuple[str, list[Any]]]:
    """Each error's code and path."""
    return [(e["extensions"]["code"], e.get("path")) for e in reply.errors]


# Nowhere: refused before anything runs


async def test_what_may_be_read_nowhere_is_refused_without_data_and_without_a_statement(scene: Scene) -> None:
    await scene.ask("agency", "{ me { actor } }")
    with scene.world.counting() as statements:
        reply = await scene.ask("agency", f"{{ {VILLAGE} {{ name residents {{ nodes {{ fullName }} }} }} }}")
    assert statements == []
    assert "data" not in reply.body
    assert reply.status == 403
    assert told(reply) == [("FORBIDDEN", ["village", "residents"])]


async def test_the_refusal_names_the_permission_and_the_path_has_no_indices(scene: Scene) -> None:
    kelian = await scene.world.token("kelian", BENGKEL, hamlet=scene.bengkel.hamlet.id)
    text = "{ villages { nodes { residents { nodes { fullName secret: religion } } } } }"
    reply = await scene.world.ask(text, kelian)
    control = await scene.world.ask(text.replace("secret: religion", "occupation"), kelian)
    (error,) = reply.errors
    assert error["extensions"]["permission"] == "resident.sensitive.read"
    assert error["path"] == ["villages", "nodes", "residents", "nodes", "secret"]
    assert MARK in control.text


async def test_a_visitor_is_told_the_same_and_what_he_may_see_he_sees(scene: Scene) -> None:
    refused = await scene.ask("visitor", f"{{ {VILLAGE} {{ waste {{ intakes {{ totalCount }} }} }} }}")
    allowed = await scene.ask("visitor", f"{{ {VILLAGE} {{ name programs {{ name enabled }} }} }}")
    assert told(refused) == [("FORBIDDEN", ["village", "waste", "intakes"])]
    assert {"name": "waste", "enabled": True} in allowed.data["village"]["programs"]


async def test_a_skipped_field_refuses_nobody(scene: Scene) -> None:
    text = "query($people: Boolean!) { villages { nodes { name residents @include(if: $people) { totalCount } } } }"
    assert (await scene.ask("agency", text, people=True)).codes == ["FORBIDDEN"]
    assert len((await scene.ask("agency", text, people=False)).data["villages"]["nodes"]) == 2


@pytest.mark.parametrize("field", ["resident", "node", "nodes"])
async def test_behind_an_id_a_type_that_may_be_read_nowhere_is_null_and_no_error(
    scene: Scene, field: str
) -> None:
    argument = "ids: [ID!]!" if field == "nodes" else "id: ID!"
    name = argument.partition(":")[0]
    text = f"query(${argument}) {{ found: {field}({name}: ${name}) {{ id }} }}"
    given: Any = [scene.ids["Resident"]] if field == "nodes" else scene.ids["Resident"]
    hidden = await scene.ask("agency", text, **{name: given})
    shown = await scene.ask("operator_bengkel", text, **{name: given})
    assert hidden.data["found"] in (None, [None])
    assert shown.data["found"] in ({"id": scene.ids["Resident"]}, [{"id": scene.ids["Resident"]}])


# Not here: null, and one error per field and response


async def test_what_may_be_read_elsewhere_is_null_here_with_one_error_per_field(scene: Scene) -> None:
    await scene.world.open(THIRD)
    text = "{ villages { nodes { code residents { totalCount } households { totalCount } } } }"
    reply = await scene.ask("neighbour", text)
    found = {v["code"]: (v["residents"], v["households"]) for v in reply.body["data"]["villages"]["nodes"]}
    assert found == {
        BENGKEL: (None, None),
        NEIGHBOUR: ({"totalCount": 2}, {"totalCount": 1}),
        THIRD: (None, None),
    }
    assert [(c, [p for p in path if not isinstance(p, int)]) for c, path in told(reply)] == [
        ("FORBIDDEN", ["villages", "nodes", "residents"]),
        ("FORBIDDEN", ["villages", "nodes", "households"]),
    ]
    assert reply.status == 200


async def test_the_path_of_what_is_not_here_points_at_a_null(scene: Scene) -> None:
    reply = await scene.ask("neighbour", "{ villages { nodes { code residents { totalCount } } } }")
    value = reply.body["data"]
    for step in reply.errors[0]["path"]:
        value = value[step]
    assert value is None


async def test_every_kind_of_list_is_null_where_it_may_not_be_read(scene: Scene) -> None:
    text = f"""{{ {VILLAGE} {{ name hamlets {{ name }} residents {{ totalCount }} households {{ totalCount }}
      waste {{ intakes {{ totalCount }} facilities {{ name }} massByStream {{ mass }} }} }} }}"""
    reply = await scene.ask("neighbour", text)
    village = reply.body["data"]["village"]
    assert village.pop("waste") == {"intakes": None, "facilities": None, "massByStream": None}
    assert village == {"name": "Bengkel", "hamlets": None, "residents": None, "households": None}
    assert reply.codes == ["FORBIDDEN"] * 6
    control = await scene.ask("operator_bengkel", text)
    assert None not in control.data["village"].values()


async def test_a_regions_figure_is_not_a_residents_even_where_the_region_is_his_village(scene: Scene) -> None:
    resident = await scene.world.token("resident", BENGKEL, resident=scene.bengkel.residents[0].id)
    figure = "waste { massByStream { mass } }"
    text = f'{{ region(code: "{BENGKEL}") {{ {figure} }} village(code: "{BENGKEL}") {{ {figure} }} }}'
    reply = await scene.world.ask(text, resident)
    assert reply.body["data"] == {
        "region": {"waste": {"massByStream": None}},
        "village": {"waste": {"massByStream": [{"mass": 12_500}]}},
    }
    assert [e["path"] for e in reply.errors] == [["region", "waste", "massByStream"]]


async def test_a_field_with_a_permission_of_its_own_is_null_where_that_is_not_held(scene: Scene) -> None:
    """One actor: operator in Bengkel (with sensitive data), kelian of a banjar of the neighbour (without)."""
    token = await scene.world.token("kelian", NEIGHBOUR, hamlet=scene.neighbour.hamlet.id, name="both")
    await scene.world.token("village_operator", BENGKEL, name="both")
    reply = await scene.world.ask(
        "{ villages { nodes { code residents { nodes { fullName religion } } } } }", token
    )
    found = {
        v["code"]: {r["religion"] for r in v["residents"]["nodes"]}
        for v in reply.body["data"]["villages"]["nodes"]
    }
    assert found == {BENGKEL: {"HINDU"}, NEIGHBOUR: {None}}
    assert reply.codes == ["FORBIDDEN"]
    assert reply.errors[0]["extensions"]["permission"] == "resident.sensitive.read"


# Not this row: left out


async def test_a_field_of_listed_things_that_is_not_here_is_explained_once(scene: Scene) -> None:
    perbekel = await scene.world.token("perbekel", BENGKEL)
    text = "{ village(code: %s) { programs { name settings } } }"
    there = await scene.world.ask(text % f'"{NEIGHBOUR}"', perbekel)
    assert len(there.body["data"]["village"]["programs"]) > 1
    assert [(e["extensions"]["code"], e["path"]) for e in there.errors] == [
        ("FORBIDDEN", ["village", "programs", 0, "settings"])
    ]
    here = await scene.world.ask(text % f'"{BENGKEL}"', perbekel)
    assert here.errors == []


async def test_rows_that_a_rule_hides_are_left_out_and_not_counted(scene: Scene) -> None:
    other = await scene.world.hamlet(BENGKEL, "Banjar Kelod")
    await scene.world.resident(BENGKEL, other, name="I Ketut Kelod", serial=77)
    kelian = await scene.world.token("kelian", BENGKEL, hamlet=other.id)
    text = f"{{ {VILLAGE} {{ hamlets {{ name }} residents {{ totalCount nodes {{ fullName }} }} }} }}"
    reply = await scene.world.ask(text, kelian)
    village = reply.data["village"]
    assert village["hamlets"] == [{"name": "Banjar Kelod"}]
    assert village["residents"] == {"totalCount": 1, "nodes": [{"fullName": "I Ketut Kelod"}]}
    everybody = await scene.ask("operator_bengkel", text)
    assert everybody.data["village"]["residents"]["totalCount"] == 4


# Closed doors


async def test_a_closed_door_without_a_list_is_null_with_its_error(scene: Scene) -> None:
    await close(scene.world, BENGKEL)
    reply = await scene.ask("operator_bengkel", DOOR)
    assert reply.body["data"] == {"village": {"name": "Bengkel", "waste": None}}
    assert told(reply) == [("PROGRAM_NOT_ENABLED", ["village", "waste"])]
    told_more = {k: reply.errors[0]["extensions"][k] for k in ("program", "villages")}
    assert told_more == {"program": "waste", "villages": [BENGKEL]}
    assert "notEnabled" not in reply.body["extensions"]


async def test_below_a_list_a_closed_door_is_null_and_told_in_the_extensions(scene: Scene) -> None:
    await scene.world.open(THIRD)
    await close(scene.world, BENGKEL)
    everywhere = await scene.world.token("agency_officer", TABANAN)
    reply = await scene.world.ask(VILLAGES, everywhere)
    assert {v["code"]: v["waste"] is None for v in reply.data["villages"]["nodes"]} == {
        BENGKEL: True, NEIGHBOUR: False, THIRD: True,
    }  # fmt: skip
    assert reply.body["extensions"]["notEnabled"] == [{"program": "waste", "villages": [BENGKEL, THIRD]}]


async def test_one_answer_can_have_both(scene: Scene) -> None:
    await close(scene.world, BENGKEL)
    everywhere = await scene.world.token("agency_officer", TABANAN)
    reply = await scene.world.ask(f"{{ {VILLAGE} {{ waste {{ __typename }} }} {VILLAGES[1:]}", everywhere)
    assert told(reply) == [("PROGRAM_NOT_ENABLED", ["village", "waste"])]
    assert reply.body["extensions"]["notEnabled"] == [{"program": "waste", "villages": [BENGKEL]}]


async def test_a_resident_door_is_closed_with_the_village(scene: Scene) -> None:
    text = f"{{ {VILLAGE} {{ residents {{ nodes {{ fullName waste {{ intakes {{ totalCount }} }} }} }} }} }}"
    opened = await scene.ask("operator_bengkel", text)
    await close(scene.world, BENGKEL)
    closed = await scene.ask("operator_bengkel", text)
    assert {str(r["waste"]) for r in opened.data["village"]["residents"]["nodes"]} == {
        "{'intakes': {'totalCount': 1}}"
    }
    assert {r["waste"] for r in closed.data["village"]["residents"]["nodes"]} == {None}
    assert closed.body["extensions"]["notEnabled"] == [{"program": "waste", "villages": [BENGKEL]}]


async def test_a_regions_door_is_null_only_if_no_village_of_it_enabled_the_program(scene: Scene) -> None:
    text = f'{{ region(code: "{DISTRICT}") {{ waste {{ villagesCounted massByStream {{ mass }} }} }} }}'
    counted = []
    for code in (None, BENGKEL, NEIGHBOUR):
        if code is not None:
            await close(scene.world, code)
        reply = await scene.ask("agency", text)
        counted.append(reply.body["data"]["region"]["waste"])
    assert counted == [
        {"villagesCounted": 2, "massByStream": [{"mass": 25_000}]},
        {"villagesCounted": 1, "massByStream": [{"mass": 12_500}]},
        None,
    ]
    assert told(reply) == [("PROGRAM_NOT_ENABLED", ["region", "waste"])]


@pytest.mark.parametrize("kind", ["WasteIntake", "WasteFacility"])
async def test_an_id_does_not_lead_round_a_closed_door(scene: Scene, kind: str) -> None:
    text = f'{{ node(id: "{scene.ids[kind]}") {{ id }} nodes(ids: ["{scene.ids[kind]}"]) {{ id }} }}'
    opened = await scene.ask("operator_bengkel", text)
    await close(scene.world, BENGKEL)
    closed = await scene.ask("operator_bengkel", text)
    assert opened.data["node"] == opened.data["nodes"][0] == {"id": scene.ids[kind]}
    assert closed.body["data"] == {"node": None, "nodes": [None]}


async def test_nobody_learns_from_a_closed_door_what_is_behind_it(scene: Scene) -> None:
    """To the neighbour, a weighing of Bengkel is null whether the program is on there or not."""
    text = f'{{ node(id: "{scene.ids["WasteIntake"]}") {{ id }} }}'
    opened = await scene.ask("neighbour", text)
    await close(scene.world, BENGKEL)
    closed = await scene.ask("neighbour", text)
    assert (opened.data, closed.data) == ({"node": None}, {"node": None})


async def test_a_mutation_behind_a_closed_door_is_refused_and_writes_nothing(scene: Scene) -> None:
    given = {"facilityId": scene.ids["WasteFacility"], "stream": "RESIDU", "gross": 700}
    await close(scene.world, BENGKEL)
    refused = await scene.ask("operator_bengkel", RECORD, input=given)
    assert told(refused) == [("PROGRAM_NOT_ENABLED", ["wasteRecordIntake"])]
    assert await weighings(scene.world) == 1
    async with scene.world.unit(BENGKEL) as unit:
        await enable(scene.world.host, unit, "waste")
    accepted = await scene.ask("operator_bengkel", RECORD, input=given)
    assert accepted.data["wasteRecordIntake"]["intake"]["mass"] == 700
    assert await weighings(scene.world) == 2


async def test_enabled_again_all_is_there_and_the_neighbour_never_noticed(scene: Scene) -> None:
    before, theirs = await scene.ask("operator_bengkel", DOOR), DOOR.replace(BENGKEL, NEIGHBOUR)
    await close(scene.world, BENGKEL)
    assert "errors" not in (await scene.ask("neighbour", theirs)).body
    async with scene.world.unit(BENGKEL) as unit:
        await enable(scene.world.host, unit, "waste")
    after = await scene.ask("operator_bengkel", DOOR)
    assert after.data == before.data
    assert after.data["village"]["waste"]["massByStream"] == [{"mass": 12_500}]


async def weighings(world: World) -> int:
    async with world.unit(BENGKEL) as unit:
        return len(await unit.all(Intake))


# What an error says

REFUSALS: Sequence[tuple[str, str, int, str]] = (
    ("GRAPHQL_PARSE_FAILED", "{ village(", 400, "operator_bengkel"),
    ("GRAPHQL_VALIDATION_FAILED", "{ unknownField }", 400, "operator_bengkel"),
    ("BAD_USER_INPUT", '{ village(code: "Bengkel 5102062001") { name } }', 400, "operator_bengkel"),
    ("BAD_USER_INPUT", "{ villages(first: -1) { totalCount } }", 400, "operator_bengkel"),
    ("FORBIDDEN", "{ villages { nodes { residents { totalCount } } } }", 403, "visitor"),
    ("LIMIT_EXCEEDED", "{ villages(first: 101) { totalCount } }", 400, "operator_bengkel"),
)


@pytest.mark.parametrize("code, text, status, who", REFUSALS)
async def test_a_refusal_has_a_code_a_request_id_and_an_honest_status(
    scene: Scene, code: str, text: str, status: int, who: str
) -> None:
    reply = await scene.ask(who, text)
    assert reply.codes == [code]
    assert reply.status == status
    assert reply.errors[0]["extensions"]["requestId"] == "test"
    assert "data" not in reply.body


@pytest.mark.parametrize("code, text, status, who", REFUSALS[2:])
async def test_a_refusal_speaks_indonesian_and_english(
    scene: Scene, code: str, text: str, status: int, who: str
) -> None:
    english, indonesian = [(await scene.ask(who, text, language=one)).errors[0] for one in ("en", "id")]
    assert english["message"] != indonesian["message"]
    assert {**english, "message": ""}.keys() == {**indonesian, "message": ""}.keys()
    assert english["extensions"]["code"] == indonesian["extensions"]["code"] == code


async def test_errors_beside_data_speak_both_languages_too(scene: Scene) -> None:
    await close(scene.world, BENGKEL)
    said = {
        one: (await scene.ask("operator_bengkel", DOOR, language=one)).errors[0]["message"]
        for one in ("en", "id")
    }
    assert said == {
        "en": f"The program waste is not enabled in {BENGKEL}.",
        "id": f"Program waste belum diaktifkan di {BENGKEL}.",
    }


@pytest.mark.parametrize(
    "text",
    [
        '{ village(code: "9912345678901234") { name } }',
        '{ resident(id: "9912345678901234") { id } }',
        '{ villages(after: "9912345678901234") { nodes { name } } }',
        '{ villages(filter: {code: {eq: "9912345678901234"}}) { nodes { name } } }',
        '{ villages(order: X9912345678901234) { nodes { name } } }',
        '{ villages(first: "9912345678901234") { nodes { name } } }',
        '{ villages(first: 9912345678901234) { nodes { name } } }',
        "{ x9912345678901234 }",
        '{ regions(search: "9912345678901234") { nodes { name } } }',
        '{ village(code: "51.02.06.2001") { residents(filter: {birthDate: {eq: "9912345678901234"}}) { totalCount } } }',
        '{ village(code: "51.02.06.2001") { residents(filter: {status: {eq: "9912345678901234"}}) { totalCount } } }',
        '{ village(code: "51.02.06.2001") { waste { massByStream(from: "9912345678901234") { mass } } } }',
    ],
)  # fmt: skip
async def test_no_answer_repeats_a_value_that_the_client_sent(scene: Scene, text: str) -> None:
    reply = await scene.ask("operator_bengkel", text)
    assert "9912345678901234" not in reply.text
    assert not {"INTERNAL_SERVER_ERROR"} & set(reply.codes)


@pytest.mark.parametrize(
    "value", ["9912345678901234", 9912345678901234, [9912345678901234], {"a": "9912345678901234"}]
)
async def test_no_answer_repeats_a_variable(scene: Scene, value: Any) -> None:
    for type_, place in (
        ("RegionCode!", "village(code: $x) { name }"),
        ("Int", "villages(first: $x) { totalCount }"),
        ("String", "villages(after: $x) { totalCount }"),
        ("ID!", "node(id: $x) { id }"),
        ("VillageFilter", "villages(filter: $x) { totalCount }"),
        ("VillageOrder", "villages(order: $x) { totalCount }"),
        ("[ID!]!", "nodes(ids: $x) { id }"),
    ):
        reply = await scene.ask("operator_bengkel", f"query($x: {type_}) {{ {place} }}", x=value)
        assert "9912345678901234" not in reply.text, (type_, reply.text)
        assert "INTERNAL_SERVER_ERROR" not in reply.codes, (type_, reply.text)


async def test_a_token_that_is_unknown_or_expired_is_unauthenticated(scene: Scene) -> None:
    for token in ("wnt_" + "0" * 43, "x"):
        reply = await scene.world.ask("{ me { actor } }", token)
        assert (reply.codes, reply.status) == (["UNAUTHENTICATED"], 401)
        assert token == "x" or token not in reply.text
    assert (await scene.ask("visitor", "{ me { actor } }")).data == {"me": {"actor": "visitor"}}


# Unknown errors are masked

SECRET = "5102061705900001"


@asynccontextmanager
async def failing_reader(world: World) -> AsyncIterator[None]:
    reader: Any = world.database.reader
    real = reader.read

    async def read(statement: Any) -> str:
        raise RuntimeError(f"SELECT full_name FROM resident WHERE nik = '{SECRET}' -- {MARK}")

    reader.read = read
    yield
    reader.read = real


@pytest.mark.parametrize(
    "text",
    [
        f"{{ {VILLAGE} {{ name }} }}",
        f"{{ me {{ actor }} {VILLAGE} {{ name }} }}",
        'mutation { wasteRecordIntake(input: {facilityId: "<id>", stream: B3, gross: 5}) { facility { name } } }',
    ],
)
async def test_an_unknown_error_is_masked_and_logged_without_values(
    scene: Scene, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.ask("operator_bengkel", "{ me { actor } }")
    with caplog.at_level(logging.DEBUG):
        async with failing_reader(scene.world):
            reply = await scene.ask("operator_bengkel", text.replace("<id>", scene.ids["WasteFacility"]))
    assert set(reply.codes) == {"INTERNAL_SERVER_ERROR"}
    for hidden in (SECRET, MARK, "SELECT", "RuntimeError"):
        assert hidden not in reply.text
    logged = [r.getMessage() for r in caplog.records if r.name.startswith("wantilan")]
    assert any("RuntimeError" in line and "test" in line for line in logged), logged
    assert not any(hidden in line for hidden in (SECRET, MARK, "SELECT") for line in logged)


async def test_a_masked_error_before_anything_ran_has_status_500(scene: Scene) -> None:
    async with failing_reader(scene.world):
        reply = await scene.ask("operator_bengkel", f"{{ {VILLAGE} {{ name }} }}")
    assert reply.status == 500
    assert (await scene.ask("operator_bengkel", f"{{ {VILLAGE} {{ name }} }}")).status == 200


# Limits


async def limited(scene: Scene, text: str, **given: Any) -> tuple[str, Any]:
    """The name and number of the limit that the operation is over."""
    with scene.world.counting() as statements:
        reply = await scene.ask("operator_bengkel", text, **given)
    assert (reply.codes, reply.status, statements) == (["LIMIT_EXCEEDED"], 400, []), reply.text
    return reply.errors[0]["extensions"]["limit"], reply.errors[0]["extensions"]["allowed"]


CHAINS = {
    "regions in regions": """{ regions(first: 1) { nodes { children(first: 1) { nodes { children(first: 1) { nodes {
        children(first: 1) { nodes { parent { parent { parent { name } } } } } } } } } } } }""",
    "five connections": """{ regions(first: 1) { nodes { children(first: 1) { nodes { children(first: 100) { nodes { villages(first: 2)
        { nodes { households(first: 2) { nodes { hamlet { name } } } } } } } } } } } }""",
    "down to the houses": """{ region(code: "51.02") { children(first: 20) { nodes { villages(first: 2) { nodes { households(first: 2)
        { nodes { members(first: 2) { nodes { resident { hamlet { name } } } } } } } } } } } }""",
    "down to the banjar's houses": """{ region(code: "51.02") { children(first: 20) { nodes { villages(first: 2) { nodes { hamlets {
        households(first: 2) { nodes { members(first: 2) { nodes { resident { fullName } } } } } } } } } } } }""",
    "with edges": """{ region(code: "51.02.06") { villages(first: 2) { edges { node { households(first: 2) { edges { node {
        members(first: 2) { edges { node { resident { fullName } } } } } } } } } } } }""",
    "from the weighing": """{ villages(first: 3) { nodes { waste { intakes(first: 3) { nodes { household { members(first: 2) { nodes {
        resident { waste { massByStream { mass } } } } } } } } } } } }""",
    "round and round": """{ village(code: "51.02.06.2001") { hamlets { head { resident { household { members(first: 2) { nodes {
        resident { household { members(first: 2) { nodes { relationship } } } } } } } } } } } }""",
    "plain lists": """{ village(code: "51.02.06.2001") { hamlets { heads { resident { village { hamlets { heads { resident {
        village { hamlets { head { since } } } } } } } } } } } }""",
}  # fmt: skip


def depth_of(text: str) -> int:
    level = deepest = 0
    for sign in text:
        level += (sign == "{") - (sign == "}")
        deepest = max(deepest, level)
    return deepest


@pytest.mark.parametrize("chain", CHAINS)
async def test_a_chain_of_twelve_levels_is_answered(scene: Scene, chain: str) -> None:
    everywhere = await scene.world.token("village_operator", TABANAN)
    reply = await scene.world.ask(CHAINS[chain], everywhere)
    assert reply.data
    assert depth_of(CHAINS[chain]) == 12
    assert deepest(reply.data) == 12


def deepest(data: Any) -> int:
    """How many fields inside each other the answer shows somewhere: it was answered to its end."""
    if isinstance(data, list):
        return max((deepest(item) for item in data), default=0)
    return 1 + max(map(deepest, data.values())) if isinstance(data, dict) else 0


async def test_thirteen_levels_are_refused_also_when_fragments_hide_them(scene: Scene) -> None:
    up = lambda n: "parent { " * n + "name" + " }" * n  # noqa: E731
    region = 'region(code: "51.02.06.2001")'
    assert await limited(scene, f"{{ {region} {{ {up(11)} }} }}") == ("depth", 12)
    hidden = f"{{ {region} {{ ...a }} }} fragment a on Region {{ parent {{ ...b }} }} fragment b on Region {{ {up(10)} }}"
    assert await limited(scene, hidden) == ("depth", 12)
    assert (await scene.ask("visitor", f"{{ {region} {{ {up(10)} }} }}")).data


async def test_a_hundred_aliases_are_refused_and_thirty_are_not(scene: Scene) -> None:
    aliased = lambda n: f"{{ {VILLAGE} {{ {' '.join(f'a{i}: name' for i in range(n))} }} }}"  # noqa: E731
    assert await limited(scene, aliased(100)) == ("aliases", 30)
    assert len((await scene.ask("operator_bengkel", aliased(30))).data["village"]) == 30


async def test_twenty_root_fields_are_the_most(scene: Scene) -> None:
    roots = lambda n: "{ " + " ".join(f"a{i}: programs {{ name }}" for i in range(n)) + " }"  # noqa: E731
    assert await limited(scene, roots(21)) == ("rootFields", 20)
    assert len((await scene.ask("operator_bengkel", roots(20))).data) == 20


async def test_the_product_of_page_sizes_is_limited(scene: Scene) -> None:
    text = """query($a: Int, $b: Int, $c: Int) { villages(first: $a) { nodes { households(first: $b) { nodes {
      members(first: $c) { nodes { since } } } } } } }"""
    assert await limited(scene, text, a=100, b=100, c=2) == ("rows", 10_000)
    assert await limited(scene, text, a=100, b=100, c=100) == ("rows", 10_000)
    for sizes in ((100, 100, 1), (100, 100, 0), (10, 10, 100)):
        reply = await scene.ask("operator_bengkel", text, **dict(zip("abc", sizes, strict=True)))
        assert "LIMIT_EXCEEDED" not in reply.codes


async def test_lists_side_by_side_are_not_multiplied(scene: Scene) -> None:
    text = """{ villages(first: 100) { nodes { households(first: 100) { totalCount } residents(first: 100) { totalCount } } }
      regions(first: 100) { nodes { name } } }"""
    assert "LIMIT_EXCEEDED" not in (await scene.ask("operator_bengkel", text)).codes


async def test_the_limit_holds_in_a_payload_too_and_nothing_is_written(scene: Scene) -> None:
    given = {"facilityId": scene.ids["WasteFacility"], "stream": "RESIDU", "gross": 700}
    text = RECORD.replace(
        "intake { mass }",
        "village { households(first: 100) { nodes { members(first: 100) { nodes { household { members(first: 2) { nodes { since } } } } } } } }",
    )
    reply = await scene.ask("operator_bengkel", text, input=given)
    assert reply.codes == ["LIMIT_EXCEEDED"]
    assert await weighings(scene.world) == 1


async def test_the_page_size_of_a_payload_is_settled_before_the_write(scene: Scene) -> None:
    given = {"facilityId": scene.ids["WasteFacility"], "stream": "RESIDU", "gross": 700}
    text = "mutation($input: WasteRecordIntakeInput!, $n: Int) { wasteRecordIntake(input: $input) { village { residents(first: $n) { totalCount } } } }"
    for size, code in ((101, "LIMIT_EXCEEDED"), (-1, "BAD_USER_INPUT")):
        reply = await scene.ask("operator_bengkel", text, input=given, n=size)
        assert reply.codes == [code]
        assert await weighings(scene.world) == 1
    assert (await scene.ask("operator_bengkel", text, input=given, n=100)).data
    assert await weighings(scene.world) == 2


async def test_a_cursor_of_a_payload_is_settled_before_the_write(scene: Scene) -> None:
    given = {"facilityId": scene.ids["WasteFacility"], "stream": "RESIDU", "gross": 700}
    text = 'mutation($input: WasteRecordIntakeInput!) { wasteRecordIntake(input: $input) { village { residents(after: "garbage") { totalCount } } } }'
    reply = await scene.ask("operator_bengkel", text, input=given)
    assert reply.codes == ["BAD_USER_INPUT"]
    assert await weighings(scene.world) == 1


async def test_who_asks_too_much_in_a_minute_must_wait_and_others_need_not(scene: Scene) -> None:
    scene.world.engine.meter.buckets.clear()
    scene.world.engine.meter.per_minute = 3
    replies = [await scene.ask("operator_bengkel", f"{{ {VILLAGE} {{ name }} }}") for _ in range(5)]
    refused = replies[-1]
    assert (refused.codes, refused.status) == (["RATE_LIMITED"], 429)
    assert refused.errors[0]["extensions"]["retryAfter"] > 0
    assert replies[0].status == 200
    assert (await scene.ask("neighbour", f"{{ {VILLAGE} {{ name }} }}")).status == 200


async def test_the_cost_grows_with_the_rows_and_is_told(scene: Scene) -> None:
    scene.world.engine.meter.buckets.clear()
    costs = []
    for first in (1, 100):
        text = f"{{ villages(first: {first}) {{ nodes {{ households(first: {first}) {{ totalCount }} }} }} }}"
        costs.append((await scene.ask("operator_bengkel", text)).body["extensions"]["cost"]["requested"])
    assert costs == [1, 101]


async def test_a_refused_operation_costs_too(scene: Scene) -> None:
    """Or guessing would be free: an operation that is refused after parsing is paid for."""
    scene.world.engine.meter.buckets.clear()
    scene.world.engine.meter.per_minute = 10
    for _ in range(30):
        reply = await scene.ask("neighbour", f'{{ {VILLAGE} {{ residents(after: "x") {{ totalCount }} }} }}')
    assert reply.codes == ["RATE_LIMITED"]


# The visitor of another kind: what is public stays readable


async def test_a_closed_list_beside_an_open_one_leaves_the_open_one(scene: Scene) -> None:
    reply = await scene.ask(
        "neighbour",
        f'{{ a: {VILLAGE} {{ residents {{ totalCount }} }} b: village(code: "{NEIGHBOUR}") {{ residents {{ nodes {{ fullName }} }} }} }}',
    )
    assert reply.body["data"]["a"] == {"residents": None}
    assert OTHER in reply.text
    assert told(reply) == [("FORBIDDEN", ["a", "residents"])]
