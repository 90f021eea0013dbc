"""Declaring kinds of files: what is wrong stops the program from loading, in one clear line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from wantilan import PICTURES, FileKind, FileType, Permission, Program, Text, hookimpl, own_village
from wantilan.errors import ConfigurationError
from wantilan.programs.manifest import program_faults
from wantilan.settings import Settings
from wantilan.web.application import host_of

GOOD = FileKind(
    "papan.poster",
    Text("Poster", "Poster"),
    types=PICTURES,
    most_bytes=1,
    read="papan.see",
    write="papan.post",
)


def papan(*kinds: Any) -> Program:
    return Program(
        name="papan", title=Text("Papan", "Board"), summary=Text("Papan.", "Boards."), version="1", api=">=0.1,<0.2",
        permissions=(Permission("papan.see", Text("Lihat", "See")), Permission("papan.post", Text("Tempel", "Post"))),
        files=kinds,
    )  # fmt: skip


@pytest.mark.parametrize(
    "changes, fault",
    [
        ({}, None),
        ({"write": own_village()}, None),
        ({"write": (own_village(),)}, None),
        ({"name": "waste.poster"}, "File kind 'waste.poster' does not begin with 'papan.'. Rename it."),
        ({"name": "papan.Poster x"}, "File kind 'papan.Poster x' must be small letters"),
        ({"types": ()}, "File kind 'papan.poster' has no types. Name what it may be"),
        ({"types": ("image/png",)}, "File kind 'papan.poster' has no types."),
        ({"most_bytes": 0}, "File kind 'papan.poster' must say how big it may be: most_bytes from 1 to"),
        ({"most_bytes": 2**31}, "File kind 'papan.poster' must say how big it may be"),
        ({"description": Text("", "x")}, "File kind 'papan.poster' must be described in both languages"),
        ({"read": ""}, "File kind 'papan.poster' must name the permission that opens it"),
        ({"write": ()}, "File kind 'papan.poster' must say who may upload it"),
    ],
)
def test_a_kind_is_judged_when_it_is_declared(changes: dict[str, Any], fault: str | None) -> None:
    faults = program_faults(papan(replace(GOOD, **changes)))
    assert [f.startswith(fault or "-") for f in faults] == ([True] if fault else [])


def test_a_kind_twice_and_what_is_no_kind_are_told() -> None:
    assert program_faults(papan(GOOD, GOOD)) == [
        "File kind 'papan.poster' is declared twice. Remove one, or rename it."
    ]
    assert program_faults(papan("papan.poster")) == [
        "Program.files must be a tuple of FileKind: write files=(…,)."
    ]


def test_an_unknown_permission_stops_the_program_and_names_the_cure() -> None:
    class Plugin:
        @hookimpl
        def wantilan_program(self) -> Program:
            return papan(replace(GOOD, read="papan.sea"))

    with pytest.raises(
        ConfigurationError, match=r"'papan\.poster' names the unknown permission 'papan\.sea'"
    ):
        host_of(Settings(strict=True), extra=[Plugin()], entry_points=[])


def test_a_host_knows_every_kind_and_whose_it_is() -> None:
    class Plugin:
        @hookimpl
        def wantilan_program(self) -> Program:
            return papan(GOOD)

    host = host_of(Settings(strict=True), extra=[Plugin()], entry_points=[])
    found = {name: (program.name, kind) for name, (program, kind) in host.files.items()}
    assert found.pop("papan.poster") == ("papan", GOOD)
    assert {whose for whose, _ in found.values()} == {"registry"}  # the core's own
    assert {t.name for t in FileType} == {"JPEG", "PNG", "WEBP", "PDF", "XLSX", "CSV", "JSON", "ZIP"}
