"""Orders and filters stand on an index: a page deep in a million rows costs what the first page costs."""

from __future__ import annotations

from collections.abc import Iterator

from ...store.tables import PublishedTable, VillageTable
from ..schema import Part, Schema
from ..shapes import Kind, Shape
from ..sources import Attribute, Connected
from . import holdings
from .columns import begins_index, called, nullable


def index_faults(schema: Schema, part: Part) -> Iterator[str]:
    for shape in holdings.shapes(part):
        if shape.kind is Kind.ENTITY:
            yield from _order_faults(shape)
            yield from _filter_faults(shape)
    yield from _open_oracles(schema, part)


def _order_faults(shape: Shape) -> Iterator[str]:
    for value, order in shape.orders.items():
        if order.descending:
            continue
        name = value.removesuffix("_ASC")
        where = f"{shape.cls.__name__}.order {name}"
        if not _served(shape, order.key):
            yield f"{where} has no index. {_cure(shape, order.key)}"
        if nullable(order.key):
            yield (
                f"{where} may be null, and the databases do not agree where nulls stand. "
                f"Make {called(order.key)} required, or order by another column."
            )


def _filter_faults(shape: Shape) -> Iterator[str]:
    for name, filtered in shape.filters.items():
        column = filtered.key if filtered.key is not None else filtered.column
        if not _served(shape, column):
            yield f"{shape.cls.__name__}.filter {name} has no index. {_cure(shape, column)}"


def _served(shape: Shape, column: Attribute) -> bool:
    """Published rows are read in one village and across all: an index for either will do."""
    model, name = shape.model or object, column.property.columns[0].name
    within_village = begins_index(shape.table, "village_id", name)
    if issubclass(model, VillageTable):
        return within_village
    return begins_index(shape.table, name) or (issubclass(model, PublishedTable) and within_village)


def _cure(shape: Shape, column: Attribute) -> str:
    name = column.property.columns[0].name
    village = '"village_id", ' if issubclass(shape.model or object, VillageTable) else ""
    return f'Add Index("ix_{shape.table.name}_{name}", {village}"{name}").'


def _open_oracles(schema: Schema, part: Part) -> Iterator[str]:
    """Behind a village the permission for a hidden column is asked there; at the root there is no village."""
    for held in holdings.fields(schema, part):
        if held.owner.kind is Kind.ROOT and isinstance(held.source, Connected):
            assert held.bound.target is not None
            for permission in needed_to_arrange(schema, held.bound.target):
                yield (
                    f"{held} is ordered or filtered by what needs {permission!r}, over all villages at once. "
                    f"Put it below Village, or take the column out of filter and order."
                )


def needed_to_arrange(schema: Schema, shape: Shape) -> list[str]:
    """The permissions that some filter or order of an entity needs."""
    columns = [o.column.key for o in shape.orders.values()] + [f.column.key for f in shape.filters.values()]
    return sorted({permission for column in columns for permission in schema.needs_of(shape, column)})
