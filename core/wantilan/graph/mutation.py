"""A mutation: one function, thin: check, call a rule, write, announce. Its needs are settled before it
runs.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ..access.rules import Rule, within
from ..errors import DeclarationError

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])
SPEC = "__wantilan_mutation__"


@dataclass
class MutationSpec:
    """`needs`: any rule that admits the actor into the village admits the write; see `Unit.target` for
    rows.
    """

    name: str
    needs: tuple[Rule, ...]
    description: str
    function: Callable[..., Awaitable[Any]]
    program: str | None = None

    @property
    def needs_text(self) -> str:
        return " or ".join(str(rule) for rule in self.needs)

    @property
    def resolver(self) -> Callable[..., Awaitable[Any]]:
        """What Strawberry calls: the function inside its one transaction."""
        spec, function = self, self.function

        @functools.wraps(function)
        async def run(*args: Any, **kw: Any) -> Any:
            info = kw.get("info", args[0] if args else None)
            assert info is not None, "a mutation takes info first"
            return await info.context.run(spec, info, lambda: function(*args, **kw))

        return run


def mutation(*, needs: str | Rule | list[Rule] | tuple[Rule, ...]) -> Callable[[F], F]:
    """Declare a mutation. `needs` is a permission held in the village, or rules any of which admits the
    actor.

    The function takes `info: Info` and `input`, and returns a `@payload`. Its name is the mutation's name.
    """
    rules: tuple[Rule, ...]
    if isinstance(needs, str):
        rules = (within(needs),)
    elif isinstance(needs, list | tuple):
        rules = tuple(needs)
    else:
        rules = (needs,)

    def wrap(function: F) -> F:
        text = inspect.getdoc(function) or ""
        setattr(function, SPEC, (rules, text))
        return function

    return wrap


def mutation_spec(function: Callable[..., Any]) -> MutationSpec:
    """A fresh record for one schema. Raises DeclarationError when the function is no mutation."""
    found = getattr(function, SPEC, None)
    name = getattr(function, "__name__", "?")
    if found is None:
        raise DeclarationError(f"{name} is not a mutation. Decorate it with @mutation(needs=…).")
    rules, text = found
    return MutationSpec(name, rules, text, function)
