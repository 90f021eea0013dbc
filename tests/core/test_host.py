"""The host: what is left out is named and hurts no one; two hosts in one process share nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from wantilan import Permission, PlaceKind, Program, Role, Task, Text, Village, column, door, hookimpl, tables
from wantilan.errors import ConfigurationError
from wantilan.programs import hookspecs
from wantilan.programs.host import Host, build_host
from wantilan.registry import program as registry
from wantilan.registry.permissions import PLATFORM_ADMIN

TEXT = Text("Ronda malam", "Night watch")


@door(Village)
class VillageRonda:
    """The night watch."""

    name: str
    """The village's name."""


@door(Village)
class VillageSilent:
    """Its field has no description."""

    name: str


@door(Village)
class VillageClosed:
    """Its field needs a permission that nobody declares."""

    name: str | None = column(tables.Village.name, needs="closed.door")
    """The village's name."""


def a_plugin(name: str, *hooks: Callable[..., object], **changes: Any) -> ModuleType:
    plugin = ModuleType(f"wantilan_{name}")
    program = Program(name=name, title=TEXT, summary=TEXT, version="1.0", **{"api": ">=0.1,<0.2", **changes})

    @hookimpl
    def wantilan_program() -> Program:
        return program

    for hook in (wantilan_program, *hooks):
        setattr(plugin, hook.__name__, hook)
    return plugin


def build(*plugins: ModuleType, core: tuple[object, ...] = (registry,), strict: bool = False) -> Host:
    return build_host(core, entry_points=[], extra=plugins, strict=strict, admin_role=PLATFORM_ADMIN)


def lines(host: Host) -> list[str]:
    return [str(failure) for failure in host.failures]


def names(host: Host) -> list[str]:
    return [program.name for program in host.programs]


SILENT = (
    "Program 'silent' of wantilan_silent is left out: VillageSilent.name has no description. "
    "Write a string below it."
)


def test_core_alone_is_a_host() -> None:
    host = build()
    assert names(host) == ["registry"]
    assert host.failures == ()
    assert host.optional == ()


def test_what_cannot_be_built_is_named_once_and_left_out() -> None:
    host = build(a_plugin("ronda", types=(VillageRonda,)), a_plugin("silent", types=(VillageSilent,)))
    assert names(host) == ["registry", "ronda"]
    assert lines(host) == [SILENT]


def test_whoever_depends_on_it_is_named_too() -> None:
    host = build(
        a_plugin("silent", types=(VillageSilent,)),
        a_plugin("guest", depends_on=("silent",)),
        a_plugin("guest_of_guest", depends_on=("guest",)),
    )
    assert names(host) == ["registry"]
    assert lines(host) == [
        "Program 'guest' of wantilan_guest is left out: it needs the program 'silent', which is left out. "
        "Cure that one first.",
        "Program 'guest_of_guest' of wantilan_guest_of_guest is left out: it needs the program 'guest', which is "
        "left out. Cure that one first.",
        SILENT,
    ]


def test_strict_tells_those_that_do_not_load_and_those_that_do_not_fit() -> None:
    plugins = a_plugin("silent", types=(VillageSilent,)), a_plugin("ronda", api=">=0.9")
    with pytest.raises(ConfigurationError) as stopped:
        build(*plugins, strict=True)
    assert [line.partition(" is left out")[0] for line in str(stopped.value).splitlines()] == [
        "Program 'ronda' of wantilan_ronda",
        "Program 'silent' of wantilan_silent",
    ]
    assert names(build(*plugins)) == ["registry"]


def test_the_hooks_of_what_was_left_out_are_never_called() -> None:
    @hookimpl
    async def resident_registered(village: object, event: object, unit: object) -> None: ...

    silent = a_plugin("silent", resident_registered, types=(VillageSilent,))
    ronda = a_plugin("ronda", resident_registered, types=(VillageRonda,))
    told = build(silent, ronda).loaded.implementations(hookspecs.resident_registered)
    assert [program.name for program, _ in told] == ["ronda"]


