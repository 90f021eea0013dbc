"""Publishing a program's set-up, and taking over that of another village."""

from __future__ import annotations

from ...errors import NotFound
from ...graph.context import Info
from ...graph.declare import input, payload, ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.scalars import RegionCode
from ...programs.host import Host
from ...programs.setups import publishing
from ...programs.setups.applying import take_over
from ...programs.switching import installed
from ..setup_types import SetupChange
from ..types import ProgramSetup, Village

MANAGE = "program.manage"
MOST_CHANGES = 500
"""How many changes a payload lists; it counts all of them."""


@input
class PublishProgramSetupInput:
    """Which set-up is to be published."""

    village_code: RegionCode
    """The village."""
    program: str
    """The program's name, as `programs` lists it."""


@input
class WithdrawProgramSetupInput:
    """Which set-up is to be published no more."""

    village_code: RegionCode
    """The village."""
    program: str
    """The program's name, as `programs` lists it."""


@input
class ImportProgramSetupInput:
    """Which set-up is to be taken over, and from where."""

    village_code: RegionCode
    """The village that takes it over."""
    program: str
    """The program's name, as `programs` lists it."""
    from_village_code: RegionCode
    """The village that has published it."""
    preview: bool = False
    """Whether only to tell what would change."""


@payload
class PublishProgramSetupPayload:
    """A set-up that everybody may read."""

    setup: ProgramSetup
    """The set-up as it is published now."""
    village: Village
    """The village, for reading its published set-ups again."""
    changed: bool
    """False when the same was published already."""


@payload
class WithdrawProgramSetupPayload:
    """A set-up that is published no more. What others took over stays theirs."""

    village: Village
    """The village, for reading its published set-ups again."""
    program: str
    """The program's name."""
    changed: bool
    """False when none was published."""


@payload
class ImportProgramSetupPayload:
    """What was taken over, or would be."""

    village: Village
    """The village, for reading what is set up there again."""
    program: str
    """The program's name."""
    preview: bool
    """Whether nothing was written."""
    changes: list[SetupChange]
    """What is different afterwards, by path; the first 500."""
    change_count: int
    """How many changes there are."""


@mutation(needs=MANAGE)
async def publish_program_setup(info: Info, input: PublishProgramSetupInput) -> PublishProgramSetupPayload:
    """Let everybody read how a program is set up here: what it gives as its set-up, and its settings. A later
    one takes its place. CONFLICT for a program that has nothing to be taken over.
    """
    Judge(input).check()
    async with info.context.write(input.village_code) as unit:
        row, changed = await publishing.publish(info.context.service(Host), unit, input.program)
        village = await unit.own_village()
    return PublishProgramSetupPayload(
        setup=ref(ProgramSetup, row), village=ref(Village, village), changed=changed
    )


@mutation(needs=MANAGE)
async def withdraw_program_setup(info: Info, input: WithdrawProgramSetupInput) -> WithdrawProgramSetupPayload:
    """Let nobody read a published set-up any more. Switching the program off does the same."""
    Judge(input).check()
    async with info.context.write(input.village_code) as unit:
        installed(info.context.service(Host), input.program)
        changed = await publishing.withdraw(unit, input.program)
        village = await unit.own_village()
    return WithdrawProgramSetupPayload(village=ref(Village, village), program=input.program, changed=changed)


@mutation(needs=MANAGE)
async def import_program_setup(info: Info, input: ImportProgramSetupInput) -> ImportProgramSetupPayload:
    """Take over how another village has set up a program and published it: all of it, or nothing. To repeat
    it changes nothing. NOT_FOUND when that village has not published it; faults of the set-up have paths
    below `input.fromVillageCode`. With `preview` the same is done and undone: it tells what would happen.
    """
    Judge(input).check()
    host = info.context.service(Host)
    async with info.context.write(input.village_code) as unit:
        installed(host, input.program)
        setup = await publishing.published(unit, str(input.from_village_code), input.program)
        if setup is None:
            raise NotFound
        where = ("input", "fromVillageCode")
        made = await take_over(host, unit, setup, where=where, preview=input.preview)
        village = await unit.own_village()
    return ImportProgramSetupPayload(
        village=ref(Village, village),
        program=input.program,
        preview=input.preview,
        changes=[SetupChange.of(one) for one in made[:MOST_CHANGES]],
        change_count=len(made),
    )
