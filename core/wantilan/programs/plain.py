"""What may stand in the arguments and in the result of a task: ids, numbers, days, enumerations, short texts.

They lie in a table that is read by the office and kept for a month: a person's data must not come there, and
a text without bounds would be the way for them.
"""

from __future__ import annotations

import enum
import types
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..errors import WantilanError
from ..store.types import RegionCode

LONGEST_TEXT = 100
MOST_BYTES = 10_000
"""Of the JSON of the whole."""
SCALARS = (bool, int, float, UUID, date, datetime, type(None))
LISTS = (list, tuple, set, frozenset, Sequence)
CURE = "It may hold ids, numbers, days, enumerations, short texts, and lists or models of these."


class TaskMisused(WantilanError, TypeError):
    """A program gives a task what does not fit it. The message names the task and never tells values."""


def plain(value: BaseModel | None, kind: type[BaseModel] | None, said: str) -> dict[str, Any]:
    """A model's values as they are kept. Raises TaskMisused for another model than `kind`, and what is too
    long.
    """
    if kind is None and value is None:
        return {}
    if kind is None or not isinstance(value, kind):
        expected = f"a {kind.__name__}" if kind is not None else "None, since the task names no model for it"
        raise TaskMisused(f"{said} must be {expected}, not a {type(value).__name__}.")
    text = value.model_dump_json()
    if len(text.encode()) > MOST_BYTES:
        raise TaskMisused(
            f"{said} is longer than {MOST_BYTES} bytes. Keep ids and counts, and no lists of all."
        )
    return value.model_dump(mode="json")


def plain_faults(model: object, said: str, seen: frozenset[object] = frozenset()) -> Iterator[str]:
    """What in a model is not plain, a sentence or two each."""
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        yield f"{said} must be a pydantic model: class …(BaseModel)."
        return
    if model in seen:
        return
    model.model_rebuild()
    if model.model_config.get("extra") == "allow":
        yield f"{said} takes any further values. Remove extra='allow' from {model.__name__}."
    for name, field in model.model_fields.items():
        for fault in dict.fromkeys(_faults(field.annotation, field.metadata, seen | {model})):
            yield f"{said}: {model.__name__}.{name} {fault}"


def _faults(hint: Any, metadata: Sequence[Any], seen: frozenset[object]) -> Iterator[str]:
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *more = get_args(hint)
        yield from _faults(inner, [*metadata, *more], seen)
    elif hint is RegionCode or origin is Literal or hint in SCALARS:
        return
    elif hasattr(hint, "__supertype__"):
        yield from _faults(hint.__supertype__, metadata, seen)
    elif origin in (Union, types.UnionType):
        for part in get_args(hint):
            yield from _faults(part, metadata, seen)
    elif origin in LISTS:
        for part in get_args(hint):
            if part is not Ellipsis:
                yield from _faults(part, (), seen)
    elif hint is str:
        if not any(length <= LONGEST_TEXT for length in _lengths(metadata)):
            yield (
                "may hold any text, and so a person's data. Say how long it may be, up to "
                f"{LONGEST_TEXT}: Annotated[str, Field(max_length=20)]."
            )
    elif isinstance(hint, type) and issubclass(hint, BaseModel):
        yield from plain_faults(hint, "holds a model", seen)
    elif not (isinstance(hint, type) and issubclass(hint, enum.Enum)):
        yield f"is not plain. {CURE}"


def _lengths(metadata: Sequence[Any]) -> Iterator[int]:
    for one in metadata:
        if isinstance(one, FieldInfo):
            yield from _lengths(one.metadata)
        elif isinstance(length := getattr(one, "max_length", None), int):
            yield length
