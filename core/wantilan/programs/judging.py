"""Judging offers: each by itself, and all of them beside each other.

Each judge looks at the offers that are still in and answers those that must go, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from ..graph.naming import camel_case
from . import hookspecs
from .implementations import Hook, did_you_mean, misfits, specified_by
from .manifest import API_VERSION, Program, allows, begins_with, program_faults
from .offers import LeftOut, Offer, attempt

Reasons: TypeAlias = Mapping[Offer, str]


def declarations(offers: Sequence[Offer]) -> Reasons:
    """Those whose Program is at fault in itself."""
    reasons = {}
    for offer in offers:
        try:
            faults = attempt(partial(_own_faults, offer), "judging its declaration")
        except LeftOut as fault:
            faults = [str(fault)]
        if faults:
            reasons[offer] = " ".join(faults)
    return reasons


def _own_faults(offer: Offer) -> list[str]:
    program = offer.program
    if isinstance(program.name, str) and program.name != offer.name:
        return [
            f"its entry point is called {offer.name!r} but its Program {program.name!r}. Give both one name."
        ]
    if not _fits_api(program):
        reason = f"it needs plugin API {program.api} and this is {API_VERSION}."
        return [f"{reason} Install a release of it that was made for {API_VERSION}."]
    if program.core and not offer.builtin:
        return ["core=True is for built-in programs. Remove it."]
    return program_faults(program)


def _fits_api(program: Program) -> bool:
    """Asked first: rules of another version would name the wrong cure. What is no range is named later."""
    try:
        return allows(program.api)
    except (ValueError, AttributeError):
        return True


def roles(offers: Sequence[Offer]) -> Reasons:
    """Those that add permissions to a role of core which does not exist."""
    core = {role.name: role for offer in offers if offer.builtin for role in offer.program.roles}
    reasons = {}
    for offer in offers:
        prefix = offer.program.prefix
        for role in offer.program.roles:
            if not offer.builtin and role.name not in core and not begins_with(prefix, role.name, "._"):
                cure = did_you_mean(role.name, core) or f"Begin a role of your own with {prefix!r}."
                reasons[offer] = f"core has no role {role.name!r}. {cure}"
    return reasons


def clashes(offers: Sequence[Offer]) -> Reasons:
    """Those that claim a name of another. Whoever has it by right stays; otherwise none of them does."""
    claims: dict[tuple[str, str], list[Offer]] = {}
    for offer in offers:
        for claim in _claims(offer):
            claims.setdefault(claim, []).append(offer)
    reasons: dict[Offer, str] = {}
    for (kind, name), claimants in claims.items():
        owner = next((offer for offer in claimants if _has_by_right(offer, kind, name)), None)
        for offer in claimants:
            others = [owner] if owner else [other for other in claimants if other is not offer]
            if offer is not owner and others:
                whose = " and ".join(f"{other.name!r} of {other.distribution}" for other in others)
                reasons.setdefault(offer, f"its {kind} {name!r} is also that of {whose}. Choose another.")
    return reasons


def _claims(offer: Offer) -> Iterator[tuple[str, str]]:
    if not offer.program.core:
        yield "door", offer.program.door
        yield "prefix", offer.program.prefix
    yield from (("table", table) for table in offer.program.tables)
    yield from (("job", job.name) for job in offer.program.jobs)
    yield from (("task", task.name) for task in offer.program.tasks)
    yield from (("hook", hook) for hook in offer.specified)
    tops = {endpoint.top for endpoint in offer.program.endpoints if not endpoint.secret}
    yield from (("path", top) for top in sorted(tops))


def _has_by_right(offer: Offer, kind: str, name: str) -> bool:
    """A built-in program has all its names by right; any other the door and prefix that follow its name."""
    by_name = {"door": camel_case(offer.name), "prefix": offer.name}
    return offer.builtin or by_name.get(kind) == name


def hooks(offers: Sequence[Offer]) -> Reasons:
    """Those whose hooks do not exist, or do not fit."""
    core = specified_by(hookspecs)
    reasons = {}
    for offer in offers:
        near = {offer.name, *offer.program.depends_on}
        known, optional = dict(core), dict[str, Hook]()
        for other in offers:
            (known if other.builtin or other.name in near else optional).update(other.specified)
        faults = [*_naming_faults(offer, core), *misfits(offer.implemented, known=known, optional=optional)]
        if faults:
            reasons[offer] = " ".join(faults)
    return reasons


def _naming_faults(offer: Offer, core: Mapping[str, Hook]) -> Iterator[str]:
    prefix = offer.program.prefix
    for name in offer.specified:
        if name in core or not (offer.builtin or begins_with(prefix, name, "_")):
            yield f"Its own hook {name!r} does not begin with {prefix + '_'!r}. Rename it."


def dependencies(offers: Sequence[Offer], left_out: set[str]) -> Reasons:
    """Those that need a program which is not there, or themselves. Ask again when somebody had to go."""
    needs = {offer.name: sorted(offer.program.depends_on) for offer in offers}
    reasons = {}
    for offer in offers:
        circle = _way(offer.name, offer.name, needs)
        missing = [name for name in needs[offer.name] if name not in needs]
        if circle:
            way = " -> ".join([offer.name, *circle])
            reasons[offer] = f"it depends on itself: {way}. Remove one of these from depends_on."
        elif missing and missing[0] in left_out:
            reasons[offer] = f"it needs the program {missing[0]!r}, which is left out. Cure that one first."
        elif missing:
            reasons[offer] = f"it needs the program {missing[0]!r}, which is not installed. Install it."
    return reasons


def _way(start: str, end: str, needs: Mapping[str, Sequence[str]]) -> list[str] | None:
    """A shortest way down the dependencies, a step at least and without the start; None if there is none."""
    ways, seen = [[name] for name in needs[start]], set[str]()
    for way in ways:
        if way[-1] == end:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, name] for name in needs.get(way[-1], ())]
    return None
