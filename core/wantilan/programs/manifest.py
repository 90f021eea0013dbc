"""What a program is: the one object that a plugin declares, and the rules that its declaration keeps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import click
from pydantic import BaseModel

from ..access.permissions import Permission, Role
from ..errors import DeclarationError, Text
from ..graph.naming import camel_case
from ..store.rollups import Rollup
from ..store.tables import Table, sql_table
from ..store.village_settings import VillageSettings
from ..store.write import Unit, VillageFacts
from .endpoint import Endpoint, endpoint_faults
from .files import FileKind, kind_faults
from .job import Job, job_faults
from .messages import MessageTemplate, template_faults
from .task import Task, task_faults

API_VERSION = "0.1"
"""The version of the plugin API: what `wantilan` exports, and the hooks."""

ASGIMessage: TypeAlias = MutableMapping[str, object]
ASGIApplication: TypeAlias = Callable[
    [ASGIMessage, Callable[[], Awaitable[ASGIMessage]], Callable[[ASGIMessage], Awaitable[None]]],
    Awaitable[None],
]
Demo: TypeAlias = Callable[[VillageFacts, Unit], Awaitable[None]]

SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*")
CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
CLAUSE = re.compile(r"(>=|<|==|~=) *([0-9]+(?:\.[0-9]+)*)")


@dataclass(frozen=True)
class Event:
    """Something that a program announces: `Event("waste.intake_recorded", Text(…, …))`."""

    name: str
    description: Text


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """One program. A plugin returns it from its declaring hook `wantilan_program`."""

    name: str
    """Entry point, `enableProgram`, commands, settings and version table; snake_case."""
    title: Text
    """What people call it."""
    summary: Text
    """What it does for a village, in one sentence."""
    version: str
    """The program's own version, as the catalogue shows it."""
    api: str
    """The versions of the plugin API that it was made for: `>=0.1,<0.2`."""
    door: str = ""
    """Its field on core objects; by default the name in camelCase."""
    prefix: str = ""
    """How its tables, permissions, jobs, types, mutations and root fields begin; by default the name."""
    depends_on: tuple[str, ...] = ()
    """Names of the programs without which it can be neither loaded nor enabled."""
    settings: type[BaseModel] | None = None
    """The settings of one village."""
    models: tuple[type[Table], ...] = ()
    """Its tables; those of its rollups are added."""
    rollups: tuple[Rollup, ...] = ()
    """Totals of its tables: `rollup("waste_intake_total", Intake, …)`."""
    types: tuple[type, ...] = ()
    """Its entities, summaries, doors and roots."""
    mutations: tuple[Callable[..., object], ...] = ()
    """Its changes; the Python names begin with the prefix: `waste_record_intake`."""
    permissions: tuple[Permission, ...] = ()
    """What can be permitted in it: `waste.intake.record`."""
    roles: tuple[Role, ...] = ()
    """Its own roles, and roles of core named again to add its own permissions to them."""
    migrations: str | None = None
    """The package of its migrations: `wantilan_waste.migrations`."""
    commands: tuple[click.Command, ...] = ()
    """Commands below `wantilan <name>`."""
    routes: Mapping[str, ASGIApplication] = field(default_factory=dict)
    """ASGI applications by path; a path begins with `/` and is relative to the program's own place."""
    endpoints: tuple[Endpoint, ...] = ()
    """What it answers over plain HTTP, from the data of one village."""
    events: tuple[Event, ...] = ()
    """What it announces."""
    messages: tuple[MessageTemplate, ...] = ()
    """What it tells residents."""
    files: tuple[FileKind, ...] = ()
    """The kinds of files that its villages may keep."""
    jobs: tuple[Job, ...] = ()
    """What it does by the clock, in each village that enabled it."""
    tasks: tuple[Task, ...] = ()
    """What it does once, when somebody asks for it."""
    demo: Demo | None = None
    """Writes what `make demo` shows of it in one village. Called again on later days: it adds what is
    missing.
    """
    core: bool = False
    """Built in: no door, no prefix, always enabled."""

    def __post_init__(self) -> None:
        kept = (rollup.model for rollup in self.rollups if isinstance(rollup, Rollup))
        object.__setattr__(self, "models", (*self.models, *(m for m in kept if m not in self.models)))
        if not self.core:
            object.__setattr__(self, "door", self.door or camel_case(self.name))
            object.__setattr__(self, "prefix", self.prefix or self.name)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its tables."""
        return tuple(sql_table(model).name for model in self.models)


def allows(versions: str, version: str = API_VERSION) -> bool:
    """Whether a version lies in a range: `>=`, `<`, `==`, `~=` over dotted numbers, joined by commas.

    Raises ValueError for what is not such a range.
    """
    return all(_clause_allows(clause.strip(" "), version) for clause in versions.split(","))


def _clause_allows(clause: str, version: str) -> bool:
    match = CLAUSE.fullmatch(clause)
    if match is None:
        raise ValueError("not a version range")
    operator, bound = match[1], _numbers(match[2])
    width = max(len(bound), version.count(".") + 1)
    have, want = _padded(_numbers(version), width), _padded(bound, width)
    if operator == ">=":
        return have >= want
    if operator == "<":
        return have < want
    if operator == "==":
        return have == want
    if len(bound) < 2:
        raise ValueError("~= needs two numbers")
    return have >= want and have[: len(bound) - 1] == bound[:-1]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _padded(version: tuple[int, ...], width: int) -> tuple[int, ...]:
    return version + (0,) * (width - len(version))


def check_program(program: Program) -> None:
    """Raise DeclarationError with every fault of a declaration: what, where, and the cure."""
    faults = program_faults(program)
    if faults:
        raise DeclarationError(" ".join(faults), program=program.name)


def program_faults(program: Program) -> list[str]:
    """Every fault of a declaration, a sentence or two each. Wrong kinds of value come before wrong names."""
    return list(_kind_faults(program)) or [*_identity_faults(program), *_content_faults(program)]


def _kind_faults(p: Program) -> Iterator[str]:
    for name in ("name", "door", "prefix", "version", "api"):
        if not isinstance(getattr(p, name), str):
            yield f"Program.{name} must be a str."
    for name in ("title", "summary"):
        text = getattr(p, name)
        if not isinstance(text, Text) or not all(isinstance(part, str) and part.strip() for part in text):
            yield f'Program.{name} must be given in both languages: {name}=Text("…", "…").'
    for name, kind in _TUPLES.items():
        value = getattr(p, name)
        if not isinstance(value, tuple) or not all(isinstance(item, kind) for item in value):
            yield f"Program.{name} must be a tuple of {kind.__name__}: write {name}=(…,)."
    if not isinstance(p.mutations, tuple) or not all(_python_name(mutation) for mutation in p.mutations):
        yield "Program.mutations must be a tuple of functions: write mutations=(…,)."
    if isinstance(p.models, tuple):
        for model in p.models:
            if not isinstance(model, type) or not issubclass(model, Table) or not hasattr(model, "__table__"):
                called = getattr(model, "__name__", type(model).__name__)
                yield f"Model {called} is no table. Derive it from VillageTable or PublishedTable."
    if isinstance(p.roles, tuple):
        for role in p.roles:
            if isinstance(role, Role) and not isinstance(role.permissions, frozenset):
                yield f"Role {role.name!r} must hold a frozenset: permissions=frozenset({{…}})."
    if p.settings is not None and not (isinstance(p.settings, type) and issubclass(p.settings, BaseModel)):
        yield "Program.settings must be a pydantic model: class Settings(VillageSettings, program=…)."
    if p.migrations is not None and not (isinstance(p.migrations, str) and MODULE.fullmatch(p.migrations)):
        yield 'Program.migrations must name a package: "wantilan_waste.migrations".'
    if not isinstance(p.routes, Mapping) or not all(
        isinstance(path, str) and path[:1] == "/" for path in p.routes
    ):
        yield 'Program.routes must map paths that begin with "/" to ASGI applications.'
    if p.demo is not None and not callable(p.demo):
        yield "Program.demo must be a function: async def demo(village, unit)."


_TUPLES: Mapping[str, type] = {
    "depends_on": str,
    "models": type,
    "rollups": Rollup,
    "types": type,
    "permissions": Permission,
    "roles": Role,
    "endpoints": Endpoint,
    "events": Event,
    "files": FileKind,
    "messages": MessageTemplate,
    "jobs": Job,
    "tasks": Task,
    "commands": click.Command,
}


def _identity_faults(p: Program) -> Iterator[str]:
    if not SNAKE.fullmatch(p.name):
        yield "Program.name must be snake_case: small letters, digits and single underscores."
    if p.core and (p.door or p.prefix):
        yield "A built-in program has neither door nor prefix. Remove them, or core=True."
    if not p.core and not CAMEL.fullmatch(p.door):
        yield f"Program.door {p.door!r} must be camelCase: letters and digits, a small letter first."
    if not p.core and not SNAKE.fullmatch(p.prefix):
        yield f"Program.prefix {p.prefix!r} must be snake_case: small letters, digits and single underscores."
    if not p.version.strip():
        yield 'Program.version is empty. Give the version of the distribution: version="0.1.0".'
    try:
        allows(p.api)
    except ValueError:
        yield f"Program.api {p.api!r} is no version range of >=, <, == and ~=. Write api='>=0.1,<0.2'."
    if p.name in p.depends_on:
        yield "Program.depends_on names the program itself. Remove it."


def _content_faults(p: Program) -> Iterator[str]:
    if p.settings is not None and issubclass(p.settings, VillageSettings):
        yield from _settings_faults(p, p.settings)
    yield from _name_faults(p, "Permission", [permission.name for permission in p.permissions], ".")
    yield from _name_faults(p, "Event", [event.name for event in p.events], "._")
    yield from _name_faults(p, "File kind", [kind.name for kind in p.files], ".")
    for kind in p.files:
        yield from kind_faults(kind)
    yield from _name_faults(p, "Message template", [template.name for template in p.messages], ".")
    for template in p.messages:
        yield from template_faults(template)
    yield from _name_faults(p, "Mutation", [_python_name(mutation) for mutation in p.mutations], "_")
    yield from endpoint_faults(p.endpoints, p.prefix)
    for job in p.jobs:
        yield from job_faults(job, core=p.core)
    yield from _name_faults(p, "Job", [str(job.name) for job in p.jobs], ".")
    for task in p.tasks:
        yield from task_faults(task)
    yield from _name_faults(p, "Task", [str(task.name) for task in p.tasks], ".")
    for model, table in zip(p.models, p.tables, strict=True):
        yield from _name_faults(p, f"{model.__name__}.__tablename__", [table], "_")
    yield from _role_faults(p)


def _settings_faults(p: Program, model: type[VillageSettings]) -> Iterator[str]:
    if getattr(model, "program", "") != p.name:
        yield f"{model.__name__} is not of this program. Write class {model.__name__}(…, program={p.name!r})."
    for name, one in model.model_fields.items():
        if one.is_required():
            yield f"{model.__name__}.{name} has no default, and a village need not set it. Give it one."
    for name in sorted(model.own - model.model_fields.keys()):
        yield f"{model.__name__} has no field {name!r}, which own= names. Correct it."


def _name_faults(p: Program, kind: str, names: Sequence[str], joints: str) -> Iterator[str]:
    yield from _twice(kind, names)
    for name in names:
        if not p.core and not begins_with(p.prefix, name, joints):
            begin = " or ".join(repr(p.prefix + joint) for joint in joints)
            yield f"{kind} {name!r} does not begin with {begin}. Rename it."


def _role_faults(p: Program) -> Iterator[str]:
    yield from _twice("Role", [role.name for role in p.roles])
    if p.core:
        return
    declared = {permission.name for permission in p.permissions}
    for role in p.roles:
        own = {name for name in role.permissions if begins_with(p.prefix, name, ".")}
        if not begins_with(p.prefix, role.name, "._") and own != role.permissions:
            yield f"Role {role.name!r} is not of this program. Give it permissions of this program only."
        for name in sorted(own - declared):
            yield f"Role {role.name!r} holds the unknown permission {name!r}. Declare it, or correct it."


def _twice(kind: str, names: Sequence[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{kind} {name!r} is declared twice. Remove one, or rename it."


def begins_with(prefix: str, name: str, joints: str) -> bool:
    """Whether a name is the prefix, one of the joints and something more."""
    return any(name.startswith(prefix + joint) and len(name) > len(prefix) + 1 for joint in joints)


def _python_name(function: object) -> str:
    return str(getattr(function, "__name__", None) or getattr(function, "python_name", None) or "")
