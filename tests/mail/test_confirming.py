"""An address is confirmed by a code that only who reads its mail can know; until then nothing else goes there."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.mail.conftest import Post
from tests.mail.test_sending import send, tell

from wantilan.registry.models import Message, Resident
from wantilan.testing import BENGKEL, World
from wantilan_mail.confirming import MOST_AN_HOUR, MOST_TRIES
from wantilan_mail.models import Address, Code

ADDRESS = "wayan.contoh@surel.example"
SET = """mutation($id: ID!, $address: String!) { mailSetAddress(input: {residentId: $id, address: $address}) {
  changed resident { mail { address { confirmedAt } } } } }"""
SEND = "mutation($id: ID!) { mailSendCode(input: {residentId: $id}) { changed } }"
CONFIRM = """mutation($id: ID!, $code: String!) { mailConfirmAddress(input: {residentId: $id, code: $code}) {
  confirmed warnings { code path } resident { mail { address { address confirmedAt } } } } }"""
WRONG = [{"code": "MAIL_CODE_WRONG", "path": ["input", "code"]}]


class Wayan:
    """A resident who asks for himself."""

    def __init__(self, world: World, row: Resident, id: str, token: str) -> None:
        self.world, self.row, self.id, self.token = world, row, id, token

    async def do(self, document: str, **given: Any) -> Any:
        reply = await self.world.ask(document, self.token, id=self.id, **given)
        (answer,) = reply.data.values()
        return answer

    async def set(self, address: str = ADDRESS) -> Any:
        return await self.do(SET, address=address)

    async def confirm(self, code: str) -> Any:
        return await self.do(CONFIRM, code=code)


@pytest.fixture
async def me(world: World, wayan: Resident) -> Wayan:
    token = await world.token("resident", BENGKEL, resident=wayan.id)
    return Wayan(world, wayan, await world.id_of("Resident", wayan), token)


async def code_of(world: World, post: Post) -> str:
    """The code of the last mail, when everything that waits has been sent."""
    await send(world)
    (code,) = re.findall(r"kode konfirmasi: (\d{8})\b", post.came[-1].get_content(), re.IGNORECASE)
    return str(code)


async def test_what_came_by_mail_confirms_the_address_and_then_messages_go_there(
    world: World, me: Wayan, post: Post
) -> None:
    assert (await me.set())["resident"]["mail"]["address"] == {"confirmedAt": None}
    await tell(world, me.row)
    code = await code_of(world, post)
    assert post.to == [ADDRESS] and len(post.came) == 1  # the code and nothing else
    answer = await me.confirm(f" {code[:4]} {code[4:]} ")
    assert answer["confirmed"] and answer["warnings"] == []
    assert answer["resident"]["mail"]["address"]["confirmedAt"] is not None
    assert await me.confirm(code) == answer  # again: it is confirmed already
    assert (await me.do(SEND))["changed"] is False
    await tell(world, me.row)
    await send(world)
    assert len(post.came) == 2 and "menerima 1,25 kg" in post.came[1].get_content()


async def test_the_code_stands_nowhere_but_in_the_mail(
    world: World, me: Wayan, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "wantilan"):
        await me.set()
        code = await code_of(world, post)
    assert code not in caplog.text and ADDRESS not in caplog.text
    async with world.unit(BENGKEL) as unit:
        (message,) = await unit.all(Message)
        kept = [repr(vars(row)) for model in (Message, Code, Address) for row in await unit.all(model)]
    assert "kode dikirim" in message.body_id and ADDRESS not in message.body_id + message.body_en
    assert not any(code in row for row in kept)
    assert any(ADDRESS in row for row in kept)  # the control


async def test_a_wrong_code_counts_and_after_five_the_right_one_helps_no_more(
    world: World, me: Wayan, post: Post
) -> None:
    await me.set()
    code = await code_of(world, post)
    other = str((int(code) + 1) % 10**8).zfill(8)
    for _ in range(MOST_TRIES):
        answer = await me.confirm(other)
        assert answer["confirmed"] is False and answer["warnings"] == WRONG
    assert (await me.confirm(code))["warnings"] == WRONG
    assert (await me.do(SEND))["changed"] is True
    assert (await me.confirm(await code_of(world, post)))["confirmed"]


async def test_a_code_serves_for_an_hour_for_its_own_address_and_until_there_is_a_newer_one(
    world: World, me: Wayan, post: Post
) -> None:
    await me.set()
    first = await code_of(world, post)
    await me.do(SEND)
    assert (await me.confirm(first))["confirmed"] is False  # though the newer one has not even been sent
    second = await code_of(world, post)
    await me.set("lain@surel.example")
    assert (await me.confirm(second))["confirmed"] is False
    third = await code_of(world, post)
    assert post.to == [ADDRESS, ADDRESS, "lain@surel.example"]
    async with world.unit(BENGKEL) as unit:
        await unit.session.execute(sa.update(Code).values(until=unit.now - timedelta(seconds=1)))
    assert (await me.confirm(third))["warnings"] == WRONG


async def test_a_confirmed_address_that_is_changed_is_confirmed_again(
    world: World, me: Wayan, post: Post
) -> None:
    await me.set()
    assert (await me.confirm(await code_of(world, post)))["confirmed"]
    assert (await me.set("lain@surel.example"))["resident"]["mail"]["address"] == {"confirmedAt": None}
    await tell(world, me.row)
    await send(world)
    assert [mail["To"] for mail in post.came] == [ADDRESS, "lain@surel.example"]
    assert "menerima" not in post.came[1].get_content()


async def test_a_mail_with_a_code_that_is_refused_for_now_comes_with_another_code(
    world: World, me: Wayan, post: Post
) -> None:
    await me.set()
    post.data_says = ["451 later"]
    await send(world)
    async with world.unit(BENGKEL) as unit:
        (before,) = [row.hash for row in await unit.all(Code)]
    code = await code_of(world, post)
    async with world.unit(BENGKEL) as unit:
        assert [row.hash for row in await unit.all(Code)] != [before]
    assert (await me.confirm(code))["confirmed"]


async def test_nobody_fills_a_mail_box_with_codes(world: World, me: Wayan, post: Post) -> None:
    for number in range(MOST_AN_HOUR):
        await me.set(f"a{number}@surel.example")
    for document, given in ((SEND, {}), (SET, {"address": "more@surel.example"})):
        refused = await world.ask(document, me.token, id=me.id, **given)
        assert refused.codes == ["RULE_VIOLATED"]
        assert refused.errors[0]["extensions"]["rule"] == "MAIL_TOO_MANY_CODES"
    async with world.unit(BENGKEL) as unit:
        assert [row.address for row in await unit.all(Address)] == [f"a{MOST_AN_HOUR - 1}@surel.example"]
        assert len(await unit.all(Code)) == len(await unit.all(Message)) == MOST_AN_HOUR
        await unit.session.execute(sa.update(Code).values(asked_at=unit.now - timedelta(hours=1)))
    assert (await me.do(SEND))["changed"]


async def test_without_an_address_there_is_nothing_to_confirm(world: World, me: Wayan) -> None:
    assert (await world.ask(SEND, me.token, id=me.id)).codes == ["CONFLICT"]
    answer = await me.confirm("12345678")
    assert answer["confirmed"] is False and answer["resident"]["mail"]["address"] is None
