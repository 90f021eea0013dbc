"""Which state of a run may follow which: pure."""

from __future__ import annotations

from ..models.words import WasteRunState as S

FOLLOWS: dict[S, frozenset[S]] = {
    S.PLANNED: frozenset({S.STARTED, S.CANCELLED}),
    S.STARTED: frozenset({S.FINISHED, S.CANCELLED}),
    S.FINISHED: frozenset({S.WEIGHED}),
    S.WEIGHED: frozenset({S.CLOSED}),
    S.CLOSED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""All steps that there are."""

VISITED = frozenset({S.STARTED, S.FINISHED, S.WEIGHED})
"""Visits are taken in from the start on and until the run is closed: phones are often without a network
until the truck is back and its load has been weighed.
"""


def may_follow(now: S, then: S) -> bool:
    return then in FOLLOWS[now]


def way_to_scale(now: S) -> tuple[S, ...] | None:
    """The steps to WEIGHED of a run whose load stands on the scale. It is back then, whether or not its
    collector said so; None when it never left, or is done with. A second container changes nothing.
    """
    return {S.STARTED: (S.FINISHED, S.WEIGHED), S.FINISHED: (S.WEIGHED,), S.WEIGHED: ()}.get(now)
