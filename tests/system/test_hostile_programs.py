"""Programs that must not hurt anybody: each gets its one line, and the good ones beside it serve."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import sqlalchemy as sa

from wantilan.errors import ConfigurationError
from wantilan.programs.host import Host, build_host
from wantilan.programs.loading import GROUP
from wantilan.registry.permissions import PLATFORM_ADMIN
from wantilan.settings import Settings
from wantilan.store.cursors import EventCursor
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, World
from wantilan.web.application import core_plugins, host_of

HOSTILE = str(Path(__file__).parents[1] / "core" / "hostile")

LINES = {
    "fails_to_import": "its import raised RuntimeError: the scale is not connected",
    "misspells_hook": "Hook 'resident_registerd' does not exist. Did you mean 'resident_registered'?",
    "takes_a_field": "VillageHamlets: Village already has a field 'hamlets'. Choose another door.",
    "takes_a_type": (
        "its declarations do not fit (DuplicatedTypeName: Type Village is defined multiple times in the schema). "
        "Begin the names of its types with 'takes_a_type' in PascalCase."
    ),
    "forgets_prefix_of_root": (
        "Queries.greeting: a root field begins with the program's prefix: sapa_greeting."
    ),
    "forgets_prefix_of_mutation": "Mutation 'begin_night' does not begin with 'pawai_'. Rename it.",
    "orders_without_index": (
        "RondaNight.order BEGAN_AT has no index. "
        'Add Index("ix_ronda_night_began_at", "village_id", "began_at").'
    ),
}
ALONE = {name: f"Program {name!r} of {name} is left out: {reason}" for name, reason in LINES.items()}
TWINS = (
    "Program 'twin' of well_behaved and wraps_a_hook is left out: they offer the same name, and villages enabled "
    "only one of them. Uninstall the other."
)


def point(module: str, name: str | None = None) -> EntryPoint:
    return EntryPoint(name or module, module, GROUP)


def installed(name: str) -> list[EntryPoint]:
    return list(importlib.metadata.entry_points(group=GROUP, name=name))


def neighbour() -> list[EntryPoint]:
    """A good program that is declared in a moment: whether it is built does not depend on its size."""
    return installed("cctv_registry")


@pytest.fixture(autouse=True, scope="session")
def on_the_path() -> Iterator[None]:
    sys.path.insert(0, HOSTILE)
    yield
    sys.path.remove(HOSTILE)


def everything(good: list[EntryPoint]) -> list[EntryPoint]:
    good = [*good, point("well_behaved"), point("raises_in_hook")]
    twins = [point("well_behaved", "twin"), point("wraps_a_hook", "twin")]
    return [*good, *twins, *map(point, LINES)]


@pytest.fixture(scope="session")
def wantilan_host(on_the_path: None) -> Host:
    """All of them at once, and three good ones."""
    return host_of(Settings(), entry_points=everything(installed("waste")))


def build(*points: EntryPoint, strict: bool = False) -> Host:
    return build_host(core_plugins(), entry_points=points, strict=strict, admin_role=PLATFORM_ADMIN)


@pytest.mark.parametrize("module", LINES)
def test_a_hostile_program_gets_its_line_and_the_one_beside_it_is_built(module: str) -> None:
    host = build(*neighbour(), point(module))
    assert [str(failure) for failure in host.failures] == [ALONE[module]]
    assert [program.name for program in host.programs] == ["registry", "cctv_registry"]
    assert "\n" not in ALONE[module]


@pytest.mark.parametrize("module", LINES)
def test_strict_stops_with_the_same_line(module: str) -> None:
    with pytest.raises(ConfigurationError) as stopped:
        build(*neighbour(), point(module), strict=True)
    assert str(stopped.value) == ALONE[module]


def test_the_good_ones_alone_are_built_without_a_word() -> None:
    assert build(*neighbour(), point("well_behaved"), point("raises_in_hook"), strict=True).failures == ()


def test_the_schema_with_a_hostile_program_is_the_schema_without_it() -> None:
    assert build(*neighbour(), *map(point, LINES)).schema.as_str() == build(*neighbour()).schema.as_str()


def test_all_of_them_at_once_get_one_line_each(wantilan_host: Host) -> None:
    expected = {**ALONE, "twin": TWINS}
    assert [str(failure) for failure in wantilan_host.failures] == [
        expected[name] for name in sorted(expected)
    ]
    names = [program.name for program in wantilan_host.programs]
    assert names == ["registry", "raises_in_hook", "waste", "well_behaved"]


def test_strict_tells_all_lines_at_once(wantilan_host: Host) -> None:
    with pytest.raises(ConfigurationError) as stopped:
        build(*everything(neighbour()), strict=True)
    assert str(stopped.value).splitlines() == [str(failure) for failure in wantilan_host.failures]


async def test_the_good_ones_serve_beside_all_of_them(world: World) -> None:
    """The world stands, though a program that was left out has a `lifespan` that raises: it is not called."""
    await world.open(BENGKEL, "waste", "well_behaved")
    hamlet = await world.hamlet(BENGKEL)
    await world.resident(BENGKEL, hamlet, name="Ni Wayan Contoh")
    operator = await world.token("village_operator", BENGKEL)
    reply = await world.ask(
        """{ village(code: "51.02.06.2001") { residents { nodes { fullName } }
             waste { facilities { name } } programs { name enabled } } }""",
        operator,
    )
    village = reply.data["village"]
    assert village["residents"]["nodes"] == [{"fullName": "Ni Wayan Contoh"}]
    assert village["waste"] == {"facilities": []}
    enabled = {program["name"]: program["enabled"] for program in village["programs"]}
    assert enabled == {"raises_in_hook": False, "waste": True, "well_behaved": True}


async def test_a_hook_that_raises_harms_no_other(world: World) -> None:
    village = await world.open(BENGKEL, "well_behaved", "raises_in_hook")
    async with world.unit(BENGKEL) as unit:
        unit.announce("resident_registered", resident=village.id)
    assert await world.application.delivery.deliver() == 1
    async with world.unit(BENGKEL) as unit:
        outcome = {one.program: (one.attempts, one.failure) for one in await unit.all(EventCursor)}
        greeted = await unit.session.scalar(
            sa.select(sa.func.count()).select_from(Event).where(Event.name == "well_behaved.greeted")
        )
    assert outcome == {"well_behaved": (0, None), "raises_in_hook": (1, "RuntimeError")}
    assert greeted == 1
    reply = await world.ask('{ village(code: "51.02.06.2001") { name } }')
    assert reply.data == {"village": {"name": "Bengkel"}}
