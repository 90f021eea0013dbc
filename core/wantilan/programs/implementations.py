"""How a plugin's functions meet the hooks: what it implements, whether that fits, and calling it.

pluggy finds the functions. It is not asked to judge them: it would stop at the first misfit, know nothing of
async, and name neither the cure nor the nearest name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, isasyncgenfunction, iscoroutinefunction, signature
from types import ModuleType
from typing import ParamSpec, TypeAlias, TypeVar, cast

import pluggy

from . import hookspecs

P = ParamSpec("P")
R = TypeVar("R")
Hook: TypeAlias = Callable[..., object]

BY_NAME = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


def implemented_by(plugin: object) -> dict[str, list[pluggy.HookImpl]]:
    """The functions of a plugin that carry `@hookimpl`, by the hook that they implement."""
    trial = pluggy.PluginManager(hookspecs.PROJECT)
    trial.register(plugin, name="trial")
    return {caller.name: caller.get_hookimpls() for caller in trial.get_hookcallers(plugin) or ()}


def specified_by(plugin: object) -> dict[str, Hook]:
    """The hooks that a plugin (or the module `hookspecs`) specifies; imported ones of core do not count."""
    trial = pluggy.PluginManager(hookspecs.PROJECT)
    namespace = cast(ModuleType, plugin)
    names = [name for name in dir(plugin) if trial.parse_hookspec_opts(namespace, name) is not None]
    found = {name: getattr(plugin, name) for name in names}
    if plugin is hookspecs:
        return found
    return {name: hook for name, hook in found.items() if getattr(hookspecs, name, None) is not hook}


def misfits(
    implemented: Mapping[str, Sequence[pluggy.HookImpl]],
    *,
    known: Mapping[str, Hook],
    optional: Mapping[str, Hook],
) -> Iterator[str]:
    """Every way in which implementations do not fit their hooks, a sentence or two each.

    `known` are the hooks that the plugin can count on; those in `optional` belong to programs that it does
    not depend on, and may be implemented with `optionalhook=True` only.
    """
    for name, functions in implemented.items():
        if len(functions) > 1:
            yield f"Hook {name!r} is implemented {len(functions)} times. Make one function of them."
        for function in functions:
            if function.wrapper or function.hookwrapper:
                yield f"Hook {name!r} is a wrapper, with nothing to wrap. Write an ordinary @hookimpl."
            elif name in known:
                yield from _misfit(name, known[name], function.function)
            elif not function.optionalhook:
                yield _unknown(name, known, optional)
            elif name in optional:
                yield from _misfit(name, optional[name], function.function)


def _unknown(name: str, known: Mapping[str, Hook], optional: Mapping[str, Hook]) -> str:
    if name in optional:
        return (
            f"Hook {name!r} is of a program that this one does not depend on. "
            "Implement it with @hookimpl(optionalhook=True), or name that program in depends_on."
        )
    near = (
        did_you_mean(name, known) or "A hook that another program defines needs @hookimpl(optionalhook=True)."
    )
    return f"Hook {name!r} does not exist. {near}"


def _misfit(name: str, hook: Hook, function: Hook) -> Iterator[str]:
    arguments = signature(hook).parameters
    for parameter in signature(function).parameters.values():
        if parameter.kind not in BY_NAME:
            yield f"Hook {name!r} takes its arguments by name, not as {parameter}. Name those that you need."
        elif parameter.name not in arguments:
            cure = did_you_mean(parameter.name, arguments) or f"It has: {', '.join(arguments) or 'none'}."
            yield f"Hook {name!r} has no argument {parameter.name!r}. {cure}"
    if _form(function) != _wanted_form(hook):
        yield f"Hook {name!r} must be {_wanted_form(hook)}."


def did_you_mean(name: str, names: Mapping[str, object]) -> str | None:
    """A question that names the nearest name, if one is near."""
    near = get_close_matches(name, names, 1)
    return f"Did you mean {near[0]!r}?" if near else None


COROUTINE, GENERATOR, PLAIN = "an async def", "an async def that yields", "a plain def"
CONTEXT = "an async def that yields once, below @asynccontextmanager"


def _form(function: Hook) -> str:
    if iscoroutinefunction(function):
        return COROUTINE
    if isasyncgenfunction(function):
        return GENERATOR
    return CONTEXT if isasyncgenfunction(getattr(function, "__wrapped__", None)) else PLAIN


def _wanted_form(hook: Hook) -> str:
    answer = str(getattr(hook, "__annotations__", {}).get("return"))
    if iscoroutinefunction(hook):
        return COROUTINE
    if "AsyncContextManager" in answer:
        return CONTEXT
    return GENERATOR if "AsyncIterator" in answer else PLAIN


def calling(hook: Callable[P, R], function: Hook) -> Callable[P, R]:
    """A function with the hook's own signature that hands an implementation the arguments which it named."""
    given, named = signature(hook), signature(function).parameters

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        arguments = given.bind(*args, **kwargs).arguments
        return cast(R, function(**{name: value for name, value in arguments.items() if name in named}))

    return call
