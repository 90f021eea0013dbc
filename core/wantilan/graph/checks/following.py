"""What subscriptions follow: events that somebody announces, rows that can be found by what they say."""

from __future__ import annotations

from collections.abc import Iterator, Set

import sqlalchemy as sa
from graphql import get_nullable_type, is_list_type

from ...store.places import Village
from ...store.tables import PublishedTable, VillageTable
from ..schema import Part, Schema
from ..shapes import Shape
from ..sources import Followed
from . import holdings
from .holdings import Held


def following_faults(schema: Schema, part: Part) -> Iterator[str]:
    """Fields that could never give anything."""
    for held, source in _followed(schema, part):
        if not source.events:
            yield f"{held} follows no event. Name one: follow('{part.prefix or part.program}.…')."
        if is_list_type(get_nullable_type(held.bound.graphql.type)):
            yield f"{held} is a list, and each event gives one {held.bound.type.name}. Remove list[…]."
        elif held.bound.target is not None:
            yield from _subject_faults(held, source, held.bound.target)


def event_faults(schema: Schema, part: Part, known: Set[str]) -> Iterator[str]:
    """Where the part follows an event that no installed program announces."""
    for held, source in _followed(schema, part):
        for name in source.events:
            if name not in known:
                yield f"{held} follows the unknown event {name!r}. Declare Event({name!r}, …), or correct it."


def _followed(schema: Schema, part: Part) -> Iterator[tuple[Held, Followed]]:
    for held in holdings.fields(schema, part):
        if isinstance(held.source, Followed):
            yield held, held.source


def _subject_faults(held: Held, source: Followed, target: Shape) -> Iterator[str]:
    name = target.cls.__name__
    if source.subject is None:
        if target.model is not Village:
            yield (
                f"{held} gives {name}, and does not say under which key its events name the row. "
                f'Write follow(…, subject="…").'
            )
        return
    of_village = issubclass(target.model or object, VillageTable | PublishedTable)
    if not of_village or not isinstance(list(target.table.primary_key)[-1].type, sa.Uuid):
        yield (
            f"{held} has a subject, and {name} is no row of a village with an id of its own. "
            f"Give an @entity over a VillageTable or a PublishedTable."
        )
