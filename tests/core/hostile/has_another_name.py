"""Is announced under one name and declares another."""

from wantilan.errors import Text
from wantilan.programs.hookspecs import hookimpl
from wantilan.programs.manifest import Program


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="patrol",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
    )
