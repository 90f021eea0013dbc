"""`wantilan program events`: what programs have not been told, and what got stuck."""

from __future__ import annotations

from uuid import UUID

import click
import sqlalchemy as sa

from ..programs.delivery import Delivery, Due
from ..programs.host import Host
from ..store.database import Database
from ..store.outbox import EventDelivery
from ..store.walls import WHOLE_COUNTRY
from .deployment import coroutine, opened
from .places import VillageCode
from .printing import count, moment, table


@click.command()
@click.option("--program", metavar="NAME", help="Only those for this program.")
@click.option("--village", metavar="CODE", type=VillageCode(), help="Only those of this village.")
@click.option(
    "--release", is_flag=True, help="Tell them now, the stuck ones too, without waiting for their pause."
)
@coroutine
async def events(program: str | None, village: str | None, release: bool) -> None:
    """List the events that programs have not been told yet, oldest first in each village.

    An event whose hook raised is stuck: it is told again after growing pauses, and what follows it in that
    village, for that program, waits behind it. FAILURE is the class of what was raised; the log has the rest.

    \b
    Examples:
      wantilan program events
      wantilan program events --program waste --village 51.02.06.2001 --release
    """
    async with opened(persons=release) as here:
        delivery = Chosen(here.host, here.database, program=program, village=village)
        if release:
            told = await delivery.deliver()
            click.echo(f"{count(told, 'event was', 'events were')} told.")
        due = await delivery.due()
        failures = await _failures(here.database)
    rows = [
        (d.village.code, d.program.name, d.event.name, moment(d.event.at), d.attempts, _failure(d, failures))
        for d in due
    ]
    table(("VILLAGE", "PROGRAM", "EVENT", "AT", "ATTEMPTS", "FAILURE"), rows, empty="No event waits.")


class Chosen(Delivery):
    """Delivery to one program, or in one village."""

    def __init__(self, host: Host, database: Database, *, program: str | None, village: str | None) -> None:
        super().__init__(host, database)
        self.program, self.village = program, village

    async def due(self) -> list[Due]:
        return [d for d in await super().due() if self._chosen(d)]

    def _chosen(self, due: Due) -> bool:
        return self.program in (None, due.program.name) and self.village in (None, due.village.code)


async def _failures(database: Database) -> dict[tuple[UUID, str], str]:
    open_ = sa.select(EventDelivery).where(EventDelivery.delivered_at.is_(None))
    async with database.transaction(WHOLE_COUNTRY) as session:
        return {(row.event_id, row.program): row.failure or "-" for row in await session.scalars(open_)}


def _failure(due: Due, failures: dict[tuple[UUID, str], str]) -> str:
    return failures.get((due.event.id, due.program.name), "-")
