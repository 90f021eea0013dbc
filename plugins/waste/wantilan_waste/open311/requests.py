"""The published complaints as service requests, one statement for each answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from wantilan import Unit

from ..models import PublicComplaint
from ..rules.complaints import UNDER_WAY
from .asking import Search
from .formats import Value
from .services import Language, service_name


async def found(unit: Unit, search: Search, language: Language) -> list[Value]:
    """The newest first."""
    rows = await unit.session.scalars(
        sa.select(PublicComplaint)
        .where(PublicComplaint.village_id == unit.village.id, *_conditions(search))
        .order_by(PublicComplaint.opened_at.desc(), PublicComplaint.id.desc())
        .limit(search.size)
        .offset((search.page - 1) * search.size)
    )
    return [shown(row, unit.village.name, language) for row in rows]


def _conditions(search: Search) -> list[sa.ColumnElement[bool]]:
    if search.codes is not None:
        return [PublicComplaint.tracking_code.in_(sorted(search.codes))]
    conditions: list[sa.ColumnElement[bool]] = [PublicComplaint.opened_at.between(search.first, search.last)]
    if search.kinds is not None:
        conditions.append(PublicComplaint.kind.in_(sorted(search.kinds, key=lambda kind: kind.name)))
    if search.states is not None:
        conditions.append(PublicComplaint.state.in_(sorted(search.states, key=lambda state: state.name)))
    return conditions


def shown(row: PublicComplaint, village: str, language: Language) -> Mapping[str, Value]:
    """All fields of the standard. What we do not keep, or do not show to everybody, is null."""
    return {
        "service_request_id": row.tracking_code,
        "status": "open" if row.state in UNDER_WAY else "closed",
        "status_notes": row.note,
        "service_name": service_name(row.kind, language),
        "service_code": row.kind.name,
        "description": row.text,
        "agency_responsible": f"Desa {village}",
        "service_notice": None,
        "requested_datetime": moment(row.opened_at),
        "updated_datetime": moment(row.ended_at or row.updated_at),
        "expected_datetime": moment(row.due_at),
        "address": village,
        "address_id": None,
        "zipcode": None,
        "lat": row.latitude,
        "long": row.longitude,
        "media_url": None,
    }


def moment(at: datetime) -> str:
    """As the standard writes it: to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
