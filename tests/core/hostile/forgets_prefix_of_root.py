"""Adds a root field that does not begin with its prefix."""

import strawberry

from wantilan import Program, Text, hookimpl, root


@root
class Queries:
    """Root fields."""

    @strawberry.field(description="Says hello.")
    def greeting(self) -> str:
        return "Om Swastiastu"


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="forgets_prefix_of_root",
        prefix="sapa",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
        types=(Queries,),
    )
