"""`wantilan token` and `wantilan role`, on both databases."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from tests.core.shell import Shell

from wantilan.access.tables import ActorRow, RoleGrant, Token
from wantilan.access.tokens import Actors
from wantilan.errors import Unauthenticated
from wantilan.programs.host import Host
from wantilan.registry.codes import Sex
from wantilan.registry.models import Hamlet, Resident
from wantilan.store.database import Database
from wantilan.store.ids import uuid7
from wantilan.store.secrets import token_hash
from wantilan.store.write import village_facts
from wantilan.testing.plugin import Templates

BENGKEL, NEIGHBOUR = "51.02.06.2001", "51.02.06.2002"
GRANT = re.compile(r"Grant ([0-9a-f-]{36})\.")
SQLITE = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
"""For what is settled before a database is asked."""


@pytest.fixture
def shell(wantilan_database_url: str, wantilan_templates: Templates) -> Shell:
    return Shell(wantilan_database_url, wantilan_templates.keys)


@pytest.fixture
def bengkel(shell: Shell) -> Shell:
    """Bengkel is open and has the hamlet Banjar Kaja with one resident."""
    shell.done("village", "open", BENGKEL, NEIGHBOUR)

    async def people(database: Database) -> None:
        async with database.transaction(BENGKEL) as session:
            village = await village_facts(session, BENGKEL)
            assert village is not None
            hamlet = Hamlet(village_id=village.id, id=uuid7(), name="Banjar Kaja", name_key="banjar kaja")
            session.add(hamlet)
            await session.flush()
            session.add(
                Resident(
                    village_id=village.id, id=RESIDENT, full_name="Ni Luh Rahasia", name_key="ni luh rahasia",
                    sex=Sex.PEREMPUAN, birth_date=datetime(1990, 5, 17, tzinfo=UTC).date(), hamlet_id=hamlet.id,
                    registered_at=datetime.now(UTC),
                )
            )  # fmt: skip

    shell.inside(people)
    return shell


RESIDENT = UUID("0198c5a1-7d3e-7c4b-8a53-6f1f6f7d2c10")


def permissions_of(shell: Shell, host: Host, token: str) -> tuple[str, ...]:
    async def resolve(database: Database) -> tuple[str, ...]:
        actor = await Actors(database, host.catalogue).resolve(token)
        return actor.permissions_in(BENGKEL)

    return shell.inside(resolve)


def test_a_token_is_printed_once_and_only_its_hash_is_kept(shell: Shell) -> None:
    made = shell("token", "create", "operator_bengkel", "--days", "30", "--label", "front desk")
    token = made.stdout.strip()
    assert re.fullmatch(r"wtl_[\w-]{43}", token)
    assert "It is not shown again." in made.stderr
    assert "operator_bengkel holds no role yet" in made.stderr

    async def kept(database: Database) -> Token:
        async with database.session() as session:
            return (await session.scalars(sa.select(Token))).one()

    row = shell.inside(kept)
    assert row.token_hash == token_hash(token)
    assert row.expires_at - row.created_at == timedelta(days=30)
    listed = shell.done("token", "list")
    assert "operator_bengkel" in listed and "valid" in listed and "front desk" in listed
    assert token not in listed


@SQLITE
def test_a_second_token_of_an_actor_makes_no_second_actor(shell: Shell) -> None:
    shell.done("token", "create", "admin")
    shell.done("token", "create", "admin")

    async def actors(database: Database) -> int | None:
        async with database.session() as session:
            return await session.scalar(sa.select(sa.func.count()).select_from(ActorRow))

    assert shell.inside(actors) == 1
    assert len(shell.done("token", "list", "admin").splitlines()) == 3


def test_a_revoked_token_opens_nothing(shell: Shell, wantilan_host: Host) -> None:
    token = shell.done("token", "create", "admin").strip()
    assert permissions_of(shell, wantilan_host, token) == ()
    key = shell.done("token", "list").splitlines()[1].split()[0]
    assert shell.done("token", "revoke", key).startswith("Revoked.")
    with pytest.raises(Unauthenticated):
        permissions_of(shell, wantilan_host, token)
    assert "revoked" in shell.done("token", "list")
    assert "revoked already" in shell.refused("token", "revoke", key)


@SQLITE
def test_tokens_that_cannot_be_are_refused(shell: Shell) -> None:
    assert "There is no token" in shell.refused("token", "revoke", str(RESIDENT))
    assert "no actor of this name" in shell.refused("token", "list", "nobody")
    shell.refused("token", "create", "a", "--days", "0", code=2)
    shell.refused("token", "create", "a", "--days", "367", code=2)
    shell.refused("token", "create", "  ", code=2)
    assert shell.done("token", "list") == "There is no token.\n"


def test_a_granted_role_is_held_and_a_revoked_one_is_not(bengkel: Shell, wantilan_host: Host) -> None:
    token = bengkel.done("token", "create", "operator_bengkel").strip()
    said = bengkel.done("role", "grant", "operator_bengkel", "village_operator", "5102062001")
    assert said.startswith(f"operator_bengkel holds village_operator at {BENGKEL}.")
    assert "resident.read" in permissions_of(bengkel, wantilan_host, token)
    assert BENGKEL in bengkel.done("role", "list", "operator_bengkel")
    grant = GRANT.search(said)
    assert grant is not None
    assert "no longer holds" in bengkel.done("role", "revoke", grant[1])
    assert permissions_of(bengkel, wantilan_host, token) == ()
    assert bengkel.done("role", "list") == "No role is held.\n"
    assert "No grant with this id lasts" in bengkel.refused("role", "revoke", grant[1])


def test_the_country_is_a_place(bengkel: Shell, wantilan_host: Host) -> None:
    token = bengkel.done("token", "create", "admin").strip()
    bengkel.done("role", "grant", "admin", "platform_admin", "country")
    assert "role.grant" in permissions_of(bengkel, wantilan_host, token)
    assert "country" in bengkel.done("role", "list")


@pytest.mark.parametrize("name", ["Banjar Kaja", "banjar kaja"])
def test_a_kelian_holds_his_role_at_one_hamlet(bengkel: Shell, name: str) -> None:
    said = bengkel.done("role", "grant", "kelian_bengkel", "kelian", BENGKEL, "--hamlet", name)
    assert f"at {BENGKEL}, hamlet " in said
    assert "hamlet Banjar Kaja" in bengkel.done("role", "list")


def test_a_resident_is_named_by_id_and_never_shown_by_name(bengkel: Shell) -> None:
    bengkel.done("role", "grant", "resident_bengkel", "resident", BENGKEL, "--resident", str(RESIDENT))
    listed = bengkel.done("role", "list")
    assert str(RESIDENT) in listed
    assert "Rahasia" not in listed

    async def grant(database: Database) -> RoleGrant:
        async with database.session() as session:
            return (await session.scalars(sa.select(RoleGrant))).one()

    assert bengkel.inside(grant).object_id == RESIDENT


def test_a_global_id_of_the_api_names_a_resident_too(bengkel: Shell) -> None:
    async def village_id(database: Database) -> str:
        async with database.session() as session:
            found = await village_facts(session, BENGKEL)
        assert found is not None
        return found.id.hex

    text = f"rs-{bengkel.inside(village_id)}-{RESIDENT.hex}"
    assert str(RESIDENT) in bengkel.done("role", "grant", "a", "resident", BENGKEL, "--resident", text)


def test_a_grant_that_touches_a_person_needs_the_keys(bengkel: Shell) -> None:
    call = ("role", "grant", "r", "resident", BENGKEL, "--resident", str(RESIDENT))
    assert "WANTILAN_KEYS is not set" in bengkel.refused(*call, WANTILAN_KEYS=None)
    bengkel.done(*call)


def test_grants_that_cannot_be_are_refused_and_leave_no_actor(bengkel: Shell) -> None:
    def refused(*rest: str, code: int = 1) -> str:
        return bengkel.refused("role", "grant", "somebody", *rest, code=code)

    assert "Did you mean 'kelian'?" in refused("kelien", BENGKEL)
    assert "There are: agency_officer" in refused("zzz", BENGKEL)
    assert "Give --hamlet." in refused("kelian", BENGKEL)
    assert "Give PLACE alone." in refused("perbekel", BENGKEL, "--hamlet", "Banjar Kaja")
    assert "It has: Banjar Kaja." in refused("kelian", BENGKEL, "--hamlet", "Kelod")
    assert "It has: none yet." in refused("kelian", NEIGHBOUR, "--hamlet", "Banjar Kaja")
    assert "is open" in refused("kelian", "51.02.06.2003", "--hamlet", "Banjar Kaja")
    assert "no region 99" in refused("perbekel", "99")
    assert "no resident with this id" in refused("resident", NEIGHBOUR, "--resident", str(RESIDENT))
    refused("resident", BENGKEL, "--resident", "Ni Luh", code=2)
    refused("kelian", BENGKEL, "--hamlet", "a", "--resident", "b", code=2)
    assert "no actor of this name" in bengkel.refused("role", "list", "somebody")


def test_a_role_is_not_given_twice(bengkel: Shell) -> None:
    bengkel.done("role", "grant", "a", "perbekel", BENGKEL)
    assert "holds perbekel there already" in bengkel.refused("role", "grant", "a", "perbekel", BENGKEL)
    bengkel.done("role", "grant", "a", "perbekel", NEIGHBOUR)


@SQLITE
def test_keys_are_printed_fresh_and_valid(shell: Shell) -> None:
    one, two = shell.done("keys", "new"), shell.done("keys", "new")
    assert one != two
    assert shell.done("program", "check", WANTILAN_KEYS=one.strip())
