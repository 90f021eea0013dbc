"""The two formats of the standard: XML, and JSON with the same names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from xml.sax.saxutils import escape

from wantilan import EndpointAnswer, EndpointRequest, Refusal

Value: TypeAlias = "str | int | float | bool | Mapping[str, Value] | Many | None"
JSON, XML = "json", "xml"

_TYPES = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot write in any way."""
_NOT_FOUND = "jurisdiction_id, service_code or service_request_id was not found."
_STATUS = {"UNAUTHENTICATED": 403, "NOT_FOUND": 404, "FORBIDDEN": 403}
"""The standard's: 403 for what is wrong with a key, 404 for what is not there, 400 for all else."""


class Many(list[Value]):
    """A list whose elements have a name of their own in XML, and none in JSON."""

    def __init__(self, name: str, values: Sequence[Value]) -> None:
        super().__init__(values)
        self.name = name


def known(request: EndpointRequest) -> bool:
    return request.parts["format"] in _TYPES


def answer(request: EndpointRequest, root: str, value: Value, *, status: int = 200) -> EndpointAnswer:
    """In the format that the address asks for. `root` is the outermost name in XML; JSON has none."""
    wanted = request.parts["format"]
    if wanted == XML:
        body = f'<?xml version="1.0" encoding="utf-8"?>\n{element(root, value)}\n'
    else:
        body = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return EndpointAnswer(status=status, content_type=_TYPES.get(wanted, _TYPES[JSON]), body=body)


def refused(request: EndpointRequest, refusal: Refusal, status: int) -> EndpointAnswer:
    """A refusal as the standard's list of errors."""
    told = _STATUS.get(refusal.code, status if status >= 429 else 400)
    said = _NOT_FOUND if refusal.code == "NOT_FOUND" else refusal.text.in_(request.language)
    fields = getattr(refusal, "fields", ())
    texts = [f"{fault.path[-1]}: {fault.text.in_(request.language)}" for fault in fields] or [said]
    errors: list[Value] = [{"code": told, "description": text} for text in texts]
    return answer(request, "errors", Many("error", errors), status=told)


def element(name: str, value: Value) -> str:
    return f"<{name}>{_content(value)}</{name}>"


def _content(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Many):
        return "".join(element(value.name, one) for one in value)
    if isinstance(value, Mapping):
        return "".join(element(name, one) for name, one in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_NO_XML.sub("", str(value)))
