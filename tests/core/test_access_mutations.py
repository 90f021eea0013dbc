"""Roles and tokens by mutation: nobody gives more than he holds, and nobody finds what is not his."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.core.notebook import Notebook, host_with

from wantilan.access.tables import ActorRow, RoleGrant, Token
from wantilan.programs.host import Host
from wantilan.registry.models import Hamlet, Resident
from wantilan.store.outbox import Idempotency
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Reply, World

GRANT = """mutation ($input: GrantRoleInput!) { grantRole(input: $input) {
  actor grant { id role placeKind placeCode } } }"""
REVOKE = """mutation ($input: RevokeRoleInput!) { revokeRole(input: $input) {
  actor grant { id role placeKind placeCode } } }"""
ISSUE = """mutation ($input: IssueTokenInput!) { issueToken(input: $input) {
  token tokenId actor expiresAt grants { role placeKind placeCode } } }"""
REVOKE_TOKEN = """mutation ($input: RevokeTokenInput!) { revokeToken(input: $input) { tokenId actor } }"""
ME = "{ me { actor roles { role placeKind placeCode } } }"
PEOPLE = '{ village(code: "51.02.06.2001") { residents { totalCount } } }'


@dataclass(frozen=True)
class Access:
    """Bengkel and its neighbour, each with its perbekel; one hamlet and one resident in each."""

    world: World
    perbekel: str
    admin: str
    hamlet: Hamlet
    resident: Resident
    elsewhere: Hamlet

    async def ask(self, query: str, token: str | None, *, key: str | None = None, **fields: Any) -> Reply:
        given: Any = {"input": fields}
        return await self.world.ask(query, token, key=key, **given)

    async def grant(self, token: str | None = None, **fields: Any) -> Reply:
        place = {} if {"regionCode", "hamletId", "residentId"} & fields.keys() else {"regionCode": BENGKEL}
        return await self.ask(
            GRANT,
            token or self.perbekel,
            **{"actor": "komang", "role": "village_operator", **place, **fields},
        )

    async def issue(self, token: str | None = None, *, key: str | None = None, **fields: Any) -> Reply:
        whole = {"actor": "komang", "label": "laptop", "days": 30, **fields}
        return await self.ask(ISSUE, token or self.perbekel, key=key, **whole)

    async def state(self) -> dict[str, list[tuple[object, ...]]]:
        """Every actor, grant and token, to show that nothing changed."""
        async with self.world.database.session() as session:
            grants = await session.execute(
                sa.select(RoleGrant.id, RoleGrant.role, RoleGrant.revoked_at).order_by(RoleGrant.id)
            )
            tokens = await session.execute(sa.select(Token.id, Token.revoked_at).order_by(Token.id))
            actors = await session.execute(sa.select(ActorRow.name).order_by(ActorRow.id))
            return {
                "grants": [tuple(row) for row in grants],
                "tokens": [tuple(row) for row in tokens],
                "actors": [tuple(row) for row in actors],
            }

    async def grant_id(self, role: str) -> str:
        """The id of the only grant of this role, as the API gives it out."""
        async with self.world.database.session() as session:
            found = (await session.scalars(sa.select(RoleGrant).where(RoleGrant.role == role))).one()
        return f"grant-{found.id.hex}"


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(Notebook("notebook"))


@pytest.fixture
async def access(world: World) -> Access:
    await world.open(BENGKEL)
    await world.open(NEIGHBOUR)
    hamlet = await world.hamlet(BENGKEL)
    return Access(
        world,
        await world.token("perbekel", BENGKEL, name="perbekel_bengkel"),
        await world.token("platform_admin", "", name="admin"),
        hamlet,
        await world.resident(BENGKEL, hamlet),
        await world.hamlet(NEIGHBOUR, "Banjar Tetangga"),
    )


# Giving


async def test_a_perbekel_gives_a_role_and_a_token_for_it_opens_the_village(access: Access) -> None:
    given = (await access.grant()).data["grantRole"]
    held = {"role": "village_operator", "placeKind": "REGION", "placeCode": BENGKEL}
    assert given["actor"] == "komang"
    assert {**given["grant"], "id": ""} == {"id": "", **held}
    done = (await access.issue()).data["issueToken"]
    assert (done["actor"], done["grants"]) == ("komang", [held])
    expires = datetime.fromisoformat(done["expiresAt"])
    assert timedelta(days=29) < expires - datetime.now(UTC) <= timedelta(days=30)
    me = await access.world.ask(ME, done["token"])
    assert me.data["me"] == {"actor": "komang", "roles": [held]}
    assert (await access.world.ask(PEOPLE, done["token"])).data["village"]["residents"] == {"totalCount": 1}


async def test_roles_are_given_at_a_hamlet_and_for_a_resident(access: Access) -> None:
    hamlet = await access.world.id_of("Hamlet", access.hamlet)
    kelian = await access.grant(role="kelian", hamletId=hamlet)
    assert kelian.data["grantRole"]["grant"]["placeKind"] == "HAMLET"
    assert kelian.data["grantRole"]["grant"]["placeCode"] == BENGKEL
    resident = await access.world.id_of("Resident", access.resident)
    one = await access.grant(actor="ni_wayan", role="resident", residentId=resident)
    assert one.data["grantRole"]["grant"]["placeKind"] == "RESIDENT"
    token = (await access.issue(actor="ni_wayan")).data["issueToken"]["token"]
    seen = await access.world.ask("query ($id: ID!) { resident(id: $id) { fullName } }", token, id=resident)
    assert seen.data["resident"] == {"fullName": "Ni Wayan Contoh"}


async def test_the_admin_gives_roles_at_every_level(access: Access) -> None:
    for place in ("", "51", TABANAN, "51.02.06", NEIGHBOUR, "5102062003"):
        reply = await access.grant(access.admin, role="agency_officer", regionCode=place)
        assert reply.data["grantRole"]["grant"]["placeCode"] == place.replace("5102062003", "51.02.06.2003")


async def test_the_same_role_is_not_given_twice(access: Access) -> None:
    await access.grant()
    assert (await access.grant()).codes == ["CONFLICT"]


async def test_nobody_gives_more_than_he_holds(access: Access) -> None:
    """The perbekel may give roles in Bengkel; what he lacks there is named, and nothing is written."""
    before = await access.state()
    for role in ("notebook_writer", "platform_admin"):
        reply = await access.grant(role=role)
        assert (reply.codes, reply.errors[0]["extensions"]["permission"]) == (["FORBIDDEN"], "notebook.write")
    assert await access.state() == before
    assert (await access.grant(access.admin, role="notebook_writer")).data


async def test_where_somebody_may_give_nothing_there_is_nothing(access: Access) -> None:
    theirs = await access.world.id_of("Hamlet", access.elsewhere)
    gone = theirs[:-8] + "00000000"
    ours = (await access.world.id_of("Hamlet", access.hamlet))[:-8] + "00000000"
    before = await access.state()
    messages = set()
    for place in (
        {"regionCode": NEIGHBOUR}, {"regionCode": TABANAN}, {"regionCode": ""}, {"regionCode": "51.02.06.2003"},
        {"role": "kelian", "hamletId": theirs}, {"role": "kelian", "hamletId": gone},
        {"role": "kelian", "hamletId": ours},
    ):  # fmt: skip
        reply = await access.grant(**place)
        assert reply.codes == ["NOT_FOUND"], place
        messages.add(reply.errors[0]["message"])
    assert len(messages) == 1
    assert await access.state() == before


async def test_who_may_grant_nowhere_is_refused_before_anything_runs(access: Access) -> None:
    operator = await access.world.token("village_operator", BENGKEL, name="operator")
    before = await access.state()
    for token in (None, operator):
        asked: list[tuple[str, dict[str, Any]]] = [
            (GRANT, {"actor": "x", "role": "kelian", "regionCode": BENGKEL}),
            (REVOKE, {"grantId": "grant-0"}),
            (ISSUE, {"actor": "x", "label": "x", "days": 1}),
            (REVOKE_TOKEN, {"tokenId": "token-0"}),
        ]
        for query, fields in asked:
            assert (await access.ask(query, token, **fields)).codes == ["FORBIDDEN"], query
    assert await access.state() == before


async def test_all_faulty_fields_of_a_grant_are_named_at_once(access: Access) -> None:
    before = await access.state()
    reply = await access.grant(actor=" ", role="rahasia", regionCode="51.02.6")
    assert reply.faults == {
        "input.actor": "LABEL_FORM", "input.role": "UNKNOWN_ROLE", "input.regionCode": "NOT_A_REGION_CODE",
    }  # fmt: skip
    assert "rahasia" not in reply.text
    asked: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"regionCode": "99.99"}, {"input.regionCode": "UNKNOWN_REGION"}),
        ({"regionCode": BENGKEL, "hamletId": "x"}, {"input.regionCode": "EXACTLY_ONE_PLACE"}),
        ({"regionCode": None}, {"input.regionCode": "EXACTLY_ONE_PLACE"}),
        ({"hamletId": "x"}, {"input.hamletId": "NOT_AN_ID"}),
        (
            {"residentId": await access.world.id_of("Hamlet", access.hamlet)},
            {"input.residentId": "NOT_AN_ID"},
        ),
        ({"role": "kelian"}, {"input.role": "NOT_AT_THIS_PLACE"}),
        ({"actor": "x" * 101}, {"input.actor": "LABEL_FORM"}),
        ({"actor": "a\x00b"}, {"input.actor": "LABEL_FORM"}),
    ]
    for fields, faults in asked:
        reply = await access.grant(**fields)
        assert (reply.codes, reply.faults) == (["BAD_USER_INPUT"], faults)
    assert await access.state() == before


# Taking


async def test_a_role_that_was_taken_opens_nothing_at_once(access: Access) -> None:
    grant = (await access.grant()).data["grantRole"]["grant"]
    token = (await access.issue()).data["issueToken"]["token"]
    assert (await access.world.ask(PEOPLE, token)).data
    done = await access.ask(REVOKE, access.perbekel, grantId=grant["id"])
    assert done.data["revokeRole"] == {"actor": "komang", "grant": grant}
    assert (await access.world.ask(PEOPLE, token)).codes == ["FORBIDDEN"]
    assert (await access.ask(REVOKE, access.perbekel, grantId=grant["id"])).codes == ["NOT_FOUND"]
    assert (await access.grant()).data, "it can be given again"


async def test_who_could_not_give_a_role_cannot_take_it(access: Access) -> None:
    await access.world.token("village_operator", NEIGHBOUR, name="neighbours_operator")
    await access.world.token("agency_officer", TABANAN, name="officer")
    await access.grant(access.admin, actor="second_admin", role="platform_admin")
    before = await access.state()
    async with access.world.database.session() as session:
        rows = (await session.execute(sa.select(RoleGrant.id, ActorRow.name).join(ActorRow))).all()
    ids = {name: f"grant-{grant.hex}" for grant, name in rows}
    for name, code in {
        "neighbours_operator": "NOT_FOUND", "officer": "NOT_FOUND", "admin": "NOT_FOUND", "second_admin": "FORBIDDEN",
    }.items():  # fmt: skip
        assert (await access.ask(REVOKE, access.perbekel, grantId=ids[name])).codes == [code], name
    for text in ("", "x", "grant-", "grant-zz", f"token-{ids['admin'][6:]}", ids["admin"] + "0"):
        reply = await access.ask(REVOKE, access.perbekel, grantId=text)
        assert reply.faults == {"input.grantId": "NOT_AN_ID"}
    assert (await access.ask(REVOKE, access.perbekel, grantId="grant-" + "0" * 32)).codes == ["NOT_FOUND"]
    assert await access.state() == before
    assert (await access.ask(REVOKE, access.admin, grantId=ids["officer"])).data


# Tokens


async def test_a_token_is_issued_only_for_whom_one_could_give_everything(access: Access) -> None:
    """Otherwise one would get more than one holds, by issuing oneself another's token."""
    world = access.world
    await world.token("village_operator", NEIGHBOUR, name="neighbours_operator")
    await world.token("agency_officer", TABANAN, name="officer")
    await access.grant(access.admin, actor="second_admin", role="platform_admin")
    await access.grant(actor="both")
    await access.grant(access.admin, actor="both", regionCode=NEIGHBOUR)
    before = await access.state()
    for actor, code in {
        "neighbours_operator": "NOT_FOUND", "officer": "NOT_FOUND", "admin": "NOT_FOUND", "nobody": "NOT_FOUND",
        "both": "NOT_FOUND", "second_admin": "FORBIDDEN",
    }.items():  # fmt: skip
        reply = await access.issue(actor=actor)
        assert reply.codes == [code], actor
        assert actor not in reply.text
    assert await access.state() == before
    assert (await access.issue(access.admin, actor="both")).data
    assert (await access.issue(access.perbekel, actor="perbekel_bengkel")).data