def test_its_roles_and_permissions_are_not_there_either() -> None:
    read = Permission("silent.read", TEXT)
    role = Role("silent_reader", TEXT, frozenset({"silent.read"}), frozenset({PlaceKind.REGION}))
    out = build(a_plugin("silent", types=(VillageSilent,), permissions=(read,), roles=(role,))).catalogue
    into = build(a_plugin("silent", permissions=(read,), roles=(role,))).catalogue
    assert "silent.read" not in out.permissions
    assert "silent_reader" not in out.roles
    assert "silent_reader" in into.roles
    assert "silent.read" in into.held_by(PLATFORM_ADMIN)
    assert "silent.read" not in out.held_by(PLATFORM_ADMIN)


def test_a_permission_that_nobody_declares_is_named() -> None:
    host = build(a_plugin("closed", types=(VillageClosed,)))
    assert lines(host) == [
        "Program 'closed' of wantilan_closed is left out: VillageClosed.name names the unknown permission "
        "'closed.door'. Declare Permission('closed.door', …), or correct it."
    ]
    declared = (Permission("closed.door", TEXT),)
    assert names(build(a_plugin("closed", types=(VillageClosed,), permissions=declared))) == [
        "registry",
        "closed",
    ]


def test_a_task_that_needs_a_permission_which_nobody_declares_is_named() -> None:
    async def walk() -> None: ...

    task = Task(name="ronda.walk", run=walk, description=TEXT, needs="ronda.walk")
    assert lines(build(a_plugin("ronda", tasks=(task,)))) == [
        "Program 'ronda' of wantilan_ronda is left out: Task 'ronda.walk' needs the unknown permission "
        "'ronda.walk'. Declare Permission('ronda.walk', …), or correct it."
    ]
    declared = (Permission("ronda.walk", TEXT),)
    host = build(a_plugin("ronda", tasks=(task,), permissions=declared))
    theirs = [name for name, (program, _) in host.tasks.items() if not program.core]
    assert (lines(host), theirs) == ([], ["ronda.walk"])


def test_what_is_no_declaration_at_all_is_one_line() -> None:
    host = build(a_plugin("ronda", types=(int,)))
    assert lines(host) == [
        "Program 'ronda' of wantilan_ronda is left out: int is not declared. "
        "Decorate it with @entity, @summary, @door, @root or @group."
    ]


def test_a_broken_core_stops_the_start_without_strict() -> None:
    broken = a_plugin("broken", core=True, types=(VillageSilent,))
    with pytest.raises(ConfigurationError, match=r"VillageSilent\.name has no description"):
        build(core=(registry, broken))


# Side by side


def test_two_hosts_in_one_process_do_not_leak() -> None:
    ronda = a_plugin("ronda", types=(VillageRonda,))
    alone = build().schema.as_str()
    first, second, third = build(ronda), build(), build(ronda)
    assert "ronda" not in second.schema.as_str().lower()
    assert second.schema.as_str() == alone
    assert "ronda: VillageRonda" in first.schema.as_str()
    assert first.schema.as_str() == third.schema.as_str()
    assert {"ronda"} == first.schema.bound["Village"].keys() - second.schema.bound["Village"].keys()
    assert first.schema.graphql.type_map["Village"] is not third.schema.graphql.type_map["Village"]


def test_one_class_can_stand_behind_two_doors_in_two_hosts() -> None:
    first = build(a_plugin("ronda", types=(VillageRonda,)))
    second = build(a_plugin("night_ronda", types=(VillageRonda,), door="rondaMalam", prefix="ronda"))
    assert "ronda: VillageRonda" in first.schema.as_str()
    assert "rondaMalam: VillageRonda" in second.schema.as_str()
    assert "rondaMalam" not in first.schema.as_str()
    assert first.program("night_ronda") is None
    assert second.program("night_ronda") is not None


def test_the_order_of_installation_changes_nothing() -> None:
    one, other = a_plugin("ronda", types=(VillageRonda,)), a_plugin("guest")
    assert build(one, other).schema.as_str() == build(other, one).schema.as_str()
    assert names(build(one, other)) == names(build(other, one)) == ["registry", "guest", "ronda"]


def test_every_enumeration_of_core_is_described() -> None:
    text = build().schema.as_str()
    assert '"""List `warganegara` of the resident sheet."""\nenum Citizenship {' in text
    assert '  """Indonesian citizen"""\n  WNI' in text
    assert '  """Regency."""\n  KABUPATEN' in text
