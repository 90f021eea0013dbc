"""The hooks: each is specified, typed, explained, and can be implemented."""

from __future__ import annotations

import inspect
import typing
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import ModuleType
from uuid import uuid4

import pytest

from wantilan.errors import Text
from wantilan.programs import hookspecs
from wantilan.programs.hookspecs import hookimpl
from wantilan.programs.implementations import specified_by
from wantilan.programs.loading import load_programs
from wantilan.programs.manifest import Program
from wantilan.programs.values import Deployment, Finding, Holder, Json, Record, ResidentFacts, Severity
from wantilan.store.write import VillageFacts

HOOKS: dict[str, list[str]] = {
    "wantilan_program": [],
    "village_enabled": ["village", "event", "unit"],
    "village_disabled": ["village", "event", "unit"],
    "resident_registered": ["village", "event", "unit"],
    "resident_changed": ["village", "event", "unit"],
    "resident_left": ["village", "event", "unit"],
    "export_resident": ["resident", "village", "unit"],
    "erase_resident": ["resident", "village", "unit"],
    "merge_residents": ["kept", "merged", "village", "unit"],
    "transfer_resident": ["leaving", "arriving", "source", "target"],
    "export_village": ["village", "unit"],
    "import_village": ["village", "records", "unit"],
    "purge_village": ["village", "unit"],
    "export_setup": ["village", "unit"],
    "import_setup": ["village", "setup", "unit"],
    "find_holder": ["code", "village", "unit"],
    "deliver_message": ["message", "village", "begin"],
    "lifespan": ["deployment"],
    "check": ["village", "unit"],
}
SYNC = {"wantilan_program"}
YIELDING = {"export_village", "check", "lifespan"}


def test_these_are_the_hooks_and_their_arguments() -> None:
    found = specified_by(hookspecs)
    assert {name: list(inspect.signature(hook).parameters) for name, hook in found.items()} == HOOKS


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_when_it_is_called_what_its_result_does_and_what_a_failure_does(name: str) -> None:
    said = inspect.getdoc(getattr(hookspecs, name)) or ""
    assert [part for part in ("\nWhen: ", "\nResult: ", "\nFailure: ") if part not in said] == []


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_exact_types(name: str) -> None:
    hook = getattr(hookspecs, name)
    hints = typing.get_type_hints(hook)
    assert set(hints) == {*HOOKS[name], "return"}
    assert [argument for argument, kind in hints.items() if kind in (object, typing.Any)] == []


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_that_touches_data_is_awaited_or_yields(name: str) -> None:
    assert inspect.iscoroutinefunction(getattr(hookspecs, name)) == (name not in SYNC | YIELDING)


def test_the_act_hooks_are_found_by_the_event_they_are_told_of() -> None:
    assert list(hookspecs.ACT) == [name for name, given in HOOKS.items() if "event" in given]
    assert hookspecs.ACT["resident_left"] is hookspecs.resident_left


def test_the_module_lists_its_hooks() -> None:
    said = (hookspecs.__doc__ or "").split()
    assert [name for name in HOOKS if name not in said] == []


def test_no_value_that_a_hook_is_given_holds_a_person() -> None:
    assert set(inspect.signature(ResidentFacts).parameters) == {"id", "village_id"}


VILLAGE = VillageFacts(uuid4(), "51.02.06.2001", "Bengkel", "Asia/Makassar")
FINDING = Finding(
    Severity.WARNING, Text("Periksa timbangan.", "Look at the scale."), Text("Tera ulang.", "Calibrate.")
)


def a_plugin_with_every_hook() -> ModuleType:
    """Each hook answers what its specification says."""
    plugin = ModuleType("wantilan_every")
    text = Text("Uji", "Test")

    @hookimpl
    def wantilan_program() -> Program:
        return Program(name="every", title=text, summary=text, version="1", api="==0.1")

    async def find_holder(code: str, village: VillageFacts) -> Holder | None:
        return Holder(valid=False, resident=ResidentFacts(uuid4(), village.id)) if code == "K-1" else None

    async def deliver_message() -> bool:
        return True

    async def export_village(village: VillageFacts) -> AsyncIterator[Record]:
        yield Record("every_thing", {"village": village.code})

    async def check() -> AsyncIterator[Finding]:
        yield FINDING

    @asynccontextmanager
    async def lifespan(deployment: Deployment) -> AsyncIterator[None]:
        plugin.__dict__["seen"] = deployment
        yield
        plugin.__dict__["seen"] = None

    def nothing() -> Callable[..., object]:
        async def answer() -> None:
            return None

        return answer

    def a_mapping() -> Callable[..., object]:
        async def answer() -> Mapping[str, Json]:
            return {"posts": 2}

        return answer

    answers = {"export_resident": a_mapping(), "export_setup": a_mapping()}
    for function in (find_holder, deliver_message, export_village, check, lifespan):
        answers[function.__name__] = function
    for name in HOOKS:
        setattr(plugin, name, hookimpl(specname=name)(answers.get(name) or nothing()))
    plugin.__dict__["wantilan_program"] = wantilan_program
    return plugin


async def test_a_plugin_can_implement_every_hook_and_is_called_by_it() -> None:
    plugin = a_plugin_with_every_hook()
    loaded = load_programs(entry_points=[], extra=[plugin], strict=True)
    for name in HOOKS:
        assert [program.name for program, _ in loaded.implementations(getattr(hookspecs, name))] == ["every"]
    unit: typing.Any = object()
    ((_, holder),) = loaded.implementations(hookspecs.find_holder)
    assert (await holder("K-1", VILLAGE, unit)).valid is False
    assert await holder("K-2", VILLAGE, unit) is None
    ((_, look),) = loaded.implementations(hookspecs.check)
    assert [finding async for finding in look(VILLAGE, unit)] == [FINDING]
    ((_, lifespan),) = loaded.implementations(hookspecs.lifespan)
    async with lifespan(Deployment("Asia/Makassar", demo=True)):
        assert plugin.seen == Deployment("Asia/Makassar", demo=True)
    assert plugin.seen is None
    ((_, purge),) = loaded.implementations(hookspecs.purge_village)
    assert await purge(VILLAGE, unit) is None


def test_the_control_without_a_hook_nobody_implements_it() -> None:
    text = Text("Uji", "Test")
    plugin = ModuleType("wantilan_quiet")
    declare = hookimpl(lambda: Program(name="quiet", title=text, summary=text, version="1", api="==0.1"))
    plugin.__dict__["wantilan_program"] = declare
    loaded = load_programs(entry_points=[], extra=[plugin], strict=True)
    assert [name for name in HOOKS if loaded.implementations(getattr(hookspecs, name))] == [
        "wantilan_program"
    ]
