"""Every installed program takes along what belongs to those who were transferred."""

from __future__ import annotations

from collections.abc import Sequence

from ...programs import hookspecs
from ...programs.duties.asking import blaming, refuse_unanswered
from ...programs.host import Host
from ...programs.values import ResidentFacts
from ...store.write import Unit
from ..models import Resident


async def follow(
    host: Host, leaving: Sequence[Resident], arriving: Sequence[Resident], source: Unit, target: Unit
) -> None:
    """What `duty` does for one, for several at once: tables that nobody answers for are looked for once.

    Raises what `duty` raises.
    """
    hook = hookspecs.transfer_resident
    pairs = [(_facts(gone), _facts(row)) for gone, row in zip(leaving, arriving, strict=True)]
    asked = host.loaded.implementations(hook)
    persons = [facts for pair in pairs for facts in pair]
    programs = {program.name for program, _ in asked}
    await refuse_unanswered(host, hook.__name__, programs, [source, target], persons)
    for program, call in asked:
        with blaming(program, hook.__name__):
            for gone, row in pairs:
                await call(gone, row, source, target)
            await source.flush()
            await target.flush()


def _facts(row: Resident) -> ResidentFacts:
    return ResidentFacts(row.id, row.village_id)
