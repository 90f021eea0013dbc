"""The host: loaded programs become one schema; one that cannot be built is named, left out, and harms no
other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import EntryPoint

from ..access.permissions import Catalogue, Permission, Role
from ..errors import ConfigurationError, DeclarationError
from ..graph.checks import check_part
from ..graph.checks.following import event_faults
from ..graph.checks.permissions import permission_faults
from ..graph.schema import Part, Schema
from ..store.tables import Table
from .endpoint import Endpoint
from .files import FileKind
from .job import Job
from .loading import Failure, Loaded, load_programs
from .manifest import Program
from .task import Task


@dataclass(frozen=True)
class Host:
    """What is installed here and how it fits together. Two hosts in one process share nothing."""

    loaded: Loaded
    """The programs that were loaded and built: the hooks of one that was left out are never called."""
    schema: Schema
    catalogue: Catalogue
    programs: tuple[Program, ...]
    """Everything that was loaded and built, core first."""
    failures: tuple[Failure, ...]

    @property
    def optional(self) -> tuple[Program, ...]:
        """The programs that a village can switch on."""
        return tuple(program for program in self.programs if not program.core)

    @property
    def models(self) -> tuple[type[Table], ...]:
        return tuple(model for program in self.programs for model in program.models)

    @cached_property
    def files(self) -> Mapping[str, tuple[Program, FileKind]]:
        """Every kind of file by its name, and the program that declares it."""
        return {kind.name: (program, kind) for program in self.programs for kind in program.files}

    @property
    def endpoints(self) -> tuple[tuple[Program, Endpoint], ...]:
        """Every endpoint with its program, in the order in which a path is looked for."""
        return tuple((program, endpoint) for program in self.programs for endpoint in program.endpoints)

    @property
    def jobs(self) -> dict[str, tuple[Program, Job]]:
        """Every job by its name, with its program."""
        return {job.name: (program, job) for program in self.programs for job in program.jobs}

    @cached_property
    def tasks(self) -> Mapping[str, tuple[Program, Task]]:
        """Every task by its name, with its program."""
        return {task.name: (program, task) for program in self.programs for task in program.tasks}

    def program(self, name: str) -> Program | None:
        return next((p for p in self.optional if p.name == name), None)


def build_host(
    core: Sequence[object],
    *,
    entry_points: Iterable[EntryPoint] | None = None,
    extra: Sequence[object] = (),
    strict: bool = False,
    admin_role: str = "platform_admin",
) -> Host:
    """Load the programs and build the schema.

    Raises ConfigurationError, a line for each program at fault, under `strict`, or when core is broken.
    """
    loaded = load_programs(core=core, entry_points=entry_points, extra=extra)
    kept = [program for program in loaded.programs if program.core]
    failures = list(loaded.failures)
    try:
        schema, roles = _schema(kept), catalogue(kept, admin_role)
    except DeclarationError as error:
        raise ConfigurationError(str(error)) from error
    for program in loaded.programs:
        if program.core:
            continue
        try:
            _require(program, kept)
            schema, roles = _schema([*kept, program]), catalogue([*kept, program], admin_role)
        except Exception as error:  # its declarations run what its author wrote
            source = loaded.distributions[program.name]
            failures.append(Failure(program.name, source, _reason(program, error)))
        else:
            kept.append(program)
    failures.sort(key=lambda failure: (failure.name, failure.distribution))
    if strict and failures:
        raise ConfigurationError("\n".join(str(failure) for failure in failures))
    built = replace(loaded, programs=tuple(kept), failures=tuple(failures))
    return Host(built, schema, roles, built.programs, built.failures)


def _require(program: Program, kept: Sequence[Program]) -> None:
    for name in program.depends_on:
        if not any(other.name == name for other in kept):
            raise DeclarationError(f"it needs the program {name!r}, which is left out. Cure that one first.")


def _schema(programs: Sequence[Program]) -> Schema:
    """The schema of these programs; the last one is judged, since those before it have been; core's all."""
    parts = [_part(p) for p in programs]
    jobs = [job for program in programs for job in program.jobs if not job.platform]
    tasks = [task for program in programs for task in program.tasks]
    optional = [p for p in programs if not p.core]
    schema = Schema(parts, {"programs": optional, "jobs": jobs, "tasks": tasks})
    known = {permission.name for program in programs for permission in program.permissions}
    announced = {event.name for program in programs for event in program.events}
    for part in parts if programs[-1].core else parts[-1:]:
        check_part(schema, part)
        faults = [*permission_faults(schema, part, known), *event_faults(schema, part, announced)]
        faults += [fault for p in programs if p.name == part.program for fault in _unknown(p, known)]
        if faults:
            raise DeclarationError(" ".join(faults), program=part.program)
    return schema


def _part(program: Program) -> Part:
    return Part(
        program.name,
        program.types,
        program.mutations,
        program.rollups,
        door=program.door,
        prefix=program.prefix,
        core=program.core,
    )


def _unknown(program: Program, known: Set[str]) -> Iterator[str]:
    """Permissions that its endpoints, files and tasks name and nobody declares."""
    for endpoint in program.endpoints:
        for name in sorted(endpoint.permissions - known):
            cure = f"Declare Permission({name!r}, …), or correct it."
            yield f"Endpoint {endpoint.path!r} needs the unknown permission {name!r}. {cure}"
    for task in program.tasks:
        if task.needs not in known:
            cure = f"Declare Permission({task.needs!r}, …), or correct it."
            yield f"Task {task.name!r} needs the unknown permission {task.needs!r}. {cure}"
    for kind in program.files:
        for name in sorted(kind.permissions - known):
            cure = f"Declare Permission({name!r}, …), or correct it."
            yield f"File kind {kind.name!r} names the unknown permission {name!r}. {cure}"


def _reason(program: Program, error: Exception) -> str:
    """One line. The program is named in front of it already."""
    if isinstance(error, DeclarationError):
        return str(error).removeprefix(f"Declaration error in program {program.name!r}: ")
    first = (str(error).splitlines() or [""])[0]
    cure = ""
    if type(error).__name__ == "DuplicatedTypeName":
        cure = f" Begin the names of its types with {program.prefix!r} in PascalCase."
    return f"its declarations do not fit ({type(error).__name__}: {first}).{cure}"


def catalogue(programs: Iterable[Program], admin_role: str) -> Catalogue:
    """Every permission and role; the admin role is filled with all permissions."""
    permissions: list[Permission] = []
    roles: list[Role] = []
    for program in programs:
        permissions += program.permissions
        roles += program.roles
    everything = frozenset(p.name for p in permissions)
    filled = [replace(r, permissions=everything) if r.name == admin_role else r for r in roles]
    return Catalogue(permissions, filled)
