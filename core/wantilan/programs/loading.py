"""Loading programs: who is in, in which order, and why somebody was left out.

Entry points are loaded here and not by pluggy, whose first failure aborts the rest and which skips a second
distribution of the same name in silence. A program with a fault is named in one line and left out; the others
never notice. Nothing is kept outside the returned value: two applications in one process share nothing.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from itertools import groupby
from types import ModuleType
from typing import ParamSpec, TypeVar

import pluggy

from ..errors import ConfigurationError
from . import hookspecs, judging
from .implementations import calling
from .manifest import Program
from .offers import Found, LeftOut, Offer, announced, declare, given

GROUP = "wantilan.programs"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Failure:
    """A program that was left out; `str()` is the line that says why, and what to do."""

    name: str
    distribution: str
    reason: str

    def __str__(self) -> str:
        return f"Program {self.name!r} of {self.distribution} is left out: {self.reason}"


@dataclass(frozen=True)
class Loaded:
    """The programs of one application: built-in ones first, each after those it depends on, then by name."""

    programs: tuple[Program, ...]
    plugins: pluggy.PluginManager
    failures: tuple[Failure, ...]
    distributions: Mapping[str, str]
    """Which distribution each program came from."""

    def implementations(self, hook: Callable[P, R]) -> tuple[tuple[Program, Callable[P, R]], ...]:
        """Who implements a hook, in order, each with a function of the hook's own signature.

        `for program, call in loaded.implementations(hookspecs.find_holder): await call(code, village, unit)`
        """
        caller: pluggy.HookCaller = getattr(self.plugins.hook, hook.__name__)
        functions = {found.plugin_name: found.function for found in caller.get_hookimpls()}
        return tuple((p, calling(hook, functions[p.name])) for p in self.programs if p.name in functions)


def load_programs(
    *,
    core: Sequence[object] = (),
    entry_points: Iterable[EntryPoint] | None = None,
    extra: Sequence[object] = (),
    strict: bool = False,
) -> Loaded:
    """Load the built-in plugins (`core`), the installed ones, and those given directly (`extra`).

    `entry_points` stand for what is installed; by default all of the group `wantilan.programs`. Raises
    ConfigurationError, a line for each program left out, under `strict` or when a built-in one is among them.
    """
    if entry_points is None:
        entry_points = importlib.metadata.entry_points(group=GROUP)
    roll = _Roll()
    at_hand = [*(given(plugin, builtin=True) for plugin in core), *(given(plugin) for plugin in extra)]
    single = roll.without_twins([*roll.declared(at_hand), *(announced(point) for point in entry_points)])
    roll.offers = [one for one in single if isinstance(one, Offer)]
    roll.offers += roll.declared(one for one in single if isinstance(one, Found))
    for judge in (judging.declarations, judging.roles, judging.clashes, judging.hooks):
        roll.leave_out(judge(roll.offers))
    while reasons := judging.dependencies(roll.offers, {failure.name for failure in roll.failures}):
        roll.leave_out(reasons)
    failures = tuple(sorted(roll.failures, key=lambda failure: (failure.name, failure.distribution)))
    if failures and (strict or roll.misses_builtin):
        raise ConfigurationError("\n".join(str(failure) for failure in failures))
    ranked = _ranked(roll.offers)
    sources = {offer.name: offer.distribution for offer in ranked}
    return Loaded(tuple(offer.program for offer in ranked), _registered(ranked), failures, sources)


@dataclass
class _Roll:
    """Who is still in, who is out, and whether a built-in program is among those."""

    offers: list[Offer] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    misses_builtin: bool = False

    def strike(self, one: Found | Offer, reason: str, distribution: str | None = None) -> None:
        self.failures.append(Failure(one.name, distribution or one.distribution, reason))
        self.misses_builtin = self.misses_builtin or one.builtin

    def leave_out(self, reasons: judging.Reasons) -> None:
        for offer, reason in reasons.items():
            self.strike(offer, reason)
        self.offers = [offer for offer in self.offers if offer not in reasons]

    def declared(self, found: Iterable[Found]) -> Iterator[Offer]:
        for one in found:
            try:
                yield declare(one)
            except LeftOut as fault:
                self.strike(one, str(fault))

    def without_twins(self, ones: Iterable[Found | Offer]) -> list[Found | Offer]:
        """Of two plugins of one name neither stays: nobody can say which of them the villages enabled."""
        kept: list[Found | Offer] = []
        for name, group in groupby(sorted(ones, key=_by_name), key=lambda one: one.name):
            same = list(group)
            builtin = [one for one in same if one.builtin]
            if len(same) == 1:
                kept += same
            elif len(builtin) == 1:
                kept += builtin
                for one in same:
                    if not one.builtin:
                        self.strike(one, f"{name!r} is the name of a built-in program. Rename it.")
            else:
                sources = " and ".join(one.distribution for one in same)
                reason = (
                    "they offer the same name, and villages enabled only one of them. Uninstall the other."
                )
                self.strike((builtin or same)[0], reason, sources)
        return kept


def _by_name(one: Found | Offer) -> tuple[str, str]:
    return one.name, one.distribution


def _ranked(offers: Sequence[Offer]) -> list[Offer]:
    """The same order on every machine: built-in, then by the depth of the dependencies, then by name."""
    needs = {offer.name: offer.program.depends_on for offer in offers}

    def depth(name: str) -> int:
        return 1 + max((depth(other) for other in needs[name]), default=0)

    return sorted(offers, key=lambda offer: (not offer.builtin, depth(offer.name), offer.name))


def _registered(offers: Sequence[Offer]) -> pluggy.PluginManager:
    plugins = pluggy.PluginManager(hookspecs.PROJECT)
    plugins.add_hookspecs(hookspecs)
    for offer in offers:
        if offer.specified:
            namespace = ModuleType(offer.name)
            vars(namespace).update(offer.specified)
            plugins.add_hookspecs(namespace)
    for offer in offers:
        plugins.register(offer.plugin, name=offer.name)
    plugins.check_pending()
    return plugins
