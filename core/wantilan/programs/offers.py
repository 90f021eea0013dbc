"""An offer: a plugin that was found, imported, and asked which program it declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint
from typing import TypeVar

import pluggy

from . import hookspecs
from .implementations import Hook, implemented_by, misfits, specified_by
from .manifest import Program

DECLARING = hookspecs.wantilan_program.__name__
LONGEST_MESSAGE = 200

T = TypeVar("T")


class LeftOut(Exception):
    """A program cannot be loaded; the message is the reason, and the cure where there is one."""


@dataclass(frozen=True)
class Found:
    """Something that says it is a program, not imported yet."""

    name: str
    distribution: str
    load: Callable[[], object]
    builtin: bool = False
    announced: bool = True
    """Whether the name is that of an entry point, and the declared one must be the same."""


@dataclass(frozen=True, eq=False)
class Offer:
    """An imported plugin, the program that it declared, and the hooks that it implements and specifies."""

    name: str
    distribution: str
    builtin: bool
    plugin: object
    program: Program
    implemented: Mapping[str, Sequence[pluggy.HookImpl]]
    specified: Mapping[str, Hook]


def given(plugin: object, *, builtin: bool = False) -> Found:
    """A plugin that is at hand already: built in, or a test's."""
    name = str(getattr(plugin, "__name__", type(plugin).__name__))
    return Found(name, name.partition(".")[0], lambda: plugin, builtin, announced=False)


def announced(point: EntryPoint) -> Found:
    """A plugin that an installed distribution announces."""
    package = point.value.partition(":")[0].partition(".")[0]
    return Found(point.name, point.dist.name if point.dist else package, point.load)


def declare(found: Found) -> Offer:
    """Import a plugin and call its declaring hook. Raises LeftOut."""
    plugin = attempt(found.load, "its import")
    implemented = attempt(partial(implemented_by, plugin), "reading its hooks")
    specified = attempt(partial(specified_by, plugin), "reading its hooks")
    functions = implemented.get(DECLARING, [])
    if not functions:
        raise LeftOut(_no_declaration(plugin))
    for fault in misfits({DECLARING: functions}, known={DECLARING: hookspecs.wantilan_program}, optional={}):
        raise LeftOut(fault)
    program = attempt(functions[0].function, f"its hook {DECLARING}")
    if not isinstance(program, Program):
        raise LeftOut(f"its hook {DECLARING} returned {type(program).__name__}. Return a wantilan Program.")
    name = found.name if found.announced else str(program.name)
    return Offer(name, found.distribution, found.builtin, plugin, program, implemented, specified)


def _no_declaration(plugin: object) -> str:
    if callable(getattr(plugin, DECLARING, None)):
        return f"its function {DECLARING} is no hook. Put wantilan's @hookimpl above it."
    return f"it has no hook {DECLARING}. Write one with @hookimpl that returns its Program."


def attempt(step: Callable[[], T], what: str) -> T:
    """Run what belongs to a plugin. Raises LeftOut with one line, whatever it raised."""
    try:
        return step()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin may even call sys.exit() while it is imported
        raise LeftOut(f"{what} raised {_in_one_line(error)}") from error


def _in_one_line(error: BaseException) -> str:
    try:
        lines = str(error).splitlines()
    except Exception:
        lines = []
    message = lines[0][:LONGEST_MESSAGE] if lines else ""
    return f"{type(error).__name__}: {message}" if message else f"{type(error).__name__}."
