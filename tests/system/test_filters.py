"""Every operator of every filter against a reference in plain Python, on both databases, literal and variable."""

from __future__ import annotations

import json
import operator
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.system.scene import Scene, weighing

from wantilan import sort_key
from wantilan.registry.codes import ResidentStatus, Sex
from wantilan.registry.models import Household, Resident
from wantilan.store.places import RegionLevel
from wantilan.testing import BENGKEL, NEIGHBOUR, World
from wantilan_waste.models import Facility, Intake, WasteFacilityKind, WasteSourceClass, WasteStream

NAMES = (
    "Ni Luh Ayu",
    "NI LUH AYU",
    "Ni Luh D’Arma",
    "Ni Luh Darma",
    "I Gede Ásana",
    "I Wayan",
    "I Made %_\\",
    "李明",
    "Émilie",
)
LISTS = {
    "residents": ("ResidentFilter", 'village(code: "51.02.06.2001") { list: residents(filter: $f, first: 100) { nodes { id } totalCount } }'),
    "intakes": ("WasteIntakeFilter", 'village(code: "51.02.06.2001") { waste { list: intakes(filter: $f, first: 100) { nodes { id } totalCount } } }'),
    "children": ("RegionFilter", 'region(code: "51.02") { list: children(filter: $f, first: 100) { nodes { id } totalCount } }'),
    "villages": ("VillageFilter", "list: villages(filter: $f, first: 100) { nodes { id } totalCount }"),
}  # fmt: skip

Get = Callable[[Any], Any]
Compare = Callable[[Any, Any], bool]
COMPARE: Mapping[str, Compare] = {
    "eq": operator.eq, "lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge,
    "in": lambda value, given: value in given,
    "startsWith": lambda value, given: str(value).startswith(given),
}  # fmt: skip
FIELDS: Sequence[tuple[str, str, Get, Sequence[Any], Sequence[str]]] = (
    ("residents", "fullName", lambda r: sort_key(r.full_name), (*NAMES, "ni luh", "Ni", "i ", "%", "_", "ZZZ", ""), ("eq", "in", "startsWith")),
    ("residents", "birthDate", lambda r: r.birth_date.isoformat(), ("1990-01-01", "1990-01-03", "1989-12-31", "2026-02-28", "1900-01-01"), ("eq", "in", "lt", "lte", "gt", "gte")),
    ("residents", "status", lambda r: r.status.name, tuple(s.name for s in ResidentStatus), ("eq", "in")),
    ("intakes", "stream", lambda i: i.stream.name, tuple(s.name for s in WasteStream), ("eq", "in")),
    ("intakes", "sourceClass", lambda i: i.source_class.name, tuple(s.name for s in WasteSourceClass), ("eq", "in")),
    ("intakes", "weighedAt", lambda i: i.weighed_at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{i.weighed_at.microsecond // 1000:03}Z",
     tuple(f"2026-01-01T00:00:00.{ms:03}Z" for ms in (0, 1, 2, 500)), ("eq", "in", "lt", "lte", "gt", "gte")),
    ("intakes", "businessDate", lambda i: i.business_date.isoformat(), ("2026-01-01", "2026-01-02", "2026-01-31"), ("eq", "in", "lt", "lte", "gt", "gte")),
    ("children", "level", lambda r: r.level.name, tuple(level.name for level in RegionLevel), ("eq", "in")),
    ("children", "code", lambda r: r.code, ("51.02.06", "51.02.0", "51.02", "51.02.06.2001", "x", ""), ("eq", "in", "startsWith")),
    ("villages", "code", lambda v: v.code, (BENGKEL, NEIGHBOUR, "51.02.06.", "51.03"), ("eq", "in", "startsWith")),
    ("villages", "name", lambda v: sort_key(v.name), ("Bengkel", "bengkel", "BENG", "b"), ("eq", "in", "startsWith")),
)  # fmt: skip
FOLDED = {("residents", "fullName"), ("villages", "name")}


@pytest.fixture
async def crowd(world: World) -> World:
    """Bengkel with forty people and weighings whose values repeat; its neighbour with the same ones."""
    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR, "waste")
    chance = random.Random(2001)
    for code in (BENGKEL, NEIGHBOUR):
        hamlet = await world.hamlet(code)
        async with world.unit(code) as unit:
            facility = Facility(name="TPS3R Bestari", kind=WasteFacilityKind.TPS3R)
            await unit.add(facility)
            rows: list[Any] = []
            for _ in range(40):
                name = chance.choice(NAMES)
                rows.append(
                    Resident(
                        village_id=unit.village.id, hamlet_id=hamlet.id, full_name=name, name_key=sort_key(name),
                        sex=Sex.LAKI_LAKI, birth_date=date(1990, 1, chance.randint(1, 5)), registered_at=unit.now,
                        status=chance.choice(list(ResidentStatus)),
                    )
                )  # fmt: skip
                made = weighing(unit, facility, 1_000, stream=chance.choice(list(WasteStream)))
                made.source_class = chance.choice(list(WasteSourceClass))
                made.weighed_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(
                    milliseconds=chance.randint(0, 3)
                )
                made.business_date = date(2026, 1, chance.randint(1, 3))
                rows.append(made)
            await unit.add(*rows)
    return world


