"""What may be asked of `requests`, judged: codes, states, a span of days, a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from wantilan import BadUserInput, FieldFault, Text, read_code

from ..models import WasteComplaintKind, WasteComplaintState
from ..rules.complaints import UNDER_WAY
from .services import kind_of

SPAN = timedelta(days=90)
MOST = 1_000
PAGE = 50
"""How many a page has, when a page is asked for and no size; without a page it is all that there may be."""
LAST_PAGE = 100_000
STATES: Mapping[str, frozenset[WasteComplaintState]] = {
    "open": UNDER_WAY,
    "closed": frozenset(WasteComplaintState) - UNDER_WAY,
}

_MOMENT = Text("Tanggal dan jam ISO 8601 dengan zona.", "A date and time of ISO 8601 with its zone.")
_SPAN = Text("Rentang paling lama 90 hari.", "It may span 90 days at most.")
_ORDER = Text("Sebelum start_date.", "It lies before start_date.")
_STATUS = Text("open atau closed.", "It is open or closed.")


@dataclass(frozen=True)
class Search:
    """`codes` (tracking codes) override everything else, as the standard has it. None: not asked for."""

    first: datetime
    last: datetime
    codes: frozenset[str] | None = None
    kinds: frozenset[WasteComplaintKind] | None = None
    states: frozenset[WasteComplaintState] | None = None
    page: int = 1
    size: int = MOST


def search_of(query: Mapping[str, str], village: str, now: datetime) -> Search:
    """An argument that is empty was not given. Raises BadUserInput with all faults."""
    given = {name: value.strip() for name, value in query.items() if value.strip()}
    faults: list[FieldFault] = []
    if "service_request_id" in given:
        read = (read_code(text) for text in _listed(given["service_request_id"]))
        codes = frozenset(found[1] for found in read if found is not None and found[0] == village)
        return Search(now, now, codes=codes)
    first, last = _span(given, now, faults)
    kinds = states = None
    if "service_code" in given:
        kinds = frozenset(kind for code in _listed(given["service_code"]) if (kind := kind_of(code)))
    if "status" in given:
        named = _listed(given["status"])
        if not set(named) <= STATES.keys():
            faults.append(FieldFault(("status",), "UNKNOWN", _STATUS))
        states = frozenset(state for name in named for state in STATES.get(name, ()))
    page = _number(given, "page", 1, LAST_PAGE, faults)
    size = _number(given, "page_size", PAGE if "page" in given else MOST, MOST, faults)
    if faults:
        raise BadUserInput(fields=faults)
    return Search(first, last, kinds=kinds, states=states, page=page, size=size)


def _span(given: Mapping[str, str], now: datetime, faults: list[FieldFault]) -> tuple[datetime, datetime]:
    """The last 90 days; with one end of the span, 90 days to or from there."""
    first, last = (_moment(given, name, faults) for name in ("start_date", "end_date"))
    if first is not None and last is not None:
        if last < first:
            faults.append(FieldFault(("end_date",), "BEFORE_START", _ORDER))
        elif last - first > SPAN:
            faults.append(FieldFault(("end_date",), "TOO_LONG", _SPAN))
        return first, last
    if first is not None:
        return first, first + SPAN
    last = last or now
    return last - SPAN, last


def _moment(given: Mapping[str, str], name: str, faults: list[FieldFault]) -> datetime | None:
    if name not in given:
        return None
    try:
        # A plus that was not written as %2B has become a space.
        moment = datetime.fromisoformat(given[name].replace(" ", "+"))
        if moment.tzinfo is not None and 1900 < moment.year < 9000:
            return moment
    except ValueError:
        pass
    faults.append(FieldFault((name,), "NOT_A_MOMENT", _MOMENT))
    return None


def _number(given: Mapping[str, str], name: str, default: int, most: int, faults: list[FieldFault]) -> int:
    text = given.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most:
        return int(text)
    said = Text(f"Bilangan 1 sampai {most}.", f"A number from 1 to {most}.")
    faults.append(FieldFault((name,), "OUT_OF_RANGE", said))
    return default


def _listed(text: str) -> list[str]:
    """Up to a thousand values between commas."""
    return [part for one in text.split(",")[:MOST] if (part := one.strip())]
