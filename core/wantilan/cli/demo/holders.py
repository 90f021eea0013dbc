"""Who may try the demo: an actor of each role, and his token."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ...access.granting import grant_role
from ...access.permissions import PlaceKind
from ...access.tables import Token
from ...access.tokens import LONGEST_DAYS, actor_named
from ...errors import Conflict
from ...programs.host import Host
from ...registry.models import Hamlet, Resident
from ...store.database import Database
from ...store.ids import uuid7
from ...store.secrets import new_token, token_hash
from ...store.write import VillageFacts, village_facts
from .villages import BENGKEL, PEJATEN, REGENCY

LABEL = "demo"


@dataclass(frozen=True)
class Holder:
    """An actor of the demo: his label, his role, and where he holds it."""

    name: str
    role: str
    place: str
    kind: PlaceKind = PlaceKind.REGION


HOLDERS = (
    Holder("operator_bengkel", "village_operator", BENGKEL),
    Holder("perbekel_bengkel", "perbekel", BENGKEL),
    Holder("kelian_bengkel", "kelian", BENGKEL, PlaceKind.HAMLET),
    Holder("collector_bengkel", "waste_collector", BENGKEL),
    Holder("tps3r_bengkel", "waste_tps3r_operator", BENGKEL),
    Holder("teller_bengkel", "waste_bank_teller", BENGKEL),
    Holder("resident_bengkel", "resident", BENGKEL, PlaceKind.RESIDENT),
    Holder("operator_pejaten", "village_operator", PEJATEN),
    Holder("agency_tabanan", "agency_officer", REGENCY),
    Holder("admin", "platform_admin", ""),
)


async def give_tokens(
    database: Database, host: Host, kept: Mapping[str, str], *, anew: bool
) -> dict[str, str]:
    """The tokens by name. `anew`: the database knows none yet; those that are kept go on with their text.

    A holder whose role no installed program declares is left out.
    """
    tokens = dict(kept)
    wanted = [h for h in HOLDERS if h.role in host.catalogue.roles and (anew or h.name not in kept)]
    if not wanted:
        return tokens
    async with database.transaction(BENGKEL) as session:
        for holder in wanted:
            actor = await actor_named(session, holder.name)
            await _grant(session, host, holder, actor.id)
            text = tokens.setdefault(holder.name, new_token())
            now = datetime.now(UTC)
            session.add(
                Token(
                    id=uuid7(), actor_id=actor.id, token_hash=token_hash(text), label=LABEL, created_at=now,
                    expires_at=now + timedelta(days=LONGEST_DAYS),
                )
            )  # fmt: skip
    order = [holder.name for holder in HOLDERS]
    return {name: tokens[name] for name in order if name in tokens}


async def _grant(session: AsyncSession, host: Host, holder: Holder, actor_id: UUID) -> None:
    village = await village_facts(session, holder.place) if holder.kind is not PlaceKind.REGION else None
    with suppress(Conflict):  # he holds it already: only his token was lost
        await grant_role(
            session, host.catalogue, actor_id, holder.role, holder.kind, holder.place,
            village_id=village.id if village else None,
            object_id=await _object(session, holder.kind, village) if village else None,
            by=None,
        )  # fmt: skip


async def _object(session: AsyncSession, kind: PlaceKind, village: VillageFacts) -> UUID:
    """The first hamlet by name, or the first resident of the register: the head of a family."""
    if kind is PlaceKind.HAMLET:
        found = await session.scalar(
            sa.select(Hamlet.id).where(Hamlet.village_id == village.id).order_by(Hamlet.name_key).limit(1)
        )
    else:
        found = await session.scalar(
            sa.select(Resident.id).where(Resident.village_id == village.id).order_by(Resident.id).limit(1)
        )
    assert found is not None, "the village has been settled"
    return found
