"""Actors by their names."""

from __future__ import annotations

import click
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..access.tables import ActorRow


async def known_actor(session: AsyncSession, name: str) -> ActorRow:
    """Raises ClickException when there is none of this name."""
    found = await session.scalar(sa.select(ActorRow).where(ActorRow.name == name))
    if found is None:
        raise click.ClickException(
            "There is no actor of this name; `wantilan role list` names those with roles."
        )
    return found
