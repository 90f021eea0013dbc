"""Misspells a hook: pluggy alone would never call it and never say so."""

from wantilan.errors import Text
from wantilan.programs.hookspecs import hookimpl
from wantilan.programs.manifest import Program
from wantilan.programs.values import Happening
from wantilan.store.write import Unit, VillageFacts


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="misspells_hook",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
    )


@hookimpl
async def resident_registerd(village: VillageFacts, event: Happening, unit: Unit) -> None: ...