async def test_an_actor_whose_roles_were_all_taken_gets_no_token(access: Access) -> None:
    """A token made ahead would open what others give its actor later."""
    grant = (await access.grant()).data["grantRole"]["grant"]
    await access.ask(REVOKE, access.perbekel, grantId=grant["id"])
    assert (await access.issue()).codes == ["NOT_FOUND"]


async def test_a_role_of_a_program_that_is_gone_is_for_the_admin_alone(access: Access) -> None:
    await access.grant()
    async with access.world.database.transaction() as session:
        await session.execute(
            sa.update(RoleGrant).where(RoleGrant.role == "village_operator").values(role="gone_keeper")
        )
    refused = await access.issue()
    assert (refused.codes, refused.errors[0]["extensions"]["permission"]) == (["FORBIDDEN"], "role.grant")
    done = (await access.issue(access.admin)).data["issueToken"]
    assert [grant["role"] for grant in done["grants"]] == ["gone_keeper"]


async def test_all_faulty_fields_of_a_token_are_named_at_once(access: Access) -> None:
    await access.grant()
    before = await access.state()
    for days in (0, 367, -1, 2**31 - 1):
        reply = await access.issue(actor="", label="x" * 101, days=days)
        assert reply.faults == {
            "input.actor": "LABEL_FORM", "input.label": "LABEL_FORM", "input.days": "OUT_OF_RANGE",
        }  # fmt: skip
    assert await access.state() == before
    for days in (1, 366):
        assert (await access.issue(days=days)).data


