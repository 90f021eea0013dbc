"""A plan as lines for a terminal: the fields on the left, where each comes from and what stands before it on
the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..graph.explained import Explained, Reading, every
from ..graph.pieces import ACTOR
from ..graph.planner import WALL
from ..graph.recorder import Opened, Step, Wall
from ..store.walls import SETTING
from .printing import count

INDENT = "  "
WALLS = (f"{ACTOR}walls", f"{ACTOR}villages")
"""The slots of the village condition: the region codes of the actor's places, or the ids of his villages."""
CLASSES = {
    "reference": "reference table, no wall",
    "published": "published table, no wall for readers",
    "village": "NO WALL",
}


def summary(explained: Explained, dialect: str) -> str:
    """What is planned, what is not, and what it may cost."""
    statements = [reading.plan for reading in explained.readings if reading.plan is not None]
    said = count(len(statements), "statement", "statements")
    rows = count(explained.rows, "row", "rows")
    lines = [f"{explained.kind}: {said}, at most {rows}, cost {explained.cost}"]
    if any(plan.heavy for plan in statements):
        lines.append("heavy: it runs in a thread of its own" + ("" if dialect == "sqlite" else " on SQLite"))
    if explained.unplanned:
        lines.append(f"not planned: {', '.join(explained.unplanned)}")
    return "\n".join(lines)


def tree(reading: Reading) -> Iterator[str]:
    """The fields of one reading."""
    rows = [("FIELD", reading.what.upper())]
    for step in reading.steps:
        rows += _lines(step, reading, 0, several=False)
    width = max(len(left) for left, _ in rows)
    for left, right in rows:
        yield f"{left.ljust(width)}  {right}".rstrip()


def _lines(step: Step, reading: Reading, depth: int, *, several: bool) -> Iterator[tuple[str, str]]:
    label = f"{step.key} ({step.coordinate})" if several else step.key
    yield INDENT * depth + label, _source(step, reading)
    for guard in _guards(step, next((reading.slots[slot] for slot in WALLS if slot in reading.slots), "?")):
        yield "", f"- {guard}"
    owners = {below.coordinate.partition(".")[0] for below in step.steps}
    for below in step.steps:
        yield from _lines(below, reading, depth + 1, several=len(owners) > 1)


def _source(step: Step, reading: Reading) -> str:
    parts = [step.source]
    if step.order is not None:
        parts.append(f"order {step.order}")
    if step.page is not None:
        size = count(step.page(reading.request), "row", "rows")
        parts.append(f"{size} a page{' from the end' if step.backward else ''}")
    names = reading.slots
    used = [names[slot] for slot in step.slots if slot in names]
    return ", ".join(parts) + (f" [{' '.join(used)}]" if used else "")


def _guards(step: Step, wall: str) -> Iterator[str]:
    for opened in step.tables:
        yield _opened(opened, wall)
    for left_out in step.hidden:
        yield f"left out: {left_out}"
    if step.ties:
        yield f"tied by {' and '.join(step.ties)}"
    for program in step.gates:
        yield f"gate: null where the village has not enabled {program}"
    for program in step.enabled:
        yield f"gate: only rows of villages that enabled {program}"
    for needs in step.unless:
        yield f"null where {needs} is not held for the place"
    yield from step.notes
    for permission in step.needs:
        if permission not in step.unless:
            yield f"needs {permission}, which the actor holds"


def _opened(opened: Opened, slot: str) -> str:
    rules = " or ".join(opened.rules) or "ANYBODY: no rule was written"
    settled = ", which holds inside the wall" if opened.settled and opened.rules != ("everyone",) else ""
    dropped = f"; not for this actor: {', '.join(opened.dropped)}" if opened.dropped else ""
    return f"{opened.name} {opened.alias}: {_wall(opened, slot)}; read by {rules}{settled}{dropped}"


def _wall(opened: Opened, slot: str) -> str:
    match opened.wall:
        case Wall.OWN:
            return f"wall: only the actor's villages [{slot}]"
        case Wall.ABOVE:
            return "inside the wall of the row above"
        case Wall.TIE:
            return f"wall in the tie: only the actor's villages [{slot}]"
        case Wall.OPEN:
            return "no wall: the actor's place is the whole country"
        case Wall.NONE:
            return CLASSES[opened.kind]


def second_wall(reading: Reading, dialect: str) -> str:
    """What stands below the statement."""
    tables = sorted(set(walled(reading.steps)))
    if dialect != "postgresql":
        return "Second wall: none on SQLite; the conditions in the statement are the wall."
    slot = reading.slots.get(ACTOR + WALL, "?")
    policies = f"policies on {', '.join(tables)} read it" if tables else "no table here has a policy"
    return f"Second wall: {SETTING} is set to {slot} inside the statement and ends with it; {policies}."


def walled(steps: Sequence[Step]) -> Iterator[str]:
    """The tables with row-level security among those of a tree."""
    for step in every(steps):
        for opened in step.tables:
            if opened.kind != "reference":
                yield opened.name
