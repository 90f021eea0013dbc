"""`wantilan token`: bearer tokens for actors."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import click
import sqlalchemy as sa

from ..access.tables import ActorRow, RoleGrant, Token
from ..access.tokens import LONGEST_DAYS, STALE_SECONDS, actor_named, issue_token, revoke_token
from .actors import known_actor
from .deployment import coroutine, opened
from .printing import moment, table


@click.group()
def token() -> None:
    """Make, list and revoke tokens.

    An actor is a name of the office's choice, such as operator_bengkel; what it may do are its roles.

    \b
    Examples:
      wantilan token create operator_bengkel --days 90
      wantilan token list operator_bengkel
    """


@token.command()
@click.argument("actor")
@click.option(
    "--days", type=click.IntRange(1, LONGEST_DAYS), default=90, show_default=True, help="How long it lives."
)
@click.option("--label", default="", help="What it is for; shown by `token list`.")
@coroutine
async def create(actor: str, days: int, label: str) -> None:
    """Make a token for ACTOR and print it, once; an actor that is not known yet is made.

    The token alone goes to stdout, so that it can be piped. Only its hash is kept.

    \b
    Example:
      wantilan token create operator_bengkel --days 30 --label "front desk"
    """
    if not actor.strip():
        raise click.BadParameter("the name is empty.", param_hint="ACTOR")
    async with opened() as here, here.database.transaction() as session:
        row = await actor_named(session, actor.strip())
        made, text = await issue_token(session, row.id, label=label, days=days)
        roles = await session.scalar(
            sa.select(sa.func.count()).where(RoleGrant.actor_id == row.id, RoleGrant.revoked_at.is_(None))
        )
    click.echo(text)
    click.echo(
        f"Token {made.id} of {row.name}, until {moment(made.expires_at)}. It is not shown again.", err=True
    )
    if not roles:
        click.echo(f"{row.name} holds no role yet: `wantilan role grant {row.name} ROLE PLACE`.", err=True)


@token.command("list")
@click.argument("actor", required=False)
@coroutine
async def list_(actor: str | None) -> None:
    """List the tokens of ACTOR, or of everybody, with their state; never the tokens themselves.

    \b
    Examples:
      wantilan token list
      wantilan token list operator_bengkel
    """
    query = sa.select(Token, ActorRow.name).join(ActorRow, ActorRow.id == Token.actor_id)
    async with opened() as here, here.database.session() as session:
        if actor is not None:
            query = query.where(Token.actor_id == (await known_actor(session, actor)).id)
        found = (await session.execute(query.order_by(ActorRow.name, Token.created_at))).all()
    now = datetime.now(UTC)
    rows = [
        (t.id, name, _state(t, now), moment(t.expires_at), moment(t.created_at), t.label) for t, name in found
    ]
    table(("ID", "ACTOR", "STATE", "UNTIL", "MADE", "LABEL"), rows, empty="There is no token.")


@token.command()
@click.argument("id", type=click.UUID)
@coroutine
async def revoke(id: UUID) -> None:
    """Revoke the token with this ID, as `token list` shows it.

    \b
    Example:
      wantilan token revoke 0198c5a1-7d3e-7c4b-8a53-6f1f6f7d2c10
    """
    async with opened() as here, here.database.transaction() as session:
        row = await session.get(Token, id)
        if row is None:
            raise click.ClickException("There is no token with this id; see `wantilan token list`.")
        if row.revoked_at is not None:
            raise click.ClickException("This token is revoked already.")
        await revoke_token(session, row)
    click.echo(f"Revoked. A running server honours it for {STALE_SECONDS:.0f} seconds at most.")


def _state(token: Token, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= now else "valid"