async def test_a_token_is_revoked_by_its_actor_and_by_who_could_issue_it(access: Access) -> None:
    await access.grant()
    issued = [(await access.issue()).data["issueToken"] for _ in range(2)]
    other = await access.world.token("perbekel", NEIGHBOUR, name="neighbours_perbekel")
    before = await access.state()
    refused = await access.ask(REVOKE_TOKEN, other, tokenId=issued[0]["tokenId"])
    assert refused.codes == ["NOT_FOUND"]
    assert (await access.ask(REVOKE_TOKEN, other, tokenId="x")).faults == {"input.tokenId": "NOT_AN_ID"}
    assert await access.state() == before
    assert (await access.world.ask(ME, issued[0]["token"])).data
    done = await access.ask(REVOKE_TOKEN, access.perbekel, tokenId=issued[0]["tokenId"])
    assert done.data["revokeToken"] == {"tokenId": issued[0]["tokenId"], "actor": "komang"}
    assert (await access.world.ask(ME, issued[0]["token"])).codes == ["UNAUTHENTICATED"]
    assert (await access.world.ask(ME, issued[1]["token"])).data
    again = await access.ask(REVOKE_TOKEN, access.perbekel, tokenId=issued[0]["tokenId"])
    assert again.codes == ["NOT_FOUND"]


