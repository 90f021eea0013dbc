"""Plain HTTP of a program, where the other side does not speak GraphQL: a calendar, a city's standard.

The host finds the village first and sets the wall; only then the program's function is asked.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import iscoroutinefunction

from ..access.rules import Rule, within
from ..errors import Language, Refusal
from .job import parameter_faults, takes

FEEDS = "/feeds/"
"""Below it a secret may stand in the path: nothing behind it reaches a log."""
GIVEN = ("request", "unit")
METHODS = ("GET", "POST")
RESERVED = frozenset(
    ("feeds", "files", "graphiql", "graphql", "livez", "metrics", "programs", "readyz", "schema.graphql")
)
"""First words of paths that are the host's."""
HEADERS = frozenset(
    ("content-disposition", "content-language", "last-modified", "link", "location", "retry-after")
)
"""What an answer may say beside what the host says."""

_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~-]|\{[a-z][a-z0-9_]*\}(?!\{))+")
_PART = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_VALUE = r"[^/\x00-\x1f\x7f]{1,200}"
_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+(?:; ?[a-z]+=[A-Za-z0-9-]+)*")
_TEXT = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, kw_only=True)
class EndpointRequest:
    """What came, its texts decoded. It was sent by anybody: believe nothing of it."""

    method: str
    """GET or POST; a HEAD is a GET."""
    parts: Mapping[str, str]
    """What stands in the braces of the path."""
    query: Mapping[str, str] = field(default_factory=dict)
    """The first value of each name behind the question mark."""
    form: Mapping[str, str] = field(default_factory=dict)
    """The first value of each field of a form that was posted (`application/x-www-form-urlencoded`)."""
    content_type: str = ""
    body: bytes = b""
    """As it was posted."""
    accept: str = ""
    language: Language = "id"
    """The better liked of Indonesian and English."""
    address: str = ""
    """Under which address the client reached us: `https://desa.example`; empty if it did not say."""


@dataclass(frozen=True, kw_only=True)
class EndpointAnswer:
    """What is answered. `headers` may be content-disposition, content-language, last-modified, link, location
    and retry-after; the host adds the others. Raises ValueError for what cannot be sent.
    """

    body: bytes | str = b""
    """A text is sent as UTF-8."""
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 200 <= self.status <= 599 or self.status in (204, 304):
            raise ValueError("The status of an answer lies from 200 to 599; the host alone says 204 and 304.")
        if not _TYPE.fullmatch(self.content_type):
            raise ValueError("The content type of an answer reads like text/calendar; charset=utf-8.")
        for name, value in self.headers.items():
            if name not in HEADERS or not _TEXT.fullmatch(value):
                raise ValueError(f"An answer may not say {name!r}, or not in these characters.")

    @property
    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


Village = Callable[[EndpointRequest], str | None]
Answering = Callable[..., Awaitable[EndpointAnswer | None]]
Refusing = Callable[[EndpointRequest, Refusal, int], EndpointAnswer]


