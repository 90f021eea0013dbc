"""Ids: every entity is found by its own, and whatever is no id of ours is null, never an error of ours."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.system.scene import DISTRICT, Scene

from wantilan.testing import BENGKEL

MALFORMED = (
    "", "-", "--", "---", "x", "resident", "resident-", "-resident", "resident--", "resident-x-y", "resident-51.02",
    "51.02.06.2001", "region-", "region-99", "region-51.02.06-", "region-'; --", "village-", "village-x", "resident-{hex}",
    "resident-{hex}-", "resident-{hex}-{hex}-{hex}", "resident-{HEX}-{hex}", "resident-{hex}-{hex}0", "resident-{hex} -{hex}",
    "nothing-{hex}-{hex}", "Resident-{hex}-{hex}", "event-{hex}-{hex}", "token-{hex}", "actor-{hex}", "\u0000", "resident-\u0000",
    "region-\u0000", "village-\u0000", "😀", "x" * 5_000, "null", "0", "region-" + "5" * 300, "resident-" + "0" * 32 + "-" + "0" * 32,
)  # fmt: skip


def texts(id_: str) -> list[str]:
    quoted = (
        '"'
        + "".join(
            f"\\u{ord(c):04x}" if ord(c) < 32 else c for c in id_.replace("\\", "\\\\").replace('"', '\\"')
        )
        + '"'
    )
    return [
        f"{{ node(id: {quoted}) {{ id }} }}",
        f"{{ nodes(ids: [{quoted}]) {{ id }} }}",
        f"{{ resident(id: {quoted}) {{ id }} }}",
    ]


async def nothing(scene: Scene, id_: str) -> None:
    """Null by every way, as a literal and as a variable. A document with NUL in a text is refused as a whole."""
    for text in texts(id_):
        reply = await scene.ask("operator_bengkel", text)
        assert reply.codes == ["BAD_USER_INPUT"] if "\0" in id_ else empty(reply), (text[:20], id_)
    for type_, name, field in (("ID!", "id", "node"), ("[ID!]!", "ids", "nodes"), ("ID!", "id", "resident")):
        value: Any = [id_] if name == "ids" else id_
        reply = await scene.ask(
            "operator_bengkel", f"query($x: {type_}) {{ {field}({name}: $x) {{ id }} }}", x=value
        )
        assert empty(reply), (field, id_)


def empty(reply: Any) -> bool:
    return "errors" not in reply.body and list(reply.data.values()) in ([None], [[None]])


@pytest.fixture
def patient(scene: Scene) -> Scene:
    """The scene, without the limit of the minute."""
    scene.world.engine.meter.per_minute = 10_000_000
    return scene


async def test_what_is_no_id_is_null(patient: Scene) -> None:
    for id_ in MALFORMED:
        await nothing(patient, id_.replace("{hex}", uuid4().hex).replace("{HEX}", uuid4().hex.upper()))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
HEX = st.uuids().map(lambda made: made.hex)
# Nothing is drawn inside the coroutine: hypothesis ends a draw with an exception that would end the event loop.
many_times = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many_times
@given(id_=TEXT)
async def test_any_text_as_an_id_is_null(patient: Scene, id_: str) -> None:
    await nothing(patient, id_)


@many_times
@given(which=st.integers(0, 1_000), parts=st.lists(TEXT | HEX, min_size=1, max_size=3))
async def test_any_text_behind_the_tag_of_an_entity_is_null(
    patient: Scene, which: int, parts: list[str]
) -> None:
    tags = sorted(patient.world.host.schema.tags)
    rest = "-".join(parts)
    if not rest.replace(".", "").isdigit():  # it could be the code of a region
        await nothing(patient, f"{tags[which % len(tags)]}-{rest}")


@many_times
@given(
    which=st.integers(0, 1_000), at=st.integers(0, 1_000), sign=st.sampled_from("0123456789abcdef-x\u0000")
)
async def test_a_changed_id_is_null_or_the_same_row(patient: Scene, which: int, at: int, sign: str) -> None:
    ids = sorted(patient.ids.values())
    id_ = ids[which % len(ids)]
    at %= len(id_)
    changed = id_[:at] + sign + id_[at + 1 :]
    reply = await patient.ask("operator_bengkel", "query($x: ID!) { node(id: $x) { id } }", x=changed)
    assert "errors" not in reply.body
    assert reply.data["node"] in ([None, {"id": id_}] if changed == id_ else [None])


async def test_every_entity_is_found_by_its_own_id(scene: Scene) -> None:
    for kind, id_ in scene.ids.items():
        if kind.startswith("other_"):
            continue
        one = await scene.ask("operator_bengkel", f'{{ node(id: "{id_}") {{ __typename id }} }}')
        many = await scene.ask(
            "operator_bengkel", f'{{ nodes(ids: ["{id_}", "x", "{id_}"]) {{ __typename id }} }}'
        )
        assert one.data["node"] == {"__typename": kind, "id": id_}
        assert many.data["nodes"] == [one.data["node"], None, one.data["node"]]


async def test_reference_entities_have_ids_too(scene: Scene) -> None:
    text = f'{{ region(code: "{DISTRICT}") {{ id }} village(code: "{BENGKEL}") {{ id name }} }}'
    found = (await scene.ask("visitor", text)).data
    region, village = found["region"]["id"], found["village"]["id"]
    ask = """query($ids: [ID!]!, $r: ID!) { node(id: $r) { __typename ... on Region { code } }
      nodes(ids: $ids) { id ... on Region { code } ... on Village { code } } }"""
    reply = await scene.ask("visitor", ask, ids=[village, region, "region-51.99"], r=region)
    assert reply.data["node"] == {"__typename": "Region", "code": DISTRICT}
    assert reply.data["nodes"] == [{"id": village, "code": BENGKEL}, {"id": region, "code": DISTRICT}, None]


async def test_one_thing_has_one_id(scene: Scene) -> None:
    """A village's id with another village in front of it is no id."""
    village = (await scene.ask("visitor", f'{{ village(code: "{BENGKEL}") {{ id }} }}')).data["village"]["id"]
    tag, key = village.split("-")
    await nothing(scene, f"{tag}-{uuid4().hex}-{key}")
    await nothing(scene, f"{tag}-{key}-{key}")
    await nothing(scene, village.upper().replace("VILLAGE", tag))