async def test_one_revokes_ones_own_token_whatever_one_holds_elsewhere(access: Access) -> None:
    await access.grant(access.admin, actor="perbekel_bengkel", role="agency_officer", regionCode="51")
    assert (await access.issue(actor="perbekel_bengkel")).codes == ["NOT_FOUND"]
    mine = (await access.issue(access.admin, actor="perbekel_bengkel")).data["issueToken"]
    assert (await access.ask(REVOKE_TOKEN, mine["token"], tokenId=mine["tokenId"])).data
    assert (await access.world.ask(ME, mine["token"])).codes == ["UNAUTHENTICATED"]


async def test_the_text_of_a_token_is_told_once(access: Access) -> None:
    await access.grant()
    first = (await access.issue(key="k1")).data["issueToken"]
    again = (await access.issue(key="k1")).data["issueToken"]
    assert first["token"].startswith("wtl_")
    assert again == {**first, "token": None}
    async with access.world.database.session() as session:
        record = (await session.scalars(sa.select(Idempotency))).one()
        count = await session.scalar(sa.select(sa.func.count()).select_from(Token))
    assert first["token"] not in str(record.result)
    assert first["tokenId"] in str(record.result)
    assert count == 3


async def test_the_cache_is_emptied_after_the_commit_and_not_before(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen from the cache: when it is emptied, another connection sees what was written already."""
    seen: list[int] = []
    actors = access.world.application.actors
    forget = actors.forget

    def watched() -> None:
        seen.append(access.world.database.engine.pool.checkedout())  # type: ignore[attr-defined]
        forget()

    monkeypatch.setattr(actors, "forget", watched)
    assert (await access.grant(role="platform_admin")).codes == ["FORBIDDEN"]
    assert seen == []
    assert (await access.grant()).data
    assert seen == [0]
