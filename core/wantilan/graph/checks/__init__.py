"""Declarations are checked when the schema is built: each fault stops the program, in a line that teaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...errors import DeclarationError
from ..schema import Part, Schema
from .figuring import figure_faults
from .following import following_faults
from .freezing import freezing_faults
from .indexes import index_faults
from .names import name_faults
from .nulls import null_faults
from .rights import right_faults
from .sentences import sentence_faults
from .sourcing import sourcing_faults
from .ties import tie_faults

Check = Callable[[Schema, Part], Iterator[str]]

STAGES: tuple[tuple[Check, ...], ...] = (
    (right_faults, sourcing_faults),
    (name_faults, sentence_faults, index_faults, tie_faults, null_faults, following_faults, figure_faults),
    (freezing_faults,),
)
"""A stage is judged when the one before found nothing: what stands on a fault would name the wrong cure."""


def check_part(schema: Schema, part: Part) -> None:
    """Raises DeclarationError with every fault of one program's part: what, where, and the cure."""
    for stage in STAGES:
        faults = list(dict.fromkeys(fault for check in stage for fault in check(schema, part)))
        if faults:
            raise DeclarationError(" ".join(faults), program=part.program)