@dataclass(frozen=True, kw_only=True, eq=False)
class Endpoint:
    """`Endpoint(path="/feeds/waste/{secret}.ics", village=village_of, answer=calendar)`."""

    path: str
    """Below `/feeds/<prefix>/`, or that of a standard, whose first word then belongs to the program."""
    answer: Answering
    """`async def answer(request, unit)`, of which it may name what it needs; None: there is no such thing."""
    village: Village | None = None
    """Says from the request alone of which village (dotted code) it is, None if of none. An endpoint without
    it is of no village, and gets no unit.
    """
    methods: tuple[str, ...] = ("GET",)
    """GET is answered in a transaction that can write nothing, POST in one that is committed."""
    needs: str | Rule | list[Rule] | tuple[Rule, ...] = ()
    """Who may ask, as with a mutation; without it everybody."""
    token_field: str = ""
    """The field of a form in which the token may stand instead of the header."""
    refused: Refusing | None = None
    """How a refusal, with its status, is told in the format that the other side reads; else as JSON. A status
    of 400 and above in that answer is told instead.
    """
    max_age: int = 0
    """For how many seconds an answer to GET may be shown without asking again."""
    seconds: float = 10
    """How long an answer may take."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of which one must admit the actor; none: everybody may ask."""
        if isinstance(self.needs, str):
            return (within(self.needs),)
        return tuple(self.needs) if isinstance(self.needs, list | tuple) else (self.needs,)

    @property
    def permissions(self) -> frozenset[str]:
        """Every permission that it names."""
        named = (getattr(rule, "permission", None) for rule in self.rules)
        return frozenset(name for name in named if isinstance(name, str))

    @property
    def secret(self) -> bool:
        """Whether a secret may stand in its path."""
        return self.path.startswith(FEEDS)

    @property
    def top(self) -> str:
        """The first word of its path, with the slash."""
        return "/" + self.path.split("/")[1]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches a path, its parts by their names."""
        pieces = _PART.split(self.path)
        made = [f"(?P<{p}>{_VALUE})" if i % 2 else re.escape(p) for i, p in enumerate(pieces)]
        return re.compile("".join(made))

    async def ask(self, **given: object) -> EndpointAnswer | None:
        """Hand the function what it named."""
        return await self.answer(**{name: value for name, value in given.items() if takes(self.answer, name)})


def endpoint_faults(endpoints: Sequence[Endpoint], prefix: str) -> Iterator[str]:
    """What is wrong with what a program declares, a sentence or two each."""
    faults = [fault for endpoint in endpoints for fault in _faults(endpoint, prefix)]
    yield from faults or _twice_faults(endpoints)


def _faults(endpoint: Endpoint, prefix: str) -> Iterator[str]:
    said = f"Endpoint {endpoint.path!r}"
    if not isinstance(endpoint.path, str) or not _is_path(endpoint.path):
        yield f"{said} must be a path of plain words and {{parts}}: '/feeds/{prefix}/{{secret}}.ics'."
        return
    names = _PART.findall(endpoint.path)
    if len(set(names)) != len(names):
        yield f"{said} names a part twice. Rename one."
    if endpoint.path.startswith(FEEDS) and not endpoint.path.startswith(f"{FEEDS}{prefix}/"):
        yield f"{said} does not begin with '{FEEDS}{prefix}/'. Rename it."
    elif not endpoint.path.startswith(FEEDS) and endpoint.top[1:] in RESERVED:
        yield f"{said}: this path belongs to the host. Begin it with '{FEEDS}{prefix}/'."
    elif "{" in endpoint.top:
        yield f"{said} begins with a part. Begin it with a word."
    yield from _manner_faults(endpoint, said)


def _manner_faults(endpoint: Endpoint, said: str) -> Iterator[str]:
    methods = endpoint.methods
    if not isinstance(methods, tuple) or not methods or not set(methods) <= set(METHODS):
        yield f'{said} answers to GET and POST: methods=("GET",).'
    if not iscoroutinefunction(endpoint.answer):
        yield f"{said} must answer by an async def: answer=… with `async def …(request, unit)`."
    else:
        given = GIVEN if endpoint.village is not None else GIVEN[:1]
        yield from parameter_faults(said, endpoint.answer, given)
    for name in ("village", "refused"):
        function = getattr(endpoint, name)
        if function is not None and (not callable(function) or iscoroutinefunction(function)):
            yield f"{said} must name a plain function: {name}=…."
    if endpoint.needs and endpoint.village is None:
        yield f"{said} needs something, and is of no village. Say of which: village=…."
    if endpoint.token_field and "POST" not in methods:
        yield f"{said} has a token_field and no form. Remove it."
    for name, least in (("seconds", 0.001), ("max_age", 0)):
        number = getattr(endpoint, name)
        if isinstance(number, bool) or not isinstance(number, int | float) or number < least:
            yield f"{said} must have a number in {name}, not below nothing."


def _twice_faults(endpoints: Sequence[Endpoint]) -> Iterator[str]:
    """Of two endpoints that answer the same, one would never be asked."""
    seen: set[tuple[str, str]] = set()
    for endpoint in endpoints:
        for method in endpoint.methods:
            key = (method, _PART.sub("{}", endpoint.path))
            if key in seen:
                yield f"Endpoint {endpoint.path!r} is declared twice for {method}. Remove one."
            seen.add(key)


def _is_path(path: str) -> bool:
    first, *segments = path.split("/")
    words = all(_SEGMENT.fullmatch(one) and one not in (".", "..") for one in segments)
    return first == "" and bool(segments) and words