async def test_an_id_of_another_type_is_no_resident(scene: Scene) -> None:
    for kind in ("Household", "Hamlet", "WasteIntake"):
        assert (
            await scene.ask("operator_bengkel", f'{{ resident(id: "{scene.ids[kind]}") {{ id }} }}')
        ).data == {"resident": None}
    own = await scene.ask("operator_bengkel", f'{{ resident(id: "{scene.ids["Resident"]}") {{ id }} }}')
    assert own.data["resident"] == {"id": scene.ids["Resident"]}


async def test_an_id_with_another_villages_part_is_null(scene: Scene) -> None:
    tag, _, key = scene.ids["Resident"].split("-")
    await nothing(scene, f"{tag}-{scene.neighbour.hamlet.village_id.hex}-{key}")


async def test_a_hundred_ids_are_the_most(scene: Scene) -> None:
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    many = await scene.ask("operator_bengkel", text, ids=[scene.ids["Resident"]] * 100)
    more = await scene.ask("operator_bengkel", text, ids=[scene.ids["Resident"]] * 101)
    assert len(many.data["nodes"]) == 100
    assert (more.codes, more.errors[0]["extensions"]["allowed"]) == (["LIMIT_EXCEEDED"], 100)
    assert (await scene.ask("operator_bengkel", text, ids=[])).data == {"nodes": []}


async def test_one_document_serves_ids_of_every_type(scene: Scene) -> None:
    """A plan is made for a type; another type in the same variable gets a plan of its own."""
    text = "query($x: ID!) { node(id: $x) { __typename } }"
    kinds = [kind for kind in scene.ids if not kind.startswith("other_")] * 2
    found = [
        (await scene.ask("operator_bengkel", text, x=scene.ids[kind])).data["node"]["__typename"]
        for kind in kinds
    ]
    assert found == kinds


@pytest.mark.parametrize("kind", ["Resident", "WasteIntake", "Region"])
async def test_fragments_on_other_types_are_left_out(scene: Scene, kind: str) -> None:
    id_ = f"region-{DISTRICT}" if kind == "Region" else scene.ids[kind]
    text = f"""{{ node(id: "{id_}") {{ ... on Resident {{ fullName }} ... on WasteIntake {{ mass }} ... on Region {{ code }}
      ... on Node {{ id }} }} }}"""
    keys = set((await scene.ask("operator_bengkel", text)).data["node"])
    assert keys == {"id", {"Resident": "fullName", "WasteIntake": "mass", "Region": "code"}[kind]}
