"""The host: loaded programs become one schema; one that cannot be built is named, left out, and harms no
other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint

from ..access.permissions import Catalogue, Permission, Role
from ..errors import ConfigurationError, DeclarationError
from ..graph.checks import check_part
from ..graph.schema import Part, Schema
from ..store.tables import Table
from .loading import Failure, Loaded, load_programs
from .manifest import Program


@dataclass(frozen=True)
class Host:
    """What is installed here and how it fits together. Two hosts in one process share nothing."""

    loaded: Loaded
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
    """Load the programs and build the schema. Raises ConfigurationError under `strict`, or when core is
    broken.
    """
    loaded = load_programs(core=core, entry_points=entry_points, extra=extra, strict=strict)
    kept: list[Program] = [program for program in loaded.programs if program.core]
    schema = _schema(kept)
    failures = list(loaded.failures)
    for program in loaded.programs:
        if program.core:
            continue
        missing = [name for name in program.depends_on if name not in {p.name for p in kept}]
        try:
            if missing:
                raise DeclarationError(f"it needs {missing[0]!r}, which was left out.", program=program.name)
            schema = _schema([*kept, program])
        except Exception as error:
            failures.append(Failure(program.name, program.name, _reason(program, error)))
            continue
        kept.append(program)
    if strict and len(failures) > len(loaded.failures):
        raise ConfigurationError("\n".join(str(failure) for failure in failures))
    return Host(loaded, schema, catalogue(kept, admin_role), tuple(kept), tuple(failures))


def _schema(programs: Sequence[Program]) -> Schema:
    parts = [Part(p.name, p.types, p.mutations, door=p.door, prefix=p.prefix, core=p.core) for p in programs]
    schema = Schema(parts, {"programs": [p for p in programs if not p.core]})
    check_part(schema, parts[-1])
    return schema


def _reason(program: Program, error: Exception) -> str:
    if isinstance(error, DeclarationError):
        return str(error)
    first = (str(error).splitlines() or [""])[0]
    return f"its declarations do not fit ({type(error).__name__}: {first})"


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
