"""Wants a door where core has a field already."""

from wantilan import Program, Text, Village, door, hookimpl


@door(Village)
class VillageHamlets:
    """Another view of the hamlets."""

    name: str
    """The village's name."""


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="takes_a_field",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
        door="hamlets",
        types=(VillageHamlets,),
    )
