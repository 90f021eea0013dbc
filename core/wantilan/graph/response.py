"""From the database's JSON text to the response: markers become nulls with errors, computed fields are filled
in.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError, get_named_type, is_leaf_type

from ..errors import (
    BadUserInput,
    FieldFault,
    Forbidden,
    InternalError,
    Language,
    ProgramNotEnabled,
    Refusal,
    Refusals,
    Text,
    WantilanError,
)
from .plan import ComputedAt, Marker, Path, Plan, Why
from .selection import Request

log = logging.getLogger("wantilan")


@dataclass
class Patched:
    """Data with the nulls set, the errors that explain them, and doors that were closed below a list."""

    data: Any
    errors: list[Refusal] = field(default_factory=list)
    not_enabled: dict[str, set[str]] = field(default_factory=dict)


def is_final(plan: Plan, text: str) -> bool:
    """Whether the text can go out untouched: no stored text can forge a marker, since quotes in it are
    escaped.
    """
    return not plan.computed and '{"$' not in text


def patch(plan: Plan, data: Any, request: Request, prefix: Sequence[str | int] = ()) -> Patched:
    """Resolve markers and computed fields in place."""
    patched = Patched(data)
    for index, marker in enumerate(plan.markers):
        _explain(patched, f"${index}", marker, prefix)
    for computed in plan.computed:
        slots = [slot for slot in _slots(patched.data, computed.path) if isinstance(slot[0][slot[1]], dict)]
        if not slots:
            continue
        values = computed.function([_read(computed, owner[key]) for owner, key, _ in slots])
        for (owner, key, _), value in zip(slots, values, strict=True):
            owner[key] = serialized(computed.type, value)
    return patched


def _read(computed: ComputedAt, row: dict[str, Any]) -> dict[str, Any]:
    """The columns that a computed field needs, as the Python values that they have."""
    return {
        key: computed.readers[key](value) if key in computed.readers and value is not None else value
        for key, value in row.items()
    }


def _explain(patched: Patched, name: str, marker: Marker, prefix: Sequence[str | int]) -> None:
    villages: dict[str, None] = {}
    first: Path | None = None
    for owner, key, at in list(_slots(patched.data, marker.path)):
        value = owner[key]
        if not (isinstance(value, dict) and name in value):
            continue
        owner[key] = None
        villages[value[name]] = None
        first = at if first is None else first
    if first is None:
        return
    path = [*prefix, *first]
    match marker.why:
        case Why.CLOSED if 0 in marker.path:
            patched.not_enabled.setdefault(marker.subject, set()).update(villages)
        case Why.CLOSED:
            patched.errors.append(ProgramNotEnabled(marker.subject, list(villages), path=path))
        case Why.FORBIDDEN:
            patched.errors.append(Forbidden(marker.subject, path=path))
        case Why.CURSOR:
            text = Text("Kursor ini bukan dari daftar ini.", "This cursor is not one of this list.")
            patched.errors.append(BadUserInput(text, path=path))
            patched.data = None
        case Why.EARLY if 0 not in marker.path:
            text = Text(
                "Pada hari itu belum ada penduduk yang terdaftar di sini.",
                "On that day nobody was registered here yet.",
            )
            fault = FieldFault((*path, marker.subject), "BEFORE_THE_REGISTER", text)
            patched.errors.append(BadUserInput(fields=[fault], path=path))
        case Why.EARLY:
            pass  # one village of many: its null says it, and an error would cost clients the whole list
        case Why.NULL:
            log.error("a column that must not be null is null below %s", [p for p in marker.path if p != 0])
            error = InternalError()
            error.path = path
            patched.errors.append(error)
            patched.data = None


def _slots(data: Any, path: Path, at: Path = ()) -> Iterator[tuple[Any, Any, Path]]:
    """Every place that a plan's path leads to: (owner, key, response path)."""
    if data is None or not path:
        return
    key, rest = path[0], path[1:]
    if key == 0:
        for i, item in enumerate(data if isinstance(data, list) else ()):
            if rest:
                yield from _slots(item, rest, (*at, i))
            else:
                yield data, i, (*at, i)
    elif isinstance(data, dict) and key in data:
        if rest:
            yield from _slots(data[key], rest, (*at, key))
        else:
            yield data, key, (*at, key)


def serialized(type_: Any, value: Any) -> Any:
    """A computed value as its scalar shows it."""
    if value is None:
        return None
    if isinstance(value, list):
        return [serialized(type_, item) for item in value]
    leaf = get_named_type(type_)
    return leaf.serialize(value) if is_leaf_type(leaf) else value


# Errors


def formatted(error: Refusal, language: Language, request_id: str) -> dict[str, Any]:
    """One error of the response."""
    detail = error.detail(language)
    made: dict[str, Any] = {"message": error.text.in_(language)}
    if "locations" in detail:
        made["locations"] = detail["locations"]
    if error.path is not None:
        made["path"] = error.path
    rest = {key: value for key, value in detail.items() if key != "locations"}
    made["extensions"] = {"code": error.code, **rest, "requestId": request_id}
    return made


def refusals(error: BaseException, request_id: str) -> list[Refusal]:
    """What a client may know of an exception. Unknown ones are masked, and logged without values."""
    if isinstance(error, Refusals):
        return list(error.refusals)
    if isinstance(error, Refusal):
        return [error]
    if isinstance(error, GraphQLError):
        path = list(error.path) if error.path else None
        original = error.original_error
        if original is None:
            made: list[Refusal] = [InternalError()]
            log.error("request %s: graphql error at %s", request_id, path)
        else:
            made = refusals(original, request_id)
        for one in made:
            one.path = one.path or path
        return made
    where = _last_frame(error)
    said = f": {error}" if isinstance(error, WantilanError) else ""  # of others nobody knows what it holds
    log.error("request %s: %s in %s%s", request_id, type(error).__name__, where, said)
    return [InternalError()]


def _last_frame(error: BaseException) -> str:
    trace, where = error.__traceback__, "?"
    while trace is not None:
        where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where


def not_enabled(patched: Sequence[Patched]) -> list[dict[str, Any]]:
    """What `extensions.notEnabled` says: doors that were closed below a list."""
    found: dict[str, set[str]] = {}
    for one in patched:
        for program, villages in one.not_enabled.items():
            found.setdefault(program, set()).update(villages)
    return [{"program": program, "villages": sorted(villages)} for program, villages in sorted(found.items())]


def encode(
    data: Any, errors: Iterable[dict[str, Any]], extensions: dict[str, Any], *, has_data: bool = True
) -> bytes:
    """A whole response from Python values."""
    body: dict[str, Any] = {"data": data} if has_data else {}
    if found := list(errors):
        body = {"errors": found, **body}
    if extensions:
        body["extensions"] = extensions
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


STATUS = {
    "UNAUTHENTICATED": 401, "FORBIDDEN": 403, "RATE_LIMITED": 429, "UNAVAILABLE": 503,
    "INTERNAL_SERVER_ERROR": 500,
}  # fmt: skip


def status_of(errors: Sequence[Refusal]) -> int:
    """The honest status of an operation that was refused before it ran."""
    return STATUS.get(errors[0].code, 400) if errors else 200
