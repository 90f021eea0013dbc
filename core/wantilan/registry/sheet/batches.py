"""Cutting a plan into pieces of which none tears a family apart: after each, every household has its head."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from .families import Family
from .planning import Planned

MOST = 400
"""Rows of a piece; a family that is larger with all that it is tied to is one piece."""


def batches(planned: Sequence[Planned], most: int = MOST) -> Iterator[list[Planned]]:
    """Rows that a household ties together, now or by the sheet, stay together."""
    batch: list[Planned] = []
    for tied in _tied(planned):
        if batch and len(batch) + len(tied) > most:
            yield batch
            batch = []
        batch += tied
    if batch:
        yield batch


def _tied(planned: Sequence[Planned]) -> Iterator[list[Planned]]:
    above: dict[Family, Family] = {}

    def root(family: Family) -> Family:
        while (parent := above.setdefault(family, family)) != family:
            above[family] = above.setdefault(parent, parent)
            family = parent
        return family

    for one in planned:
        for other in (families := _families(one)):
            above[root(other)] = root(families[0])
    groups: dict[Family | int, list[Planned]] = defaultdict(list)
    for one in planned:
        families = _families(one)
        groups[root(families[0]) if families else one.number].append(one)
    yield from groups.values()


def _families(one: Planned) -> list[Family]:
    found = [one.family, one.known.household_id if one.known is not None else None]
    return [family for family in found if family is not None]
