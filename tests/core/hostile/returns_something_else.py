"""Declares a dictionary."""

from wantilan.programs.hookspecs import hookimpl


@hookimpl
def wantilan_program() -> dict[str, str]:
    return {"name": "returns_something_else"}
