"""Loading programs: each fault is one clear line, and the good program beside it is loaded."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from pydantic import BaseModel, Field
from sqlalchemy.orm import Mapped

from wantilan.access.permissions import Permission, PlaceKind, Role
from wantilan.errors import ConfigurationError, DeclarationError, Text
from wantilan.graph.naming import camel_case
from wantilan.programs import hookspecs
from wantilan.programs.hookspecs import hookimpl, hookspec
from wantilan.programs.job import Job
from wantilan.programs.loading import GROUP, Failure, Loaded, load_programs
from wantilan.programs.manifest import Event, Program, allows, check_program
from wantilan.programs.task import Task
from wantilan.programs.values import Happening, Holder, ResidentFacts
from wantilan.store.tables import Table, VillageTable
from wantilan.store.types import Grams, RegionCode
from wantilan.store.village_settings import VillageSettings
from wantilan.store.write import VillageFacts

HOSTILE = Path(__file__).parent / "hostile"
TEXT = Text("Ronda malam", "Night watch")

Install = Callable[..., list[importlib.metadata.EntryPoint]]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """`install(distribution={entry point: module})` writes what pip would, and reads it back."""
    before = set(sys.modules)

    def write(**distributions: Mapping[str, str]) -> list[importlib.metadata.EntryPoint]:
        for name, points in distributions.items():
            folder = tmp_path / f"{name}-1.0.dist-info"
            folder.mkdir()
            (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            lines = "".join(f"{point} = {module}\n" for point, module in points.items())
            (folder / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}")
        found = importlib.metadata.distributions(path=[str(tmp_path)])
        return [point for distribution in found for point in distribution.entry_points]

    monkeypatch.syspath_prepend(str(HOSTILE))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield write
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == HOSTILE:
            del sys.modules[name]


@pytest.fixture
def a_table() -> Iterator[Callable[..., type[Table]]]:
    """Tables that are gone after the test."""
    made: list[type[Table]] = []

    def make(class_name: str, table_name: str) -> type[Table]:
        body = {
            "__tablename__": table_name,
            "__annotations__": {"note": Mapped[str]},
            "__module__": table_name,
        }
        made.append(type(class_name, (VillageTable,), body))
        return made[-1]

    yield make
    for model in made:
        Table.metadata.remove(model.__table__)  # type: ignore[arg-type]
        Table.registry._dispose_cls(model)


def a_program(**changes: object) -> Program:
    declared: dict[str, object] = {
        "name": "ronda",
        "title": TEXT,
        "summary": TEXT,
        "version": "1.0",
        "api": ">=0.1,<0.2",
    }
    return Program(**{**declared, **changes})  # type: ignore[arg-type]


def a_plugin(
    program: object = None, *hooks: Callable[..., object], module: str = "", **changes: object
) -> ModuleType:
    declared = program if program is not None else a_program(**changes)
    plugin = ModuleType(module or f"wantilan_{getattr(declared, 'name', 'test')}")

    @hookimpl
    def wantilan_program() -> object:
        return declared

    for hook in (wantilan_program, *hooks):
        setattr(plugin, hook.__name__, hook)
    return plugin


def load(*plugins: object, core: tuple[object, ...] = (), strict: bool = False) -> Loaded:
    return load_programs(core=core, entry_points=[], extra=plugins, strict=strict)


def names(loaded: Loaded) -> list[str]:
    return [program.name for program in loaded.programs]


def lines(loaded: Loaded) -> list[str]:
    return [str(failure) for failure in loaded.failures]


def the_line(loaded: Loaded) -> str:
    (line,) = lines(loaded)
    assert "\n" not in line
    return line


LINES = {
    "fails_to_import": "its import raised RuntimeError: the scale is not connected",
    "exits_at_import": "its import raised SystemExit: nothing to do",
    "is_not_there": "its import raised ModuleNotFoundError: No module named 'is_not_there'",
    "has_no_hook": "it has no hook wantilan_program. Write one with @hookimpl that returns its Program.",
    "has_unmarked_hook": "its function wantilan_program is no hook. Put wantilan's @hookimpl above it.",
    "raises_while_declaring": "its hook wantilan_program raised ConnectionError: no route to the device",
    "returns_something_else": "its hook wantilan_program returned dict. Return a wantilan Program.",
    "has_another_name": "its entry point is called 'has_another_name' but its Program 'patrol'. Give both one name.",
    "needs_newer_api": "it needs plugin API >=0.2 and this is 0.1. Install a release of it that was made for 0.1.",
    "misspells_hook": "Hook 'resident_registerd' does not exist. Did you mean 'resident_registered'?",
    "misnames_argument": "Hook 'resident_registered' has no argument 'vilage'. Did you mean 'village'?",
    "forgets_async": "Hook 'resident_registered' must be an async def.",
    "groups_by_words": (
        "its import raised DeclarationError: rollup('groups_by_words_total') over HouseholdMember: 'relationship' is no "
        "column. Write HouseholdMember.<column>."
    ),
    "wraps_a_hook": "Hook 'resident_registered' is a wrapper, with nothing to wrap. Write an ordinary @hookimpl.",
}


@pytest.mark.parametrize("module", LINES)
def test_a_hostile_plugin_gets_its_line_and_the_one_beside_it_is_loaded(
    install: Install, module: str
) -> None:
    points = install(evil={module: module}, good={"well_behaved": "well_behaved"})
    loaded = load_programs(entry_points=points)
    assert names(loaded) == ["well_behaved"]
    assert loaded.failures == (Failure(module, "evil", LINES[module]),)
    assert the_line(loaded) == f"Program {module!r} of evil is left out: {LINES[module]}"


@pytest.mark.parametrize("module", LINES)
def test_under_strict_it_stops_the_start_with_that_line(install: Install, module: str) -> None:
    points = install(evil={module: module}, good={"well_behaved": "well_behaved"})
    with pytest.raises(ConfigurationError) as stopped:
        load_programs(entry_points=points, strict=True)
    assert str(stopped.value) == f"Program {module!r} of evil is left out: {LINES[module]}"


def test_strict_says_all_lines_at_once_and_nothing_when_all_is_well(install: Install) -> None:
    points = install(
        evil={"has_no_hook": "has_no_hook", "fails_to_import": "fails_to_import"},
        good={"well_behaved": "well_behaved"},
    )
    with pytest.raises(ConfigurationError) as stopped:
        load_programs(entry_points=points, strict=True)
    assert [line.split()[1] for line in str(stopped.value).splitlines()] == [
        "'fails_to_import'",
        "'has_no_hook'",
    ]
    good = [point for point in points if point.name == "well_behaved"]
    assert names(load_programs(entry_points=good, strict=True)) == ["well_behaved"]


def test_ctrl_c_while_importing_is_no_fault_of_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> Program:
        raise KeyboardInterrupt

    plugin = a_plugin()
    monkeypatch.setattr(plugin, "wantilan_program", hookimpl(interrupted))
    plugin.wantilan_program.__name__ = "wantilan_program"
    with pytest.raises(KeyboardInterrupt):
        load(plugin)


def test_an_exception_that_cannot_even_be_printed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError

    def mute() -> Program:
        raise Mute

    plugin = a_plugin(module="mute")
    monkeypatch.setattr(plugin, "wantilan_program", hookimpl(mute))
    loaded = load(plugin, a_plugin())
    assert names(loaded) == ["ronda"]
    assert the_line(loaded) == "Program 'mute' of mute is left out: its hook wantilan_program raised Mute."


def test_without_entry_points_given_the_installed_ones_are_found(install: Install) -> None:
    install(good={"well_behaved": "well_behaved"})
    assert "well_behaved" in names(load_programs())
    assert "well_behaved" not in names(load_programs(entry_points=[]))


# One name, several claimants.


def test_of_one_name_twice_neither_stays_and_both_distributions_are_named(install: Install) -> None:
    points = install(
        evil={"well_behaved": "raises_in_hook"},
        good={"well_behaved": "well_behaved"},
        other={"raises_in_hook": "raises_in_hook"},
    )
    loaded = load_programs(entry_points=points)
    assert names(loaded) == ["raises_in_hook"]
    assert the_line(loaded) == (
        "Program 'well_behaved' of evil and good is left out: they offer the same name, "
        "and villages enabled only one of them. Uninstall the other."
    )


def test_a_broken_twin_is_a_twin(install: Install) -> None:
    points = install(evil={"well_behaved": "fails_to_import"}, good={"well_behaved": "well_behaved"})
    loaded = load_programs(entry_points=points)
    assert names(loaded) == []
    assert "of evil and good" in the_line(loaded)


def test_the_name_of_a_built_in_program_cannot_be_taken() -> None:
    registry = a_plugin(name="registry", core=True, module="wantilan.registry.program")
    loaded = load(a_plugin(name="registry", module="evil"), a_plugin(), core=(registry,))
    assert names(loaded) == ["registry", "ronda"]
    assert loaded.programs[0].core
    assert the_line(loaded) == (
        "Program 'registry' of evil is left out: 'registry' is the name of a built-in program. Rename it."
    )


@pytest.mark.parametrize(("kind", "name"), [("door", "kartuCerdas"), ("prefix", "kartu_cerdas")])
def test_a_door_or_prefix_belongs_to_the_program_named_like_it(kind: str, name: str) -> None:
    loaded = load(a_plugin(name="kartu_cerdas"), a_plugin(name="evil", **{kind: name}), a_plugin())
    assert names(loaded) == ["kartu_cerdas", "ronda"]
    assert the_line(loaded) == (
        f"Program 'evil' of wantilan_evil is left out: its {kind} {name!r} is also that of 'kartu_cerdas' "
        "of wantilan_kartu_cerdas. Choose another."
    )


@pytest.mark.parametrize("kind", ["door", "prefix"])
def test_a_door_or_prefix_named_like_neither_is_given_to_neither(kind: str) -> None:
    loaded = load(
        a_plugin(name="cameras", **{kind: "cctv"}), a_plugin(name="lenses", **{kind: "cctv"}), a_plugin()
    )
    assert names(loaded) == ["ronda"]
    assert lines(loaded) == [
        f"Program 'cameras' of wantilan_cameras is left out: its {kind} 'cctv' is also that of 'lenses' "
        "of wantilan_lenses. Choose another.",
        f"Program 'lenses' of wantilan_lenses is left out: its {kind} 'cctv' is also that of 'cameras' "
        "of wantilan_cameras. Choose another.",
    ]


def test_one_table_in_two_programs_is_given_to_neither(a_table: Callable[..., type[Table]]) -> None:
    mine = a_table("RondaPostShift", "ronda_post_shift")
    loaded = load(
        a_plugin(models=(mine,)), a_plugin(name="ronda_post", models=(mine,)), a_plugin(name="other")
    )
    assert names(loaded) == ["other"]
    assert [failure.name for failure in loaded.failures] == ["ronda", "ronda_post"]
    assert all("its table 'ronda_post_shift' is also that of" in line for line in lines(loaded))


def test_the_table_of_a_built_in_program_stays_with_it(a_table: Callable[..., type[Table]]) -> None:
    mine = a_table("RondaShift", "ronda_shift")
    loaded = load(a_plugin(models=(mine,)), core=(a_plugin(name="registry", core=True, models=(mine,)),))
    assert names(loaded) == ["registry"]
    assert "its table 'ronda_shift' is also that of 'registry'" in the_line(loaded)


# Dependencies and order.


def test_a_program_comes_after_those_it_needs_then_by_name() -> None:
    loaded = load(
        a_plugin(name="zebra"),
        a_plugin(name="apple", depends_on=("mango",)),
        a_plugin(name="mango", depends_on=("zebra", "registry")),
        a_plugin(name="berry"),
        core=(a_plugin(name="registry", core=True),),
    )
    assert names(loaded) == ["registry", "berry", "zebra", "mango", "apple"]
    assert loaded.failures == ()


@given(st.permutations(["zebra", "apple", "mango", "berry"]))
def test_the_order_does_not_depend_on_who_was_found_first(order: list[str]) -> None:
    needs = {"apple": ("zebra",), "berry": ("apple", "mango")}
    loaded = load(*(a_plugin(name=name, depends_on=needs.get(name, ())) for name in order))
    assert names(loaded) == ["mango", "zebra", "apple", "berry"]


def test_a_missing_dependency_leaves_out_all_who_need_it() -> None:
    loaded = load(
        a_plugin(name="first", depends_on=("nowhere",)),
        a_plugin(name="second", depends_on=("first",)),
        a_plugin(),
    )
    assert names(loaded) == ["ronda"]
    assert [failure.reason for failure in loaded.failures] == [
        "it needs the program 'nowhere', which is not installed. Install it.",
        "it needs the program 'first', which is left out. Cure that one first.",
    ]


def test_programs_in_a_circle_are_left_out_with_the_way_round() -> None:
    loaded = load(
        a_plugin(name="a", depends_on=("b",)),
        a_plugin(name="b", depends_on=("c",)),
        a_plugin(name="c", depends_on=("a",)),
        a_plugin(name="hanger_on", depends_on=("c",)),
        a_plugin(),
    )
    assert names(loaded) == ["ronda"]
    assert [failure.reason for failure in loaded.failures] == [
        "it depends on itself: a -> b -> c -> a. Remove one of these from depends_on.",
        "it depends on itself: b -> c -> a -> b. Remove one of these from depends_on.",
        "it depends on itself: c -> a -> b -> c. Remove one of these from depends_on.",
        "it needs the program 'c', which is left out. Cure that one first.",
    ]


# Built-in programs.


def test_a_built_in_program_with_a_fault_always_stops_the_start() -> None:
    broken = a_plugin(name="registry", core=True, version="", module="wantilan.registry.program")
    with pytest.raises(
        ConfigurationError, match=r"'registry' of wantilan is left out: Program\.version is empty"
    ):
        load(a_plugin(), core=(broken,))
    with pytest.raises(ConfigurationError, match="has no hook wantilan_program"):
        load(core=(ModuleType("wantilan.registry.program"),))


def test_a_plugin_cannot_call_itself_built_in() -> None:
    loaded = load(a_plugin(name="evil", core=True), a_plugin())
    assert names(loaded) == ["ronda"]
    assert the_line(loaded).endswith("core=True is for built-in programs. Remove it.")


def test_a_program_may_add_its_permissions_to_roles_of_core_only() -> None:
    watch = Permission("ronda.shift.read", TEXT)
    operator = Role("village_operator", TEXT, frozenset({"village.read"}), frozenset({PlaceKind.REGION}))

    def plugin(role: str) -> ModuleType:
        added = Role(role, TEXT, frozenset({watch.name}), frozenset({PlaceKind.REGION}))
        return a_plugin(permissions=(watch,), roles=(added,))

    core = (a_plugin(name="registry", core=True, roles=(operator,)),)
    for good in ("village_operator", "ronda_captain", "ronda.captain"):
        assert names(load(plugin(good), core=core)) == ["registry", "ronda"]
    misspelt = load(plugin("vilage_operator"), core=core)
    assert names(misspelt) == ["registry"]
    assert the_line(misspelt).endswith("core has no role 'vilage_operator'. Did you mean 'village_operator'?")
    unknown = load(plugin("captain"), core=core)
    assert the_line(unknown).endswith("core has no role 'captain'. Begin a role of your own with 'ronda'.")


# Hooks.


def test_a_program_hears_a_hook_that_another_defines_only_if_that_is_optional_or_needed() -> None:
    @hookspec
    async def ronda_shift_begun(village: VillageFacts) -> None: ...

    @hookimpl
    async def heard(village: VillageFacts) -> None: ...

    @hookimpl(optionalhook=True)
    async def heard_if_there(village: VillageFacts) -> None: ...

    @hookimpl(optionalhook=True)
    async def misheard(place: VillageFacts) -> None: ...

    heard.__name__ = heard_if_there.__name__ = misheard.__name__ = "ronda_shift_begun"
    ronda = a_plugin(None, ronda_shift_begun)
    loaded = load(
        ronda,
        a_plugin(a_program(name="friend", depends_on=("ronda",)), heard),
        a_plugin(a_program(name="guest"), heard_if_there),
        a_plugin(a_program(name="stranger"), heard),
        a_plugin(a_program(name="deaf"), misheard),
    )
    assert names(loaded) == ["guest", "ronda", "friend"]
    assert [program.name for program, _ in loaded.implementations(ronda_shift_begun)] == ["guest", "friend"]
    assert [failure.reason for failure in loaded.failures] == [
        "Hook 'ronda_shift_begun' has no argument 'place'. It has: village.",
        "Hook 'ronda_shift_begun' is of a program that this one does not depend on. "
        "Implement it with @hookimpl(optionalhook=True), or name that program in depends_on.",
    ]
    alone = load(
        a_plugin(a_program(name="guest"), heard_if_there), a_plugin(a_program(name="stranger"), heard)
    )
    assert names(alone) == ["guest"]
    assert "needs @hookimpl(optionalhook=True)" in the_line(alone)


def test_a_hook_of_its_own_begins_with_the_prefix() -> None:
    @hookspec
    async def shift_begun(village: VillageFacts) -> None: ...

    loaded = load(a_plugin(None, shift_begun), a_plugin(name="other"))
    assert names(loaded) == ["other"]
    assert the_line(loaded).endswith("Its own hook 'shift_begun' does not begin with 'ronda_'. Rename it.")


def test_a_plugin_may_import_a_hook_of_core_without_defining_it() -> None:
    loaded = load(a_plugin(None, hookspecs.resident_left))
    assert names(loaded) == ["ronda"]


def test_a_hook_is_implemented_once_and_by_name() -> None:
    @hookimpl(specname="resident_left")
    async def first(unit: object) -> None: ...

    @hookimpl(specname="resident_left")
    async def second(unit: object) -> None: ...

    @hookimpl
    async def resident_changed(*everything: object) -> None: ...

    twice = load(a_plugin(None, first, second))
    assert the_line(twice).endswith("Hook 'resident_left' is implemented 2 times. Make one function of them.")
    starred = load(a_plugin(None, resident_changed))
    assert "Hook 'resident_changed' takes its arguments by name, not as *everything" in the_line(starred)
    assert names(load(a_plugin(None, first))) == ["ronda"]


def test_hooks_that_yield_must_yield() -> None:
    @hookimpl
    async def check(unit: object) -> list[object]:
        return []

    @hookimpl
    async def lifespan() -> object:
        yield

    loaded = load(a_plugin(None, check, lifespan))
    assert the_line(loaded).endswith(
        "Hook 'check' must be an async def that yields. "
        "Hook 'lifespan' must be an async def that yields once, below @asynccontextmanager."
    )


VILLAGE = VillageFacts(uuid4(), "51.02.06.2001", "Bengkel", "Asia/Makassar")


async def test_one_program_is_called_at_a_time_with_the_arguments_that_it_named() -> None:
    found = Holder(valid=True, resident=ResidentFacts(uuid4(), VILLAGE.id))
    asked: list[tuple[object, ...]] = []

    @hookimpl
    async def by_code(code: str) -> Holder | None:
        asked.append((code,))
        return None

    @hookimpl
    async def by_both(unit: object, code: str, village: VillageFacts) -> Holder | None:
        asked.append((unit, code, village))
        return found

    by_code.__name__ = by_both.__name__ = "find_holder"
    loaded = load(a_plugin(a_program(name="b"), by_both), a_plugin(a_program(name="a"), by_code), a_plugin())
    unit = Notebook()
    answers = [
        (program.name, await call("K-1", village=VILLAGE, unit=unit))
        for program, call in loaded.implementations(hookspecs.find_holder)
    ]
    assert answers == [("a", None), ("b", found)]
    assert asked == [("K-1",), (unit, "K-1", VILLAGE)]


class Notebook:
    """A unit that only notes what was announced."""

    def __init__(self) -> None:
        self.announced: list[tuple[str, dict[str, str]]] = []

    def announce(self, name: str, **subjects: str) -> None:
        self.announced.append((name, subjects))


async def test_a_hook_that_raises_is_known_by_its_program_and_the_next_is_still_called(
    install: Install,
) -> None:
    points = install(evil={"raises_in_hook": "raises_in_hook"}, good={"well_behaved": "well_behaved"})
    loaded = load_programs(entry_points=points, strict=True)
    unit, resident = Notebook(), str(uuid4())
    event = Happening(
        uuid4(), "resident_registered", datetime.now(UTC), VILLAGE.id, {"resident": resident}, actor_id=None
    )
    failed = []
    for program, tell in loaded.implementations(hookspecs.resident_registered):
        try:
            await tell(VILLAGE, event, unit)  # type: ignore[arg-type]
        except RuntimeError:
            failed.append(program.name)
    assert failed == ["raises_in_hook"]
    assert unit.announced == [("well_behaved.greeted", {"resident": resident})]


def test_two_applications_in_one_process_share_nothing() -> None:
    plugin = a_plugin()
    one, other = load(plugin), load(plugin, a_plugin(name="other"))
    assert one.plugins is not other.plugins
    assert {name for name, _ in one.plugins.list_name_plugin()} == {"ronda"}
    assert {name for name, _ in other.plugins.list_name_plugin()} == {"other", "ronda"}


# The declaration itself.


def test_names_that_are_not_given_follow_from_the_name() -> None:
    program = a_program(name="kartu_cerdas")
    assert (program.door, program.prefix) == ("kartuCerdas", "kartu_cerdas")
    given_names = a_program(name="cctv_registry", door="cctv", prefix="cctv")
    assert (given_names.door, given_names.prefix) == ("cctv", "cctv")
    assert (a_program(name="registry", core=True).door, a_program(name="registry", core=True).prefix) == (
        "",
        "",
    )


few_names = st.from_regex(r"\A[ab][ab1]?(_[ab][ab1]?){0,2}\Z")


@given(few_names, few_names)
def test_two_names_never_give_one_door(one: str, other: str) -> None:
    assert (camel_case(one) == camel_case(other)) == (one == other)


async def ronda_begin_shift() -> None: ...


async def begin_shift() -> None: ...


class Settings(BaseModel):
    posts: int = 1


READ, WRITE = Permission("ronda.shift.read", TEXT), Permission("ronda.shift.write", TEXT)


def a_role(name: str, *permissions: str) -> Role:
    return Role(name, TEXT, frozenset(permissions), frozenset({PlaceKind.REGION}))


def test_a_full_declaration_has_no_fault(a_table: Callable[..., type[Table]]) -> None:
    async def application(scope: object, receive: object, send: object) -> None: ...

    async def demo(village: VillageFacts, unit: object) -> None: ...

    program = a_program(
        name="ronda_malam",
        door="ronda",
        prefix="ronda",
        depends_on=("waste",),
        settings=Settings,
        models=(a_table("RondaShift", "ronda_shift"),),
        types=(Settings,),
        mutations=(ronda_begin_shift,),
        permissions=(READ, WRITE),
        roles=(a_role("ronda_captain", READ.name, "resident.read"), a_role("perbekel", READ.name)),
        migrations="wantilan_ronda.migrations",
        commands=(click.Command("shifts"),),
        routes={"/bell": application},
        events=(Event("ronda.shift_begun", TEXT),),
        jobs=(a_job(),),
        tasks=(a_task(),),
        demo=demo,
    )
    check_program(program)
    assert program.tables == ("ronda_shift",)


async def whistle(village: VillageFacts, unit: object) -> None: ...


def whistle_now(village: VillageFacts, unit: object) -> None: ...


async def whistle_to(whom: str) -> None: ...


def a_job(name: str = "ronda.whistle", **changes: Any) -> Job:
    made: dict[str, Any] = {"cron": "0 22 * * *", "run": whistle, "description": TEXT, **changes}
    return Job(name=name, **made)


class Part(BaseModel):
    """A part of it, with parts of its own."""

    done: int
    parts: list[Part] = []


class Rounds(BaseModel):
    """What may be given to a task and come of it."""

    on: date
    shift: UUID | None = None
    names: list[Annotated[str, Field(max_length=20)]] = []
    place: RegionCode
    kind: Literal["a", "b"] | PlaceKind = "a"
    weight: Grams
    of: tuple[int, ...] = ()
    parts: list[Part] = []


class Told(BaseModel):
    """What says more than it may."""

    whom: str


class Deep(BaseModel):
    """The same, deep inside."""

    parts: list[Told] | None


class Loose(BaseModel, extra="allow"):
    """What takes anything."""

    rows: dict[str, int]


async def walk(village: VillageFacts, run: object, input: Rounds) -> None: ...


async def walk_in_one(unit: object, input: Rounds) -> None: ...


def a_task(name: str = "ronda.walk", **changes: Any) -> Task:
    made: dict[str, Any] = {"run": walk, "description": TEXT, "needs": WRITE.name, "input": Rounds, **changes}
    return Task(name=name, **made)


class Elsewhere(VillageSettings, program="elsewhere"):
    bells: int = 1


class Demanding(VillageSettings, program="ronda"):
    bells: int


FAULTS: list[tuple[dict[str, object], str]] = [
    ({"name": "Ronda"}, "Program.name must be snake_case"),
    ({"name": "ronda__malam"}, "Program.name must be snake_case"),
    ({"name": "ronda_2"}, "Program.name must be snake_case"),
    ({"name": "ronda\n"}, "Program.name must be snake_case"),
    ({"door": "Ronda"}, "Program.door 'Ronda' must be camelCase"),
    ({"door": "ronda_malam"}, "Program.door 'ronda_malam' must be camelCase"),
    ({"prefix": "ronda_"}, "Program.prefix 'ronda_' must be snake_case"),
    ({"title": "Night watch"}, "Program.title must be given in both languages"),
    ({"summary": Text("Ronda malam", " ")}, "Program.summary must be given in both languages"),
    ({"version": " "}, "Program.version is empty"),
    ({"version": 1}, "Program.version must be a str"),
    ({"api": "0.1"}, "Program.api '0.1' is no version range"),
    ({"api": ">=0.1,"}, "is no version range"),
    ({"api": "~=1"}, "is no version range"),
    ({"depends_on": "waste"}, "Program.depends_on must be a tuple of str: write depends_on=(…,)"),
    ({"depends_on": ("ronda",)}, "Program.depends_on names the program itself"),
    ({"settings": dict}, "Program.settings must be a pydantic model"),
    ({"models": (Settings,)}, "Model Settings is no table"),
    ({"models": (VillageTable,)}, "Model VillageTable is no table"),
    ({"mutations": (object(),)}, "Program.mutations must be a tuple of functions"),
    ({"mutations": (begin_shift,)}, "Mutation 'begin_shift' does not begin with 'ronda_'"),
    ({"permissions": (READ, READ)}, "Permission 'ronda.shift.read' is declared twice"),
    (
        {"permissions": (Permission("shift.read", TEXT),)},
        "Permission 'shift.read' does not begin with 'ronda.'",
    ),
    (
        {"permissions": (Permission("ronda_shift", TEXT),)},
        "Permission 'ronda_shift' does not begin with 'ronda.'",
    ),
    ({"permissions": (Permission("ronda.", TEXT),)}, "Permission 'ronda.' does not begin with 'ronda.'"),
    ({"roles": (a_role("ronda_captain", READ.name),)}, "holds the unknown permission 'ronda.shift.read'"),
    ({"roles": (a_role("captain", "resident.read"),)}, "Role 'captain' is not of this program"),
    (
        {"roles": (Role("ronda_captain", TEXT, ["ronda.read"], frozenset()),)},  # type: ignore[arg-type]
        "Role 'ronda_captain' must hold a frozenset",
    ),
    (
        {"events": (Event("shift_begun", TEXT),)},
        "Event 'shift_begun' does not begin with 'ronda.' or 'ronda_'",
    ),
    ({"migrations": "migrations/"}, "Program.migrations must name a package"),
    ({"commands": (ronda_begin_shift,)}, "Program.commands must be a tuple of Command"),
    ({"routes": {"bell": ronda_begin_shift}}, 'Program.routes must map paths that begin with "/"'),
    ({"demo": "demo.py"}, "Program.demo must be a function"),
    ({"settings": Elsewhere}, "Elsewhere is not of this program. Write class Elsewhere(…, program='ronda')."),
    ({"settings": Demanding}, "Demanding.bells has no default"),
    ({"jobs": [a_job()]}, "Program.jobs must be a tuple of Job"),
    ({"jobs": (a_job("whistle"),)}, "Job 'whistle' does not begin with 'ronda.'. Rename it."),
    ({"jobs": (a_job("ronda.Whistle"),)}, "Job 'ronda.Whistle' must be of small letters"),
    ({"jobs": (a_job(), a_job())}, "Job 'ronda.whistle' is declared twice"),
    (
        {"jobs": (a_job(cron="0 25 * * *"),)},
        "Job 'ronda.whistle' has cron='0 25 * * *', which cannot be read (Bad hour). Every day at six is "
        "'0 6 * * *'.",
    ),
    (
        {"jobs": (a_job(cron="@daily"),)},
        "which has not five fields (minute, hour, day of month, month, day of week)",
    ),
    (
        {"jobs": (a_job(run=whistle_now),)},
        "Job 'ronda.whistle' must run an async def: run=… with `async def …(",
    ),
    (
        {"jobs": (a_job(run=whistle_to),)},
        "Job 'ronda.whistle' cannot be given 'whom'. Its function may take: village, unit, run.",
    ),
    ({"jobs": (a_job(description="Whistle"),)}, "Job 'ronda.whistle' must be described in both languages"),
    ({"jobs": (a_job(timeout=timedelta(0)),)}, "Job 'ronda.whistle' must have a timeout above nothing"),
    ({"jobs": (a_job(platform=True),)}, "platform=True, which is for built-in programs. Remove it."),
    ({"tasks": [a_task()]}, "Program.tasks must be a tuple of Task"),
    ({"tasks": (a_task("walk"),)}, "Task 'walk' does not begin with 'ronda.'. Rename it."),
    ({"tasks": (a_task("ronda.{walk}"),)}, "Task 'ronda.{walk}' must be of small letters"),
    ({"tasks": (a_task(), a_task())}, "Task 'ronda.walk' is declared twice"),
    ({"tasks": (a_task(description="Walk"),)}, "Task 'ronda.walk' must be described in both languages"),
    ({"tasks": (a_task(timeout=timedelta(0)),)}, "Task 'ronda.walk' must have a timeout above nothing"),
    ({"tasks": (a_task(needs=""),)}, "Task 'ronda.walk' must name the permission that starting it needs"),
    ({"tasks": (a_task(run=whistle_now),)}, "Task 'ronda.walk' must run an async def"),
    (
        {"tasks": (a_task(run=walk_in_one),)},
        "Task 'ronda.walk' cannot be given 'unit'. Its function may take: village, run, input.",
    ),
    ({"tasks": (a_task(input=dict),)}, "Task 'ronda.walk', its input must be a pydantic model"),
    (
        {"tasks": (a_task(input=Told),)},
        "Task 'ronda.walk', its input: Told.whom may hold any text, and so a person's data. Say how long it "
        "may be, up to 100: Annotated[str, Field(max_length=20)].",
    ),
    ({"tasks": (a_task(result=Told),)}, "Task 'ronda.walk', its result: Told.whom may hold any text"),
    ({"tasks": (a_task(result=Deep),)}, "its result: Deep.parts holds a model: Told.whom may hold any text"),
    ({"tasks": (a_task(input=Loose),)}, "its input: Loose.rows is not plain. It may hold ids, numbers"),
    ({"tasks": (a_task(input=Loose),)}, "its input takes any further values. Remove extra='allow'"),
    ({"core": True, "door": "ronda"}, "A built-in program has neither door nor prefix"),
]


@pytest.mark.parametrize(("changes", "fault"), FAULTS)
def test_a_faulty_declaration_names_program_place_and_cure(changes: dict[str, object], fault: str) -> None:
    program = a_program(**changes)
    with pytest.raises(DeclarationError) as refused:
        check_program(program)
    assert refused.value.program == program.name
    assert str(refused.value).startswith(f"Declaration error in program {program.name!r}: ")
    assert fault in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "fault"), [f for f in FAULTS if "core" not in f[0] and "version" not in f[0]]
)
def test_a_faulty_declaration_is_one_line_of_loading(changes: dict[str, object], fault: str) -> None:
    loaded = load(a_plugin(a_program(**changes), module="evil"), a_plugin(name="other"))
    assert names(loaded) == ["other"]
    assert fault in the_line(loaded)


def test_of_two_programs_whose_jobs_have_one_name_neither_takes_cores() -> None:
    core = a_plugin(a_program(name="registry", core=True, jobs=(a_job("ronda.whistle"),)), module="core")
    loaded = load_programs(
        core=(core,), entry_points=(), extra=(a_plugin(a_program(jobs=(a_job(),))), a_plugin(name="other"))
    )
    assert [program.name for program in loaded.programs] == ["registry", "other"]
    assert "its job 'ronda.whistle' is also that of 'registry'" in the_line(loaded)
    core = a_plugin(a_program(name="registry", core=True, tasks=(a_task(),)), module="core")
    loaded = load_programs(
        core=(core,), entry_points=(), extra=(a_plugin(a_program(tasks=(a_task(),))), a_plugin(name="other"))
    )
    assert "its task 'ronda.walk' is also that of 'registry'" in the_line(loaded)


def test_all_faults_are_said_at_once(a_table: Callable[..., type[Table]]) -> None:
    with pytest.raises(DeclarationError) as refused:
        check_program(a_program(models=(a_table("Shift", "shift"),), mutations=(begin_shift,), version=""))
    assert str(refused.value) == (
        "Declaration error in program 'ronda': Program.version is empty. Give the version of the distribution: "
        "version=\"0.1.0\". Mutation 'begin_shift' does not begin with 'ronda_'. Rename it. "
        "Shift.__tablename__ 'shift' does not begin with 'ronda_'. Rename it."
    )


def test_a_built_in_program_needs_no_prefix(a_table: Callable[..., type[Table]]) -> None:
    check_program(
        a_program(
            name="registry",
            core=True,
            models=(a_table("Person", "person"),),
            mutations=(begin_shift,),
            permissions=(Permission("resident.read", TEXT),),
            events=(Event("resident_registered", TEXT),),
            roles=(a_role("perbekel", "resident.read"),),
        )
    )


# The range of plugin API versions; `packaging` is the independent judge.

versions = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
clauses = st.builds(
    lambda operator, version: f"{operator}{version}",
    st.sampled_from([">=", "<", "=="]),
    versions,
) | versions.filter(lambda version: "." in version).map(lambda version: f"~={version}")


@given(st.lists(clauses, min_size=1, max_size=3).map(",".join), versions)
def test_ranges_mean_what_pep_440_says(wanted: str, version: str) -> None:
    assert allows(wanted, version) == SpecifierSet(wanted).contains(version)


@pytest.mark.parametrize(
    "wanted", ["", "0.1", ">=", ">=0.1 <0.2", ">0.1", "!=0.1", ">=0.1a1", ">=٠", "==0.*", ">=0.1\n"]
)
def test_what_is_no_range_is_refused(wanted: str) -> None:
    with pytest.raises(ValueError):
        allows(wanted)


@pytest.mark.parametrize("wanted", [">=0.1,<0.2", "~=0.1", "==0.1", "== 0.1.0", ">= 0.1, < 1"])
def test_this_version_is_allowed_by(wanted: str) -> None:
    assert names(load(a_plugin(api=wanted), strict=True)) == ["ronda"]


@pytest.mark.parametrize("wanted", [">=0.2", "<0.1", "~=0.2", "==1"])
def test_this_version_is_not_allowed_by(wanted: str) -> None:
    loaded = load(a_plugin(api=wanted), a_plugin(name="other"))
    assert names(loaded) == ["other"]
    assert f"it needs plugin API {wanted} and this is 0.1" in the_line(loaded)


def test_a_program_of_another_api_is_not_judged_by_the_rules_of_this_one() -> None:
    loaded = load(a_plugin(api=">=0.2", mutations=(begin_shift,)))
    assert "begin_shift" not in the_line(loaded)
    assert "begin_shift" in the_line(load(a_plugin(mutations=(begin_shift,))))
