"""GeoReport v2 as it is published, written down by hand: names, order, types. Nothing of it comes from our code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from wantilan.testing import Fetched

TEXT, FLAG, NUMBER = str, bool, (int, float)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")

SERVICE: Mapping[str, Any] = {
    "service_code": TEXT, "service_name": TEXT, "description": TEXT, "metadata": FLAG, "type": TEXT,
    "keywords": TEXT, "group": TEXT,
}  # fmt: skip
REQUEST: Mapping[str, Any] = {
    "service_request_id": TEXT, "status": TEXT, "status_notes": TEXT, "service_name": TEXT,
    "service_code": TEXT, "description": TEXT, "agency_responsible": TEXT, "service_notice": TEXT,
    "requested_datetime": TEXT, "updated_datetime": TEXT, "expected_datetime": TEXT, "address": TEXT,
    "address_id": TEXT, "zipcode": TEXT, "lat": NUMBER, "long": NUMBER, "media_url": TEXT,
}  # fmt: skip
REQUIRED = {
    "service_request_id",
    "status",
    "service_name",
    "service_code",
    "requested_datetime",
    "updated_datetime",
}
"""What the standard does not let be left out."""
POSTED: Mapping[str, Any] = {"service_request_id": TEXT, "service_notice": TEXT, "account_id": TEXT}
ERROR: Mapping[str, Any] = {"code": int, "description": TEXT}
ROOTS = {
    "services": ("service", SERVICE),
    "service_requests": ("request", REQUEST),
    "errors": ("error", ERROR),
}
"""Root and element of the XML."""


def of_json(answer: Fetched, fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A list of objects with exactly these fields; each is null or of its type."""
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert isinstance(answer.json, list)
    for one in answer.json:
        assert list(one) == list(fields)
        for name, kind in fields.items():
            assert one[name] is None or isinstance(one[name], kind), (name, one[name])
            assert kind is bool or not isinstance(one[name], bool)
    return list(answer.json)


def of_xml(
    answer: Fetched, root: str, fields: Mapping[str, Any] | None = None
) -> list[dict[str, str | None]]:
    """The elements below this root, each with exactly these fields; what is empty is None."""
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.body.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    element, known = ROOTS[root]
    tree: Element = fromstring(answer.body)
    assert tree.tag == root and not tree.attrib and "xmlns" not in answer.text
    found = []
    for one in tree:
        assert one.tag == element
        assert [field.tag for field in one] == list(fields or known)
        found.append({field.tag: field.text for field in one})
    return found


def check_requests(rows: Sequence[Mapping[str, Any]]) -> None:
    """The values that the standard lists, and what may not be left out."""
    for row in rows:
        assert all(row[name] is not None for name in REQUIRED)
        assert row["status"] in ("open", "closed")
        for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
            assert row[name] is None or MOMENT.fullmatch(row[name]), row[name]


def as_in_xml(row: Mapping[str, Any]) -> dict[str, str | None]:
    """How the XML writes what the JSON says: the same names, null as nothing."""
    written = {True: "true", False: "false"}
    return {
        name: None
        if value in (None, "")
        else written.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
        for name, value in row.items()
    }
