"""`wantilan role`: who may do what, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from uuid import UUID

import click
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..access.granting import grant_role, revoke_role
from ..access.permissions import Catalogue, PlaceKind, Role
from ..access.tables import ActorRow, RoleGrant
from ..access.tokens import STALE_SECONDS, actor_named
from ..errors import Conflict, NotFound
from ..graph.relay import decode_id
from ..registry.models import Hamlet, Resident
from ..store.database import set_wall
from ..store.folding import sort_key
from ..store.places import Region
from ..store.walls import WHOLE_COUNTRY
from ..store.write import VillageFacts, village_facts
from .actors import known_actor
from .deployment import coroutine, opened
from .places import Place, place_text
from .printing import moment, table


@click.group()
def role() -> None:
    """Give, take and list roles.

    A role is held at a place: a region, a hamlet, or a resident.

    \b
    Examples:
      wantilan role grant operator_bengkel village_operator 51.02.06.2001
      wantilan role list operator_bengkel
    """


@dataclass(frozen=True)
class Spot:
    """A place as a grant keeps it."""

    kind: PlaceKind
    code: str
    village_id: UUID | None = None
    object_id: UUID | None = None


@role.command()
@click.argument("actor")
@click.argument("role")
@click.argument("place", type=Place())
@click.option("--hamlet", metavar="NAME|ID", help="One hamlet (banjar) of the village PLACE.")
@click.option(
    "--resident", metavar="ID", help="One resident of the village PLACE: the person and the household."
)
@coroutine
async def grant(actor: str, role: str, place: str, hamlet: str | None, resident: str | None) -> None:
    """Give ACTOR a ROLE at PLACE: a region's code at any level, or `country`.

    An actor that is not known yet is made. A kelian's role is held at a hamlet, a resident's at a resident.

    \b
    Examples:
      wantilan role grant admin platform_admin country
      wantilan role grant operator_bengkel village_operator 51.02.06.2001
      wantilan role grant kelian_bengkel kelian 51.02.06.2001 --hamlet "Banjar Kaja"
    """
    if hamlet is not None and resident is not None:
        raise click.UsageError("--hamlet and --resident exclude each other.")
    async with opened(persons=resident is not None) as here, here.database.transaction() as session:
        wanted = known_role(here.host.catalogue, role)
        spot = await _spot(session, place, hamlet, resident)
        if spot.kind not in wanted.places:
            raise click.ClickException(_other_place(wanted))
        row = await actor_named(session, actor)
        try:
            made = await grant_role(
                session, here.host.catalogue, row.id, wanted.name, spot.kind, spot.code,
                village_id=spot.village_id, object_id=spot.object_id, by=None,
            )  # fmt: skip
        except Conflict:
            raise click.ClickException(f"{actor} holds {role} there already.") from None
    click.echo(f"{actor} holds {role} at {place_text(spot.code)}{_part(spot)}. Grant {made.id}.")


@role.command()
@click.argument("id", type=click.UUID)
@coroutine
async def revoke(id: UUID) -> None:
    """Take the role away that was given by the grant with this ID, as `role list` shows it.

    \b
    Example:
      wantilan role revoke 0198c5a1-7d3e-7c4b-8a53-6f1f6f7d2c10
    """
    async with opened() as here, here.database.transaction() as session:
        try:
            taken = await revoke_role(session, here.host.catalogue, id, by=None)
        except NotFound:
            raise click.ClickException("No grant with this id lasts; see `wantilan role list`.") from None
        actor = await session.get_one(ActorRow, taken.actor_id)
    click.echo(
        f"{actor.name} no longer holds {taken.role} at {place_text(taken.place_code)}. "
        f"A running server honours it for {STALE_SECONDS:.0f} seconds at most."
    )


@role.command("list")
@click.argument("actor", required=False)
@coroutine
async def list_(actor: str | None) -> None:
    """List the roles that ACTOR, or everybody, holds now.

    \b
    Examples:
      wantilan role list
      wantilan role list operator_bengkel
    """
    query = sa.select(RoleGrant, ActorRow.name).join(ActorRow, ActorRow.id == RoleGrant.actor_id)
    query = query.where(RoleGrant.revoked_at.is_(None)).order_by(ActorRow.name, RoleGrant.granted_at)
    async with opened() as here, here.database.transaction(WHOLE_COUNTRY) as session:
        if actor is not None:
            query = query.where(RoleGrant.actor_id == (await known_actor(session, actor)).id)
        found = (await session.execute(query)).all()
        hamlets: dict[UUID, str] = {
            row.id: row.name for row in await session.execute(sa.select(Hamlet.id, Hamlet.name))
        }
    known = here.host.catalogue.roles
    rows = [
        (
            g.id,
            name,
            g.role if g.role in known else f"{g.role} (not installed)",
            _where(g, hamlets),
            moment(g.granted_at),
        )
        for g, name in found
    ]
    table(("ID", "ACTOR", "ROLE", "PLACE", "SINCE"), rows, empty="No role is held.")


def known_role(catalogue: Catalogue, name: str) -> Role:
    """Raises ClickException naming the roles that there are."""
    found = catalogue.roles.get(name)
    if found is not None:
        return found
    near = get_close_matches(name, catalogue.roles, 1)
    cure = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(sorted(catalogue.roles))}."
    raise click.ClickException(f"There is no role {name!r}. {cure}")


async def _spot(session: AsyncSession, code: str, hamlet: str | None, resident: str | None) -> Spot:
    if hamlet is None and resident is None:
        if code and await session.get(Region, code) is None:
            raise click.ClickException(
                f"There is no region {code}. `wantilan regions import FILE` loads the country."
            )
        return Spot(PlaceKind.REGION, code)
    village = await village_facts(session, code)
    if village is None:
        raise click.ClickException(f"No village {place_text(code)} is open; see `wantilan village list`.")
    await set_wall(session, village.code)
    if hamlet is not None:
        return Spot(PlaceKind.HAMLET, village.code, village.id, await _hamlet(session, village, hamlet))
    return Spot(
        PlaceKind.RESIDENT, village.code, village.id, await _resident(session, village, str(resident))
    )


async def _hamlet(session: AsyncSession, village: VillageFacts, given: str) -> UUID:
    key = id_in(given)
    test = Hamlet.id == key if key is not None else Hamlet.name_key == sort_key(given)
    query = sa.select(Hamlet.id).where(Hamlet.village_id == village.id, test)
    found = await session.scalar(query)
    if found is None:
        names: Sequence[str] = (
            await session.scalars(
                sa.select(Hamlet.name).where(Hamlet.village_id == village.id).order_by(Hamlet.name_key)
            )
        ).all()
        raise click.ClickException(
            f"{village.code} has no such hamlet. It has: {', '.join(names) or 'none yet'}."
        )
    return found


async def _resident(session: AsyncSession, village: VillageFacts, given: str) -> UUID:
    key = id_in(given)
    if key is None:
        raise click.BadParameter("give the id as the API shows it.", param_hint="--resident")
    found = await session.scalar(
        sa.select(Resident.id).where(Resident.village_id == village.id, Resident.id == key)
    )
    if found is None:
        raise click.ClickException(f"{village.code} has no resident with this id.")
    return found


def id_in(text: str) -> UUID | None:
    """The row's id in a global id of the API or in a UUID; None for anything else."""
    decoded = decode_id(text)
    try:
        return decoded.id if decoded is not None and decoded.village is not None else UUID(text)
    except ValueError:
        return None


def _other_place(role: Role) -> str:
    kinds = " or ".join(sorted(kind.value for kind in role.places))
    options = {PlaceKind.HAMLET: "--hamlet", PlaceKind.RESIDENT: "--resident"}
    cure = " or ".join(options[kind] for kind in sorted(role.places, key=str) if kind in options)
    return f"The role {role.name} is held at a {kinds}. {f'Give {cure}.' if cure else 'Give PLACE alone.'}"


def _part(spot: Spot) -> str:
    return f", {spot.kind.value} {spot.object_id}" if spot.object_id is not None else ""


def _where(grant: RoleGrant, hamlets: dict[UUID, str]) -> str:
    code = place_text(grant.place_code)
    if grant.object_id is None:
        return code
    # A resident is shown by id only: a list of roles is no list of persons.
    name = hamlets.get(grant.object_id) if grant.place_kind is PlaceKind.HAMLET else None
    return f"{code}, {grant.place_kind.value} {name or grant.object_id}"
