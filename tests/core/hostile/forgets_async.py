"""Implements an async hook by a plain function."""

from wantilan.errors import Text
from wantilan.programs.hookspecs import hookimpl
from wantilan.programs.manifest import Program
from wantilan.programs.values import Happening
from wantilan.store.write import Unit, VillageFacts


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="forgets_async",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
    )


@hookimpl
def resident_registered(village: VillageFacts, event: Happening, unit: Unit) -> None: ...
