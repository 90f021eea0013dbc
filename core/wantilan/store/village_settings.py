"""What a village has set in a program, typed. It is read in the transaction that needs it: one look by a
unique key, never stale, so that no cache has to be kept honest.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

log = logging.getLogger("wantilan")


class VillageSettings(BaseModel):
    """The base of a program's settings: `class PapanSettings(VillageSettings, program="papan")`.

    Every field has a default and a description; unknown names are refused. `own=("sender",)` names the fields
    that are this village's alone: they are never published, and no other village takes them over.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    program: ClassVar[str]
    """The program's name."""
    own: ClassVar[frozenset[str]] = frozenset()
    """The fields that no other village takes over."""

    def __init_subclass__(cls, program: str = "", own: Sequence[str] = (), **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if program:
            cls.program = program
        if own:
            cls.own = frozenset(own)


V = TypeVar("V", bound=VillageSettings)


def understood(model: type[V], values: dict[str, Any] | None, village: str) -> V:
    """Settings as they are kept; the defaults while none are.

    A later version of a program may not take what an earlier one kept. Then each value that does not fit any
    more gives way to its default, so that an upgrade stops no village; the log says which.
    """
    try:
        return model.model_validate(values or {})
    except ValidationError as error:
        unfit = {str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]}
    names = ", ".join(sorted(unfit))
    log.warning("settings of %s in %s: not understood any more: %s", model.program, village, names)
    try:
        return model.model_validate({k: v for k, v in (values or {}).items() if k not in unfit})
    except ValidationError:
        return model()
