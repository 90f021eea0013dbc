"""What a set-up makes different: two of them compared key by key."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..values import Json

LONGEST = 200
"""How much of a value is told."""


class SetupChangeKind(enum.Enum):
    """What happens to a part of a set-up."""

    ADDED = "ditambah"
    """It was not there."""
    CHANGED = "diubah"
    """It was there with another value."""
    REMOVED = "dihapus"
    """It is there no more."""


@dataclass(frozen=True)
class Changed:
    """One part of a set-up that is different afterwards. Values are short JSON; a long one ends with `…`."""

    path: tuple[str, ...]
    change: SetupChangeKind
    before: str | None
    after: str | None


def changes(before: Mapping[str, Json], after: Mapping[str, Json]) -> list[Changed]:
    """What differs, by path. Objects are compared by their keys, everything else as a whole: what was added
    or removed with all that it holds is one change.
    """
    return sorted(_below((), before, after), key=lambda one: one.path)


def _below(path: tuple[str, ...], before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Changed]:
    for key in sorted({*before, *after}):
        here = (*path, key)
        if key not in before:
            yield Changed(here, SetupChangeKind.ADDED, None, short(after[key]))
        elif key not in after:
            yield Changed(here, SetupChangeKind.REMOVED, short(before[key]), None)
        else:
            yield from _between(here, before[key], after[key])


def _between(path: tuple[str, ...], before: Json, after: Json) -> Iterator[Changed]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _below(path, before, after)
    elif not same(before, after):
        yield Changed(path, SetupChangeKind.CHANGED, short(before), short(after))


def same(one: Json, other: Json) -> bool:
    """Equal as JSON: true is not 1."""
    return _text(one) == _text(other)


def short(value: Json) -> str:
    text = _text(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _text(value: Json) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True)


def _plain(value: Json) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value