async def stored(world: World, field: str) -> list[Any]:
    if field in ("residents", "intakes"):
        async with world.unit(BENGKEL) as unit:
            return list(await unit.all(Resident if field == "residents" else Intake))
    from sqlalchemy import select

    from wantilan.store.places import Region, Village

    async with world.database.session() as session:
        query = (
            select(Village) if field == "villages" else select(Region).where(Region.parent_code == "51.02")
        )
        return list(await session.scalars(query))


def key_of(row: Any) -> str:
    key = row.id if hasattr(row, "id") else row.code
    return key if isinstance(key, str) else key.hex


def expected(rows: Sequence[Any], field: str, name: str, get: Get, op: str, operand: Any) -> set[str]:
    """What the filter must find: names are compared the way in which they are ordered."""
    if (field, name) in FOLDED:
        operand = [sort_key(o) for o in operand] if op == "in" else sort_key(operand)
    return {key_of(row) for row in rows if COMPARE[op](get(row), operand)}


async def found(
    world: World, token: str | None, field: str, given: Any, *, literal: bool = False
) -> set[str]:
    type_, text = LISTS[field]
    if literal:
        reply = await world.ask("{ " + text.replace("$f", as_literal(given)) + " }", token)
    else:
        reply = await world.ask(f"query($f: {type_}) {{ {text} }}", token, f=given)
    data = reply.data
    while "list" not in data:
        (data,) = data.values()
    ids = [node["id"].rsplit("-", 1)[1] for node in data["list"]["nodes"]]
    assert len(ids) == len(set(ids)) == data["list"]["totalCount"]
    return set(ids)


