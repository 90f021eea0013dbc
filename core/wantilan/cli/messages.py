"""`wantilan messages`: what channels have not brought yet. No text of a message is ever printed."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import sqlalchemy as sa

from ..registry.models import Message, MessageDelivery, MessageOutcome
from ..store.places import Village
from ..store.walls import WHOLE_COUNTRY
from .deployment import coroutine, opened
from .places import VillageCode
from .printing import count, moment, table

OPEN = (MessageOutcome.WAITING, MessageOutcome.GIVEN_UP)
channelled = click.option("--channel", metavar="PROGRAM", help="Only those of this channel.")
placed = click.option("--village", metavar="CODE", type=VillageCode(), help="Only those of this village.")


@click.group()
def messages() -> None:
    """Look after messages on their way.

    What programs tell residents stands in their inboxes at once. Channels, which are programs, bring it
    further; what one fails to bring is tried again with growing pauses, and given up after about two days.

    \b
    Examples:
      wantilan messages list
      wantilan messages release --channel mail
    """


@messages.command("list")
@channelled
@placed
@coroutine
async def list_(channel: str | None, village: str | None) -> None:
    """List the deliveries that wait or were given up, those due first on top.

    FAILURE is the class of what the channel raised last.

    \b
    Examples:
      wantilan messages list
      wantilan messages list --channel mail --village 51.02.06.2001
    """
    whole = sa.tuple_(Message.village_id, Message.id)
    query = (
        sa.select(MessageDelivery, Message.template, Village.code)
        .join(Message, whole == sa.tuple_(MessageDelivery.village_id, MessageDelivery.message_id))
        .join(Village, Village.id == MessageDelivery.village_id)
        .where(MessageDelivery.outcome.in_(OPEN), *_chosen(channel, village))
        .order_by(MessageDelivery.due_at, MessageDelivery.id)
    )
    async with opened() as here, here.database.transaction(WHOLE_COUNTRY) as session:
        found = (await session.execute(query)).all()
    rows = [
        (
            code,
            row.channel,
            template,
            row.message_id,
            row.outcome.value,
            row.attempts,
            moment(row.due_at),
            row.failure or "-",
        )
        for row, template, code in found
    ]
    headings = ("VILLAGE", "CHANNEL", "TEMPLATE", "MESSAGE", "STATE", "ATTEMPTS", "NEXT", "FAILURE")
    table(headings, rows, empty="Every message has been brought.")


@messages.command()
@channelled
@placed
@coroutine
async def release(channel: str | None, village: str | None) -> None:
    """Have everything that waits or was given up tried again now, by the running server.

    \b
    Examples:
      wantilan messages release
    """
    freed = (
        sa.update(MessageDelivery)
        .where(MessageDelivery.outcome.in_(OPEN), *_chosen(channel, village))
        .values(outcome=MessageOutcome.WAITING, due_at=datetime.now(UTC), attempts=0, ended_at=None)
        .returning(MessageDelivery.id)
        .execution_options(synchronize_session=False)
    )
    async with opened() as here, here.database.transaction(WHOLE_COUNTRY) as session:
        done = len((await session.scalars(freed)).all())
    click.echo(f"{count(done, 'delivery is', 'deliveries are')} tried again.")


def _chosen(channel: str | None, village: str | None) -> list[sa.ColumnElement[bool]]:
    chosen: list[sa.ColumnElement[bool]] = []
    if channel is not None:
        chosen.append(MessageDelivery.channel == channel)
    if village is not None:
        of = sa.select(Village.id).where(Village.code == village).scalar_subquery()
        chosen.append(MessageDelivery.village_id == of)
    return chosen
