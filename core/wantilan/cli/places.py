"""Places on the command line: region codes, dotted or compact, and `country`."""

from __future__ import annotations

from collections.abc import Sequence

import click
import sqlalchemy as sa

from ..registry.regions import canonical, is_village
from ..store.database import Database
from ..store.places import Village
from ..store.write import VillageFacts, village_facts

COUNTRY = "country"


class Place(click.ParamType[str]):
    """A region's code at any level, or `country`; gives the dotted code, "" for the country."""

    name = "place"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in (COUNTRY, ""):
            return ""
        code = canonical(value)
        if code is None:
            self.fail("give a region's code such as 51.02 or 51.02.06.2001, or `country`.", param, ctx)
        return code


class VillageCode(click.ParamType[str]):
    """The code of a village; gives the dotted form."""

    name = "code"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        code = canonical(value)
        if code is None or not is_village(code):
            self.fail("give a village's code such as 51.02.06.2001 or 5102062001.", param, ctx)
        return code


def place_text(code: str) -> str:
    return code or COUNTRY


placed = click.option("--village", metavar="CODE", type=VillageCode(), help="Only in this village.")


async def chosen_villages(database: Database, code: str | None) -> Sequence[VillageFacts]:
    """The village of this code, or all that are open, by code. Raises ClickException for one that is not."""
    query = sa.select(Village).order_by(Village.code)
    async with database.session() as session:
        found = await session.scalars(query if code is None else query.where(Village.code == code))
        villages = [VillageFacts.of(row) for row in found]
    if code is not None and not villages:
        raise click.ClickException(f"The village {code} is not open here.")
    return villages


async def open_villages(database: Database, codes: Sequence[str]) -> list[VillageFacts]:
    """The villages of these codes, each once. Raises ClickException when one is not open."""
    async with database.session() as session:
        found = {code: await village_facts(session, code) for code in codes}
    missing = [code for code, facts in found.items() if facts is None]
    if missing:
        raise click.ClickException(
            f"Not open here: {', '.join(missing)}. `wantilan village open CODE` opens it."
        )
    return [facts for facts in found.values() if facts is not None]
