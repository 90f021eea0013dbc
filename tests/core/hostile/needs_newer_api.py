"""Was made for a plugin API that is not there yet."""

from wantilan.errors import Text
from wantilan.programs.hookspecs import hookimpl
from wantilan.programs.manifest import Program


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="needs_newer_api",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.2",
    )
