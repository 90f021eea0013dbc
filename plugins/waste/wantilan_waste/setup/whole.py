"""The set-up as a whole: given for another village, and taken over from one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from wantilan import BadUserInput, FieldFault, Text, Unit, read_setup

from . import categories, plans, prices, routes
from .categories import CategorySetup
from .plans import Day, PlanSetup
from .prices import Price
from .routes import RouteSetup
from .words import Fault, Name, Part

MOST = {categories.WHERE: 1_000, prices.WHERE: 1_000, plans.WHERE: 200, routes.WHERE: 100}
"""What is taken over at once: no village has so many, and the whole of it is one transaction."""


class WasteSetup(Part):
    """How a village has set up the waste program."""

    categories: Annotated[dict[str, CategorySetup], Field(default_factory=dict)]
    prices: Annotated[dict[str, Price], Field(default_factory=dict)]
    fee_plans: Annotated[dict[Name, dict[Day, PlanSetup]], Field(default_factory=dict)]
    routes: Annotated[dict[Name, RouteSetup], Field(default_factory=dict)]


async def give(unit: Unit) -> Mapping[str, Any]:
    """For `export_setup`."""
    made = WasteSetup(
        categories=await categories.given(unit),
        prices=await prices.given(unit),
        fee_plans=await plans.given(unit),
        routes=await routes.given(unit),
    )
    return made.model_dump(mode="json")


async def take(unit: Unit, setup: Mapping[str, Any]) -> None:
    """For `import_setup`. Raises BadUserInput with every fault; nothing is written then."""
    wanted = read_setup(WasteSetup, setup)
    if too_many := list(_too_many(wanted)):
        raise BadUserInput(fields=too_many)
    there = await categories.held(unit)
    kinds = categories.without_retired(wanted.categories, there)
    faults = [
        *await categories.faults(unit, kinds, there),
        *prices.faults(wanted.prices, wanted.categories, there),
        *plans.faults(wanted.fee_plans),
        *routes.faults(wanted.routes, unit.today),
    ]
    if faults:
        raise BadUserInput(fields=faults)
    await categories.take(unit, kinds, there)
    await prices.take(unit, wanted.prices, there)
    await plans.take(unit, wanted.fee_plans)
    await routes.take(unit, wanted.routes)


def _too_many(wanted: WasteSetup) -> Iterator[Fault]:
    counts = {
        categories.WHERE: len(wanted.categories),
        prices.WHERE: len(wanted.prices),
        plans.WHERE: sum(map(len, wanted.fee_plans.values())),
        routes.WHERE: len(wanted.routes),
    }
    for name, count in counts.items():
        if count > MOST[name]:
            yield FieldFault(
                (name,), "TOO_MANY", Text(f"Paling banyak {MOST[name]}.", f"At most {MOST[name]}.")
            )
