"""Adds a mutation that does not begin with its prefix."""

from wantilan import Info, Permission, Program, Text, hookimpl, input, mutation, payload


@input
class PawaiBeginInput:
    """A night."""

    village_code: str
    """Where."""


@payload
class PawaiBeginPayload:
    """What began."""

    begun: bool
    """Whether it did."""


@mutation(needs="pawai.begin")
async def begin_night(info: Info, input: PawaiBeginInput) -> PawaiBeginPayload:
    """Begin a night."""
    async with info.context.write(input.village_code):
        return PawaiBeginPayload(begun=True)


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="forgets_prefix_of_mutation",
        prefix="pawai",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
        permissions=(Permission("pawai.begin", Text("Memulai", "Begin")),),
        mutations=(begin_night,),
    )