def as_literal(value: Any) -> str:
    """JSON as a GraphQL literal; what looks like a value of an enumeration is one."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {as_literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_literal, value)) + "]"
    words = {w.name for e in (ResidentStatus, WasteStream, WasteSourceClass, RegionLevel) for w in e}
    return str(value) if value in words else json.dumps(value)


@pytest.mark.parametrize(
    "field, name, get, values, operators", FIELDS, ids=[f"{r[0]}-{r[1]}" for r in FIELDS]
)
async def test_every_operator_finds_what_the_reference_finds(
    crowd: World, field: str, name: str, get: Get, values: Sequence[Any], operators: Sequence[str]
) -> None:
    crowd.engine.meter.per_minute = 1_000_000
    token, rows, hits = await crowd.token("village_operator", BENGKEL), await stored(crowd, field), 0
    for op in operators:
        operands: list[Any] = (
            [list(values[:2]), list(values), [], [values[0]] * 3] if op == "in" else list(values)
        )
        for operand in operands:
            wanted = expected(rows, field, name, get, op, operand)
            hits += 0 < len(wanted) < len(rows) or len(rows) == 10
            for literal in (False, True):
                got = await found(crowd, token, field, {name: {op: operand}}, literal=literal)
                assert got == wanted, (name, op, operand, literal)
    assert hits


async def test_every_operator_of_the_schema_is_tried(crowd: World) -> None:
    """The control of the table above: what the schema offers and what the table tries are the same."""
    types = {
        "residents": "ResidentFilter",
        "intakes": "WasteIntakeFilter",
        "children": "RegionFilter",
        "villages": "VillageFilter",
    }
    schema: Any = crowd.host.schema.graphql.type_map
    offered = {
        (field, name, op)
        for field, type_ in types.items()
        for name, given in schema[type_].fields.items()
        if name not in ("and", "or", "not")
        for op in given.type.fields
    }
    assert offered == {(field, name, op) for field, name, _, _, operators in FIELDS for op in operators}


async def test_conditions_hold_together(crowd: World) -> None:
    token = await crowd.token("village_operator", BENGKEL)
    given = {
        "birthDate": {"gte": "1990-01-02", "lt": "1990-01-05"},
        "fullName": {"startsWith": "ni luh"},
        "status": {"in": ["HIDUP", "MATI"]},
    }
    rows = [
        r for r in await stored(crowd, "residents")
        if date(1990, 1, 2) <= r.birth_date < date(1990, 1, 5) and r.name_key.startswith("ni luh")
        and r.status in (ResidentStatus.HIDUP, ResidentStatus.MATI)
    ]  # fmt: skip
    assert await found(crowd, token, "residents", given) == {r.id.hex for r in rows}
    assert rows


Holds = Callable[[Any], bool]


def random_filter(chance: random.Random, level: int = 0) -> tuple[dict[str, Any], Holds]:
    """A filter of residents, and the same in Python: what is under one key must hold together."""
    given: dict[str, Any] = {}
    parts: list[Holds] = []
    for word in chance.sample(["birthDate", "status", "fullName", "and", "or", "not"], chance.randint(0, 3)):
        if word == "birthDate":
            op, day = chance.choice(["eq", "lt", "lte", "gt", "gte"]), date(1990, 1, chance.randint(1, 5))
            given[word] = {op: day.isoformat()}
            parts.append(lambda r, op=op, day=day: COMPARE[op](r.birth_date, day))  # type: ignore[misc]
        elif word == "status":
            chosen = chance.sample(list(ResidentStatus), 2)
            given[word] = {"in": [one.name for one in chosen]}
            parts.append(lambda r, chosen=chosen: r.status in chosen)  # type: ignore[misc]
        elif word == "fullName":
            given[word] = {"startsWith": "ni luh"}
            parts.append(lambda r: r.name_key.startswith("ni luh"))
        elif level < 3 and word == "not":
            given[word], inner = random_filter(chance, level + 1)
            parts.append(lambda r, inner=inner: not inner(r))  # type: ignore[misc]
        elif level < 3:
            many = [random_filter(chance, level + 1) for _ in range(chance.randint(0, 3))]
            given[word] = [one for one, _ in many]
            fold = all if word == "and" else any
            parts.append(lambda r, many=many, fold=fold: fold(inner(r) for _, inner in many))  # type: ignore[misc]
    return given, lambda r: all(part(r) for part in parts)


async def test_and_or_and_not_find_what_the_reference_finds(crowd: World) -> None:
    crowd.engine.meter.per_minute = 1_000_000
    token, rows = await crowd.token("village_operator", BENGKEL), await stored(crowd, "residents")
    chance, hits = random.Random(1972), 0
    for turn in range(120):
        given, holds = random_filter(chance)
        wanted = {r.id.hex for r in rows if holds(r)}
        hits += 0 < len(wanted) < len(rows)
        assert await found(crowd, token, "residents", given, literal=turn % 2 == 0) == wanted, given
    assert hits > 30


async def test_a_missing_value_is_not_so_and_so_it_is_not_that(crowd: World) -> None:
    token = await crowd.token("village_operator", BENGKEL)
    async with crowd.unit(BENGKEL) as unit:
        (hamlet,) = {r.hamlet_id for r in await unit.all(Resident)}
        house = Household(hamlet_id=hamlet, registered_on=date(2020, 1, 1))
        await unit.add(house)
        intake = (await unit.all(Intake))[0]
        intake.household_id = house.id
    text = """query($f: WasteIntakeFilter) { village(code: "51.02.06.2001") { waste {
      list: intakes(filter: $f) { totalCount } } } }"""
    for given, wanted in (
        ({"stream": {"in": []}}, 0),
        ({"not": {"stream": {"in": []}}}, 40),
        ({"or": []}, 0),
        ({"and": []}, 40),
    ):
        reply = await crowd.ask(text, token, f=given)
        assert reply.data["village"]["waste"]["list"]["totalCount"] == wanted, given


@pytest.mark.parametrize(
    "given", [{"or": []}, {"not": {"code": {"eq": "x"}}}, {"and": [{"or": [{"level": {"eq": "DESA"}}]}]}]
)
async def test_or_and_not_over_a_whole_table_need_a_condition_beside_them(crowd: World, given: Any) -> None:
    text = "query($f: RegionFilter) { regions(filter: $f) { totalCount } }"
    refused = await crowd.ask(text, None, f=given)
    assert refused.faults == {"regions.filter": "NEEDS_CONDITION"}
    assert "data" not in refused.body
    beside = await crowd.ask(text, None, f={**given, "code": {"startsWith": "51.02.06"}})
    assert "totalCount" in beside.data["regions"]


async def test_a_filter_of_too_many_conditions_or_levels_is_refused(crowd: World) -> None:
    token = await crowd.token("village_operator", BENGKEL)
    wide = {"or": [{"status": {"eq": "HIDUP"}}] * 50}
    deep: dict[str, Any] = {"status": {"eq": "HIDUP"}}
    for _ in range(6):
        deep = {"not": deep}
    for given, limit in ((wide, "filterConditions"), (deep, "filterLevels")):
        type_, text = LISTS["residents"]
        reply = await crowd.ask(f"query($f: {type_}) {{ {text} }}", token, f=given)
        assert reply.codes == ["LIMIT_EXCEEDED"]
        assert reply.errors[0]["extensions"]["limit"] == limit
    fits = {"or": wide["or"][:49]}
    assert await found(crowd, token, "residents", fits)
    assert len(await found(crowd, token, "residents", deep["not"])) < 40


@pytest.mark.parametrize("given", [None, {}, {"birthDate": None}, {"birthDate": {}}])
async def test_an_empty_filter_hides_nothing(crowd: World, given: Any) -> None:
    token = await crowd.token("village_operator", BENGKEL)
    assert len(await found(crowd, token, "residents", given)) == 40


async def test_a_filter_may_be_put_together_from_several_variables(crowd: World) -> None:
    token = await crowd.token("village_operator", BENGKEL)
    text = """query($from: Date, $names: [String!], $one: ResidentStatus) { village(code: "51.02.06.2001") { residents(first: 100,
      filter: {birthDate: {gte: $from}, fullName: {in: $names}, status: {eq: $one}}) { nodes { id } } } }"""
    rows = await stored(crowd, "residents")
    for names in (["Ni Luh Ayu"], ["I Wayan", "李明"]):
        reply = await crowd.ask(text, token, **{"from": "1990-01-02", "names": names, "one": "HIDUP"})
        wanted = {
            r.id.hex for r in rows
            if r.birth_date >= date(1990, 1, 2) and r.name_key in map(sort_key, names) and r.status is ResidentStatus.HIDUP
        }  # fmt: skip
        assert {n["id"].rsplit("-", 1)[1] for n in reply.data["village"]["residents"]["nodes"]} == wanted


@pytest.mark.parametrize(
    "given",
    [
        {"birthDate": {"eq": None}}, {"birthDate": {"gt": None}}, {"fullName": {"in": None}}, {"fullName": {"startsWith": None}},
        {"birthDate": {"eq": "yesterday"}}, {"birthDate": {"in": ["1990-01-01", "1990-13-01"]}}, {"birthDate": {"eq": 19900101}},
        {"status": {"eq": "ALIVE"}}, {"fullName": {"eq": 5}}, {"fullName": {"contains": "x"}}, {"phone": {"eq": "0812"}},
        {"fullName": "x"}, "x", [5],
    ],
)  # fmt: skip
async def test_a_faulty_filter_is_refused_and_nothing_is_read(scene: Scene, given: Any) -> None:
    type_, text = LISTS["residents"]
    await scene.ask("operator_bengkel", "{ me { actor } }")
    with scene.world.counting() as statements:
        reply = await scene.ask("operator_bengkel", f"query($f: {type_}) {{ {text} }}", f=given)
    assert reply.codes == ["BAD_USER_INPUT"]
    assert "data" not in reply.body
    assert statements == []


async def test_the_path_of_a_refused_operand_leads_through_every_branch(scene: Scene) -> None:
    """Also through the first one, whose index is 0; lists of the answer have no index, there are no rows yet."""
    text = """{ villages { nodes { residents(filter: {or: [%s]}) { totalCount } } } }"""
    wrong, right = "{birthDate: {eq: null}}", '{birthDate: {eq: "1999-12-31"}}'
    for branches, index in ((f"{wrong}, {right}", 0), (f"{right}, {wrong}", 1)):
        reply = await scene.ask("operator_bengkel", text % branches)
        path = ["villages", "nodes", "residents", "filter", "or", index, "birthDate", "eq"]
        assert [(e["extensions"]["code"], e["path"]) for e in reply.errors] == [("BAD_USER_INPUT", path)]


async def test_a_null_operand_is_refused_as_a_literal_too(scene: Scene) -> None:
    text = '{ village(code: "51.02.06.2001") { residents(filter: {birthDate: {eq: null}}) { totalCount } } }'
    reply = await scene.ask("operator_bengkel", text)
    assert reply.codes == ["BAD_USER_INPUT"]
    assert reply.errors[0]["path"] == ["village", "residents", "filter", "birthDate", "eq"]


NASTY = (
    "\u0000",
    "a\u0000b",
    "\ufeff",
    "\U0010ffff",
    "'",
    '"',
    "\\",
    "%",
    "_",
    "--",
    "{$1}",
    "\u202e",
    "x" * 5_000,
)


@pytest.mark.parametrize("text", NASTY)
async def test_no_text_breaks_a_filter_or_a_search(scene: Scene, text: str) -> None:
    """NUL is no text to PostgreSQL; it is refused or finds nothing, and never is an error of ours."""
    literal = json.dumps(text)
    for query in (
        f'{{ village(code: "{BENGKEL}") {{ residents(filter: {{fullName: {{eq: {literal}}}}}) {{ totalCount }} }} }}',
        f'{{ village(code: "{BENGKEL}") {{ residents(filter: {{fullName: {{startsWith: {literal}}}}}) {{ totalCount }} }} }}',
        f'{{ village(code: "{BENGKEL}") {{ residents(filter: {{fullName: {{in: [{literal}]}}}}) {{ totalCount }} }} }}',
        f"{{ villages(filter: {{code: {{startsWith: {literal}}}}}) {{ totalCount }} }}",
        f"{{ villages(filter: {{code: {{eq: {literal}}}}}) {{ totalCount }} }}",
        f"{{ villages(filter: {{code: {{in: [{literal}]}}}}) {{ totalCount }} }}",
        f"{{ regions(search: {literal}, first: 1) {{ totalCount }} }}",
        f"{{ village(code: {literal}) {{ name }} }}",
        f"{{ node(id: {literal}) {{ id }} }}",
        f'{{ node(id: "region-{literal[1:-1]}") {{ id }} }}',
        f'{{ nodes(ids: [{literal}, "region-{literal[1:-1]}"]) {{ id }} }}',
        f"{{ villages(after: {literal}) {{ totalCount }} }}",
        f'{{ regions(after: "CODE_ASC.{literal[1:-1]}") {{ totalCount }} }}',
        f"{{ enumLabels(names: [{literal}]) {{ name }} }}",
    ):
        reply = await scene.ask("operator_bengkel", query)
        assert "INTERNAL_SERVER_ERROR" not in reply.codes, query[:120]


async def test_half_a_character_is_no_text(scene: Scene) -> None:
    for escaped in (r"\ud800", r"\udfff", r"\ud800\ud800", r"\u{d800}", r"\u{110000}"):
        reply = await scene.ask(
            "operator_bengkel", f'{{ villages(filter: {{code: {{eq: "{escaped}"}}}}) {{ totalCount }} }}'
        )
        assert reply.codes == ["GRAPHQL_PARSE_FAILED"], escaped
    whole = await scene.ask(
        "operator_bengkel", r'{ villages(filter: {code: {eq: "\ud83d\ude00"}}) { totalCount } }'
    )
    assert whole.data["villages"]["totalCount"] == 0


async def test_search_takes_its_signs_for_themselves(world: World) -> None:
    count = "query($s: String) { regions(search: $s, first: 100) { totalCount nodes { name } } }"
    everything = (await world.ask(count, s="")).data["regions"]["totalCount"]
    part = (await world.ask(count, s="ENGK")).data["regions"]
    signs = [(await world.ask(count, s=s)).data["regions"]["totalCount"] for s in ("a%b", "k_d", "eng\\")]
    assert everything > 100
    assert "Bengkel" in {n["name"] for n in part["nodes"]}
    assert all("engk" in sort_key(n["name"]) for n in part["nodes"])
    assert all(count < everything for count in signs)
