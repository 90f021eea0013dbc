"""What a resident may ask for: all that is kept about him, and to be forgotten. By whom it is asked is judged
before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...programs import hookspecs
from ...programs.duties.asking import duty
from ...programs.host import Host
from ...programs.values import Json, Kept, ResidentFacts
from ...store.types import instant_text
from ...store.write import Unit


@dataclass(frozen=True)
class Remains:
    """What one program keeps of a resident who is erased."""

    program: str
    kept: Sequence[Kept]


async def document_of(host: Host, unit: Unit, resident: ResidentFacts) -> Mapping[str, Json]:
    """All that every program keeps about a resident, as JSON, a section for each program that keeps anything.

    Numbers stand there in full where the unit has keys. Raises DutyRefused: a document with a part missing
    would be a lie.
    """
    answers = await duty(host, hookspecs.export_resident, resident, unit.village, unit)
    return {
        "resident": str(resident.id),
        "village": unit.village.code,
        "at": instant_text(unit.now),
        "programs": {name: answer for name, answer in answers.items() if answer},
    }


async def erase(host: Host, unit: Unit, resident: ResidentFacts) -> Sequence[Remains]:
    """Have every program forget a resident; what each keeps and why, the register first. To repeat it changes
    nothing. Raises DutyRefused; then nothing was forgotten anywhere.
    """
    answers = await duty(host, hookspecs.erase_resident, resident, unit.village, unit)
    return [Remains(name, tuple(kept)) for name, kept in reversed(answers.items()) if kept]
