"""Works while it declares, and fails."""

from wantilan.programs.hookspecs import hookimpl
from wantilan.programs.manifest import Program


@hookimpl
def wantilan_program() -> Program:
    raise ConnectionError("no route to the device")
