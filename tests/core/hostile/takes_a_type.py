"""Calls a type of its own as core calls one."""

from wantilan import Program, Text, door, hookimpl
from wantilan import Village as CoreVillage


@door(CoreVillage)
class Village:
    """Another village."""

    name: str
    """The village's name."""


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="takes_a_type",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
        types=(Village,),
    )
