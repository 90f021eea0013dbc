"""The addresses of GeoReport v2. One deployment serves many villages: `jurisdiction_id` is a code of one."""

from __future__ import annotations

from wantilan import (
    BadUserInput,
    Endpoint,
    EndpointAnswer,
    EndpointRequest,
    FieldFault,
    Text,
    Unit,
    WriteUnit,
    own_village,
    read_code,
    within,
)

from ..models import WasteComplaintKind
from ..permissions import COMPLAINT_HANDLE
from .asking import Search, search_of
from .formats import Many, Value, answer, known, refused
from .reporting import report
from .requests import found
from .services import kind_of, service

BASE = "/open311/v2"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-30T00:00:00Z"
"""When the list of services last changed: clients that keep it compare."""
KEEP = 60
"""For how many seconds a list may be shown without asking again."""

_CONTACT = Text(
    "Kantor desa, dengan jurisdiction_id kode desa (misalnya 51.02.06.2001).",
    "The village's office; jurisdiction_id is the village's code (51.02.06.2001, for example).",
)
_KEY = Text(
    "POST perlu api_key: token milik warga atau petugas desa itu, dari kantor desa. GET terbuka.",
    "POST needs an api_key: a token of a resident or officer of that village, from its office. GET is open.",
)
_NOTICE = Text(
    "Dengan service_request_id ini siapa pun dapat melihat status; daftar memuatnya setelah kantor desa "
    "menerbitkannya.",
    "Whoever has this service_request_id can see its state; lists show it once the office has published it.",
)
_JURISDICTION = Text("jurisdiction_id wajib: kode desa.", "It is needed: the village's code.")


def jurisdiction(request: EndpointRequest) -> str | None:
    """Of a list or a form. Raises BadUserInput when it is not named."""
    code = (request.form.get("jurisdiction_id") or request.query.get("jurisdiction_id", "")).strip()
    if not known(request):
        return None
    if not code:
        raise BadUserInput(fields=[FieldFault(("jurisdiction_id",), "NEEDED", _JURISDICTION)])
    return code


def of_request(request: EndpointRequest) -> str | None:
    """A request's code says its village; a jurisdiction beside it must be the same."""
    read = read_code(request.parts["id"])
    named = request.query.get("jurisdiction_id", "").strip()
    if read is None or not known(request) or named not in ("", read[0]):
        return None
    return read[0]


async def discovery(request: EndpointRequest) -> EndpointAnswer | None:
    if not known(request):
        return None
    endpoint: Value = {
        "specification": SPECIFICATION,
        "url": request.address + BASE,
        "changeset": CHANGED,
        "type": "production",
        "formats": Many("format", ["text/xml", "application/json"]),
    }
    value: Value = {
        "changeset": CHANGED,
        "contact": _CONTACT.in_(request.language),
        "key_service": _KEY.in_(request.language),
        "endpoints": Many("endpoint", [endpoint]),
    }
    return answer(request, "discovery", value)


async def services(request: EndpointRequest) -> EndpointAnswer:
    every: list[Value] = [service(kind, request.language) for kind in WasteComplaintKind]
    return answer(request, "services", Many("service", every))


async def definition(request: EndpointRequest) -> EndpointAnswer | None:
    """No service asks for more than the standard itself."""
    kind = kind_of(request.parts["code"])
    if kind is None:
        return None
    value: Value = {"service_code": kind.name, "attributes": Many("attribute", [])}
    return answer(request, "service_definition", value)


async def requests(request: EndpointRequest, unit: Unit) -> EndpointAnswer:
    search = search_of(request.query, unit.village.code, unit.now)
    rows = await found(unit, search, request.language)
    return answer(request, "service_requests", Many("request", rows))


async def one_request(request: EndpointRequest, unit: Unit) -> EndpointAnswer | None:
    """As a list of one."""
    read = read_code(request.parts["id"])
    codes = frozenset({read[1]} if read is not None else ())
    rows = await found(unit, Search(unit.now, unit.now, codes=codes), request.language)
    return answer(request, "service_requests", Many("request", rows)) if rows else None


async def new_request(request: EndpointRequest, unit: WriteUnit) -> EndpointAnswer:
    complaint = await report(unit, request.form, request.language)
    made: Value = {
        "service_request_id": complaint.tracking_code,
        "service_notice": _NOTICE.in_(request.language),
        "account_id": None,
    }
    return answer(request, "service_requests", Many("request", [made]), status=201)


ENDPOINTS = (
    Endpoint(path=f"{BASE}/discovery.{{format}}", answer=discovery, max_age=KEEP),
    Endpoint(
        path=f"{BASE}/services.{{format}}",
        village=jurisdiction,
        answer=services,
        refused=refused,
        max_age=KEEP,
    ),
    Endpoint(
        path=f"{BASE}/services/{{code}}.{{format}}",
        village=jurisdiction,
        answer=definition,
        refused=refused,
        max_age=KEEP,
    ),
    Endpoint(path=f"{BASE}/requests.{{format}}", village=jurisdiction, answer=requests, refused=refused),
    Endpoint(
        path=f"{BASE}/requests.{{format}}",
        methods=("POST",),
        village=jurisdiction,
        answer=new_request,
        needs=[within(COMPLAINT_HANDLE), own_village()],
        token_field="api_key",
        refused=refused,
    ),
    Endpoint(
        path=f"{BASE}/requests/{{id}}.{{format}}", village=of_request, answer=one_request, refused=refused
    ),
)
