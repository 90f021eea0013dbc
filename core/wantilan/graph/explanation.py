"""An explanation as JSON: `extensions.explain`, for those who may ask with `x-wantilan-explain`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .explained import Explained, Reading
from .http.protocol import Answer
from .parameters import Parameter
from .recorder import Opened, Step

UNPLANNED = b"x-wantilan-unplanned"
"""The header that names the root fields that no plan answered."""


def with_explanation(answer: Answer, explained: Mapping[str, object]) -> Answer:
    """The answer with `extensions.explain`. It is made for one actor: no longer to be kept by anybody."""
    body = json.loads(answer.body)
    body["extensions"] = {**body.get("extensions", {}), "explain": explained}
    headers = tuple(header for header in answer.headers if header[0] == UNPLANNED)
    return Answer(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), answer.status, headers
    )


def as_json(explained: Explained) -> dict[str, object]:
    """For `extensions.explain`. Of the parameters only numbers are shown: page sizes and the like. A text may
    be anything, and who asks has sent it himself.
    """
    return {
        "kind": explained.kind,
        "unplanned": list(explained.unplanned),
        "rows": explained.rows,
        "cost": explained.cost,
        "readings": [_reading(reading) for reading in explained.readings],
    }


def _reading(reading: Reading) -> dict[str, object]:
    made: dict[str, object] = {"what": reading.what, "fields": [_step(s, reading) for s in reading.steps]}
    if reading.plan is not None:
        made["heavy"] = reading.plan.heavy
        made["rows"] = reading.rows
        made["statement"] = reading.plan.sql
        made["parameters"] = [_parameter(one) for one in reading.parameters]
    return made


def _parameter(one: Parameter) -> dict[str, object]:
    made: dict[str, object] = {"name": one.name, "type": one.type, "boundTo": one.source}
    if isinstance(one.value, int | float):
        made["value"] = one.value
    return made


def _step(step: Step, reading: Reading) -> dict[str, object]:
    names = reading.slots
    found: dict[str, object] = {
        "name": step.key,
        "field": step.coordinate,
        "source": step.source,
        "order": step.order,
        "page": step.page(reading.request) if step.page is not None else None,
        "fromTheEnd": step.backward or None,
        "hidden": step.hidden,
        "tables": [_opened(one) for one in step.tables],
        "ties": step.ties,
        "gate": step.gates,
        "enabled": step.enabled,
        "nullUnless": step.unless,
        "needs": step.needs,
        "notes": step.notes,
        "parameters": [names[slot] for slot in step.slots if slot in names],
        "fields": [_step(below, reading) for below in step.steps],
    }
    return {key: value for key, value in found.items() if value not in (None, [])}


def _opened(one: Opened) -> dict[str, object]:
    return {
        "name": one.name,
        "alias": one.alias,
        "class": one.kind,
        "wall": one.wall.value,
        "read": list(one.rules),
        "settled": one.settled,
        "dropped": list(one.dropped),
    }
