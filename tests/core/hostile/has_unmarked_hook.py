"""Forgot @hookimpl."""

from wantilan.errors import Text
from wantilan.programs.manifest import Program


def wantilan_program() -> Program:
    return Program(
        name="has_unmarked_hook",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
    )
