"""Who may read: rules that fit their table, and totals that are whole."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import InstrumentedAttribute

from ...access.rules import Rule, everyone, own_village, within
from ...store.tables import PlatformTable, VillageTable
from ..schema import Part, Schema
from ..shapes import Kind, Shape
from ..sources import Attribute
from . import holdings
from .columns import belongs, called

PLACE_RULES = (within, own_village, everyone)
"""Rules that look at the place of a row alone: where they open one row they open all of the village."""


def right_faults(schema: Schema, part: Part) -> Iterator[str]:
    for shape in holdings.shapes(part):
        if shape.kind is Kind.DOOR:
            yield from _door_faults(schema, shape)
        elif shape.kind in (Kind.ENTITY, Kind.SUMMARY):
            yield from _read_faults(shape)
        elif shape.kind is Kind.FIGURES:
            yield from _figures_faults(shape)
    yield from _tag_faults(schema, part)


def _read_faults(shape: Shape) -> Iterator[str]:
    name, model = shape.cls.__name__, shape.model
    assert model is not None
    if not shape.read:
        yield f"{name}.read is empty: nobody could read it. Say who may: read=[within(…)]."
    if issubclass(model, PlatformTable):
        yield f"{name} shows {model.__name__}, a table of the platform, and those are never shown. Remove it."
    if issubclass(model, VillageTable) and any(isinstance(rule, everyone) for rule in shape.read):
        yield (
            f"{name}.read has everyone(), and {model.__name__} holds what belongs to one village. "
            f"Publish what visitors may see in a PublishedTable, or remove everyone()."
        )
    for rule in shape.read:
        if shape.kind is Kind.SUMMARY and not is_place_rule(rule):
            yield (
                f"{name}.read has a rule about rows ({rule}), and a part of a total is not a total. "
                f"Use within(permission) or own_village()."
            )
        for column in _columns(rule):
            if not belongs(column, shape.table):
                yield (
                    f"{name}.read names {called(column)}, and its rows are of {model.__name__}. "
                    f"Name a column of {model.__name__}."
                )


def _figures_faults(shape: Shape) -> Iterator[str]:
    name = shape.cls.__name__
    if not shape.read:
        yield f"{name}.read is empty: nobody could read it. Say who may: read=[within(…)]."
    for rule in shape.read:
        if not is_place_rule(rule) or isinstance(rule, everyone):
            yield (
                f"{name}.read has {rule}, and figures are made of rows of a village. "
                f"Use within(permission) or own_village()."
            )


def _columns(rule: Rule) -> Iterator[Attribute]:
    """The columns of the row that a rule looks at: a path leads away from its first column."""
    if not dataclasses.is_dataclass(rule):
        return
    for declared in dataclasses.fields(rule):
        value = getattr(rule, declared.name)
        first = value[0] if isinstance(value, tuple) and value else value
        if isinstance(first, InstrumentedAttribute):
            yield first


def _door_faults(schema: Schema, shape: Shape) -> Iterator[str]:
    target = shape.target or object
    whose = schema.part_of.get(target)
    if whose is None or not whose.core:
        yield (
            f"{shape.cls.__name__} is a door on {target.__name__}, which is no object of core. "
            f"Put it on Village, Region, Household or Resident."
        )


def _tag_faults(schema: Schema, part: Part) -> Iterator[str]:
    known = Counter(
        shape.tag for each in schema.parts for shape in holdings.shapes(each) if shape.kind is Kind.ENTITY
    )
    for shape in holdings.shapes(part):
        if shape.kind is not Kind.ENTITY:
            continue
        if known[shape.tag] > 1:
            yield (
                f"{shape.cls.__name__}: another entity has the tag {shape.tag!r}, and ids must differ. "
                f"Give one of its own: @entity(…, tag=…)."
            )
        if not shape.tag.replace("_", "").isalnum():
            yield f"{shape.cls.__name__}: the tag {shape.tag!r} must be letters, digits and underscores."


# What follows from what


def is_place_rule(rule: Rule) -> bool:
    return isinstance(rule, PLACE_RULES)


def open_to_all(read: Sequence[Rule]) -> bool:
    return any(isinstance(rule, everyone) for rule in read)


def place_follows(owner: Sequence[Rule], target: Sequence[Rule]) -> bool:
    """Whether everybody who reads a row of the owner may look at the target in that place."""
    keys = {rule.key for rule in target}
    return open_to_all(target) or (bool(owner) and all(rule.key in keys for rule in owner))


def row_follows(owner: Sequence[Rule], target: Sequence[Rule]) -> bool:
    """Whether everybody who reads a row of the owner may read any row of the target in that village."""
    return open_to_all(target) or (place_follows(owner, target) and all(map(is_place_rule, owner)))
