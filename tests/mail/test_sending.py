"""Mails: each once, in both languages, again after what was only for now, and never with a word of them in a log."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mail.conftest import Post

from wantilan import Grams, Message, ResidentFacts, Text, notify, uuid7
from wantilan.registry.messages.sending import Sending
from wantilan.registry.models import MessageDelivery, MessageOutcome, Resident
from wantilan.testing import BENGKEL, World
from wantilan.web.application import Application
from wantilan_mail.models import Address, MailOutcome, Sent
from wantilan_mail.rules import address_fault, mail_of
from wantilan_waste.messages import RECEIVED

ADDRESS = "wayan.contoh@surel.example"


async def tell(world: World, resident: Resident) -> None:
    async with world.unit(BENGKEL) as unit:
        await notify(
            unit, resident.id, RECEIVED, facility="TPS3R Bestari", mass=Grams(1250), day=date(2026, 5, 3)
        )


async def keep_address(world: World, resident: Resident, *, confirmed: bool = True) -> None:
    async with world.unit(BENGKEL) as unit:
        at = unit.now
        address = Address(resident_id=resident.id, address=ADDRESS, changed_at=at)
        address.confirmed_at = at if confirmed else None
        await unit.add(address)


async def send(world: World, times: int = 1) -> list[tuple[MessageOutcome, int, str | None]]:
    """Send what waits, so many times, as if the pause were over each time."""
    sending = Sending(world.host, world.database, first_pause=timedelta(minutes=1))
    for _ in range(times):
        async with world.unit(BENGKEL) as unit:
            for row in await unit.all(MessageDelivery):
                row.due_at = unit.now - timedelta(seconds=1)
        await sending.send()
    async with world.unit(BENGKEL) as unit:
        return [(row.outcome, row.attempts, row.failure) for row in await unit.all(MessageDelivery)]


async def sent(world: World) -> list[tuple[MailOutcome, int | None]]:
    async with world.unit(BENGKEL) as unit:
        return [(row.outcome, row.code) for row in await unit.all(Sent)]


async def test_a_message_arrives_as_a_mail_in_both_languages(
    world: World, wayan: Resident, post: Post
) -> None:
    await keep_address(world, wayan)
    await tell(world, wayan)
    assert await send(world) == [(MessageOutcome.TAKEN, 0, None)]
    (mail,) = post.came
    assert post.to == [ADDRESS] and mail["To"] == ADDRESS
    assert mail["From"] == "Kantor Desa <desa@wantilan.example>"
    assert mail["Subject"] == "Sampah Anda sudah ditimbang / Your waste has been weighed"
    body = mail.get_content()
    assert "menerima 1,25 kg sampah" in body and "3 Mei 2026" in body
    assert "took in 1.25 kg of waste" in body and body.index("menerima") < body.index("took in")
    assert mail["Message-ID"].endswith("@wantilan.example>")
    assert await sent(world) == [(MailOutcome.SENT, None)]


@pytest.mark.parametrize("address", ["none", "not confirmed"])
async def test_who_has_no_confirmed_address_is_not_reached_and_nothing_is_sent(
    world: World, wayan: Resident, post: Post, address: str
) -> None:
    if address != "none":
        await keep_address(world, wayan, confirmed=False)
    await tell(world, wayan)
    assert await send(world) == [(MessageOutcome.NOT_REACHED, 0, None)]
    assert post.came == []


async def test_what_is_refused_for_now_is_sent_later_under_the_same_id(
    world: World, wayan: Resident, post: Post
) -> None:
    await keep_address(world, wayan)
    await tell(world, wayan)
    post.recipient_says, post.data_says = ["450 busy"], ["451 later"]
    assert await send(world) == [(MessageOutcome.WAITING, 1, "SMTPRecipientsRefused")]
    assert await send(world) == [(MessageOutcome.WAITING, 2, "SMTPDataError")]
    assert await send(world) == [(MessageOutcome.TAKEN, 2, None)]
    assert len(post.came) == 1


@pytest.mark.parametrize("where", ["recipient_says", "data_says"])
async def test_what_is_refused_for_good_is_not_tried_again(
    world: World, wayan: Resident, post: Post, where: str
) -> None:
    await keep_address(world, wayan)
    await tell(world, wayan)
    setattr(post, where, ["550 no such person"])
    assert await send(world, 3) == [(MessageOutcome.NOT_REACHED, 0, None)]
    assert post.came == [] and await sent(world) == [(MailOutcome.REFUSED, 550)]
    await forgotten_by_the_host(world)
    assert await send(world) == [(MessageOutcome.NOT_REACHED, 0, None)]


async def test_a_server_that_is_away_or_has_no_tls_or_is_not_named_lets_messages_wait(
    world: World, wayan: Resident, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep_address(world, wayan)
    await tell(world, wayan)
    monkeypatch.setenv("WANTILAN_MAIL_TLS", "starttls")
    assert await send(world) == [(MessageOutcome.WAITING, 1, "SMTPException")]
    assert post.came == []  # not in the clear
    monkeypatch.setenv("WANTILAN_MAIL_TLS", "none")
    monkeypatch.setenv("WANTILAN_MAIL_PORT", "1")
    assert await send(world) == [(MessageOutcome.WAITING, 2, "SMTPConnectError")]
    monkeypatch.delenv("WANTILAN_MAIL_HOST")
    assert await send(world) == [(MessageOutcome.WAITING, 3, "NoServer")]
    monkeypatch.setenv("WANTILAN_MAIL_HOST", "127.0.0.1")
    monkeypatch.setenv("WANTILAN_MAIL_PORT", str(post.port))
    assert await send(world) == [(MessageOutcome.TAKEN, 3, None)]
    assert len(post.came) == 1


async def test_a_mail_that_was_sent_is_not_sent_again_though_the_host_forgot(
    world: World, wayan: Resident, post: Post
) -> None:
    await keep_address(world, wayan)
    await tell(world, wayan)
    await send(world)
    await forgotten_by_the_host(world)
    assert await send(world) == [(MessageOutcome.TAKEN, 0, None)]
    assert len(post.came) == 1


async def forgotten_by_the_host(world: World) -> None:
    """As after a crash between what the channel wrote and what the host writes."""
    async with world.unit(BENGKEL) as unit:
        (row,) = await unit.all(MessageDelivery)
        row.outcome, row.ended_at = MessageOutcome.WAITING, None


async def test_a_mail_of_which_nobody_wrote_that_it_was_sent_comes_again_under_the_same_id(
    world: World, wayan: Resident, post: Post
) -> None:
    """A process that dies when the server has taken the mail and before anybody could write that down."""
    await keep_address(world, wayan)
    await tell(world, wayan)
    await send(world)
    async with world.unit(BENGKEL) as unit:
        (row,) = await unit.all(Sent)
        await unit.session.delete(row)
    await forgotten_by_the_host(world)
    await send(world)
    assert len(post.came) == 2 and len({mail["Message-ID"] for mail in post.came}) == 1


async def test_what_a_served_village_is_told_is_sent_at_once_and_in_a_demo_never(
    world: World, wayan: Resident, post: Post
) -> None:
    await keep_address(world, wayan)
    for demo in (False, True):
        settings = world.application.settings.model_copy(update={"demo": demo, "jobs": False})
        served = Application(settings, world.host)
        async with served.running():
            await tell(World(served), wayan)
            await eventually_came(post, 1)
            await asyncio.sleep(0.3)
        assert len(post.came) == 1


async def eventually_came(post: Post, count: int) -> None:
    """Sooner than it would be looked for without being told."""
    async with asyncio.timeout(3):
        while len(post.came) < count:  # noqa: ASYNC110  (the server that stands in for a real one counts)
            await asyncio.sleep(0.01)


async def test_while_the_mail_server_hangs_everybody_else_writes(
    world: World, wayan: Resident, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep_address(world, wayan)
    await tell(world, wayan)
    post.hangs = asyncio.Event()
    monkeypatch.setenv("WANTILAN_MAIL_SECONDS", "30")
    sending = asyncio.create_task(send(world))
    await asyncio.wait_for(post.asked.wait(), 5)
    async with asyncio.timeout(2), world.unit(BENGKEL) as unit:
        for row in await unit.all(Address):
            row.changed_at = unit.now
    post.hangs.set()
    assert await sending == [(MessageOutcome.TAKEN, 0, None)]


async def test_no_word_of_a_mail_stands_in_a_log(
    world: World, wayan: Resident, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    await keep_address(world, wayan)
    await tell(world, wayan)
    post.recipient_says, post.data_says = [f"450 {ADDRESS} busy"], [f"550 {ADDRESS} refused"]
    with caplog.at_level(logging.INFO):
        await send(world, 2)
        assert "SMTPRecipientsRefused" in ours(caplog)
        for word in ("contoh", "Contoh", "surel.example", "1,25 kg", "1.25 kg"):
            assert word not in ours(caplog)
        logging.getLogger("wantilan").error("planted for %s", ADDRESS)
        assert "surel.example" in ours(caplog)  # the control


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """All lines but those of the mail server that stands in for a real one."""
    return "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith("mail."))


# Addresses and heads


@pytest.mark.parametrize(
    "text",
    ["", "wayan", "a@b", "a b@c.id", "a@b..id", "a@-b.id", "a@b.id\r\nBcc: x@y.id", "<a@b.id>", "a@b.id,c@d.id",
     "ä@b.id", "a@b.id ", f"{'a' * 65}@b.id", f"a@{'b.' * 130}id"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    assert address_fault(text) is not None


@pytest.mark.parametrize("text", ["a@b.id", "ni.luh+desa@surel.bengkel.desa.id", "o'neil@x-y.example"])
def test_what_is_one(text: str) -> None:
    assert address_fault(text) is None


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=60))
def test_nothing_that_anybody_writes_adds_a_line_to_the_head(name: str, subject: str, body: str) -> None:
    message = Message(
        uuid7(),
        ResidentFacts(uuid7(), uuid7()),
        Text(" ".join(subject.split()) or "-", "-"),
        Text(body, body),
    )
    given: Any = {"name": name, "reply_to": None, "at": datetime(2026, 1, 1, tzinfo=UTC)}
    try:
        mail = mail_of(message, "a@b.id", "desa@x.example", **given)
    except ValueError:
        return
    heads = mail.as_bytes().split(b"\n\n", 1)[0].decode("ascii").splitlines()
    known = ("From:", "To:", "Subject:", "Date:", "Message-ID:", "Auto-Submitted:", "Content-", "MIME-", " ")
    assert all(line.startswith(known) for line in heads), heads


async def test_a_line_break_in_the_name_of_a_village_is_refused_before_it_comes_that_far(
    world: World, wayan: Resident
) -> None:
    document = """mutation($s: JSON!) { configureProgram(input: {
      villageCode: "51.02.06.2001", program: "mail", settings: $s}) { changed } }"""
    perbekel = await world.token("perbekel", BENGKEL)
    refused = await world.ask(document, perbekel, s={"sender_name": "Desa\r\nBcc: x@y.id"})
    assert refused.codes == ["BAD_USER_INPUT"]
    assert (await world.ask(document, perbekel, s={"sender_name": "Desa Bengkel"})).data
    await asyncio.sleep(0)
