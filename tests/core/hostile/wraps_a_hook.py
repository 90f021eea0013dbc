"""Wants to stand around the hooks of all the others."""

from collections.abc import Generator

from wantilan.errors import Text
from wantilan.programs.hookspecs import hookimpl
from wantilan.programs.manifest import Program


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="wraps_a_hook",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
    )


@hookimpl(wrapper=True)
def resident_registered() -> Generator[None, object, object]:
    yield
    return []
