"""What programs answer over plain HTTP: inside one village's wall, refused alike, and without a secret in a log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa
from tests.core.bell import FAILURE, Bell, about, all_there_are, listed, of_code
from tests.core.notebook import host_with

from wantilan import Endpoint, EndpointAnswer, own_village
from wantilan.cli.serve import PathOnly
from wantilan.graph.meter import Meter
from wantilan.programs.endpoint import endpoint_faults
from wantilan.programs.host import Host
from wantilan.programs.loading import load_programs
from wantilan.programs.switching import disable
from wantilan.registry.models import Hamlet
from wantilan.store.outbox import Event
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, Fetched, World
from wantilan.testing.plugin import Templates
from wantilan.web.application import Application

HERE, THERE, NOWHERE = "5102062001-7K3F9Q2M", "5102062002-7K3F9Q2M", "5102069999-7K3F9Q2M"
FORM = "/bell/v1/hamlets?village=51.02.06.2001"
on_postgres = pytest.mark.parametrize("wantilan_dialect", ["postgresql"])
on_sqlite = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])


@pytest.fixture(scope="session")
def wantilan_host() -> Host:
    return host_with(Bell())


async def two_villages(world: World) -> None:
    for code, name in ((BENGKEL, "Kaja"), (NEIGHBOUR, "Kelod")):
        await world.open(code, "bell")
        await world.hamlet(code, name)


@pytest.fixture
def wantilan_setting() -> Any:
    return two_villages


@pytest.fixture
def bells(world: World, scene: None) -> World:
    """Two villages with a hamlet each, and the program on in both."""
    return world


async def hamlets(world: World) -> list[str]:
    async with world.unit(BENGKEL) as unit:
        return sorted(row.name for row in await unit.all(Hamlet))


async def announced(world: World) -> int:
    async with world.database.transaction(WHOLE_COUNTRY) as session:
        rung = sa.select(sa.func.count()).select_from(Event).where(Event.name == "bell.rung")
        return int(await session.scalar(rung) or 0)


def without_id(answer: Fetched) -> Any:
    body = answer.json
    body["errors"][0]["extensions"].pop("requestId")
    return answer.status, body, sorted(answer.headers.keys())


# What is read


async def test_a_feed_tells_of_the_village_that_its_address_names_and_of_no_other(bells: World) -> None:
    for secret, name in ((HERE, "Kaja"), (THERE, "Kelod")):
        answer = await bells.fetch(f"/feeds/bell/{secret}.txt")
        assert (answer.status, answer.text) == (200, name)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["content-disposition"] == "inline"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert len(answer.headers["x-request-id"]) == 32


@on_postgres
async def test_the_second_wall_is_set_before_the_program_is_asked(bells: World) -> None:
    for secret, name in ((HERE, "Kaja"), (THERE, "Kelod")):
        assert (await bells.fetch(f"/feeds/bell/{secret}/all")).text == name
    async with bells.database.transaction(f"{BENGKEL},{NEIGHBOUR}") as session:  # the control
        assert sorted(await session.scalars(sa.select(Hamlet.name))) == ["Kaja", "Kelod"]


async def test_an_answer_costs_the_question_of_the_village_and_what_the_program_asks(bells: World) -> None:
    seen: list[str] = []
    engine = bells.database.looking.sync_engine
    sa.event.listen(engine, "before_cursor_execute", lambda c, cursor, text, *more: seen.append(text))
    assert (await bells.fetch(f"/feeds/bell/{HERE}.txt")).status == 200
    asked = [text for text in seen if text.startswith("SELECT")]
    assert len(asked) == 2 and "village_program" in asked[0] and "hamlet" in asked[1]


async def test_what_cannot_be_had_looks_alike_whatever_the_reason(bells: World) -> None:
    await bells.open("51.02.06.2003")
    async with bells.unit(NEIGHBOUR) as unit:
        await disable(bells.host, unit, "bell")
    reasons = {
        "a path that nobody has": "/feeds/bell/",
        "a program that nobody has": f"/feeds/gong/{HERE}.txt",
        "no code of ours": "/feeds/bell/whatever.txt",
        "a village that is not open": f"/feeds/bell/{NOWHERE}.txt",
        "a village that never had the program": "/feeds/bell/5102062003-7K3F9Q2M.txt",
        "a village that switched it off": f"/feeds/bell/{THERE}.txt",
        "nothing behind the secret": f"/feeds/bell/{HERE}.txt?only=nothing",
    }
    answers = {why: without_id(await bells.fetch(path)) for why, path in reasons.items()}
    assert {status for status, _, _ in answers.values()} == {404}
    assert len({str(answer) for answer in answers.values()}) == 1, answers
    assert (await bells.fetch(f"/feeds/bell/{HERE}.txt")).status == 200  # the control


@on_sqlite
async def test_an_uninstalled_program_answers_nothing(bells: World, wantilan_templates: Templates) -> None:
    bare = Application(bells.application.settings, host_with())
    async with bare.running(deliver=False):
        for path in (f"/feeds/bell/{HERE}.txt", "/bell/v1/about"):
            assert (await World(bare).fetch(path)).status == 404
            assert (await bells.fetch(path)).status == 200  # the control


@pytest.mark.parametrize(
    "secret", ["5102062001-7K3F9Q2M%00", "a%2Fb", "..", "%0A", "x" * 201, "%ff", "5102062001-7K3F9Q2M%2E%2E"]
)
async def test_no_path_gets_anywhere_else(bells: World, secret: str) -> None:
    assert (await bells.fetch(f"/feeds/bell/{secret}.txt")).status == 404


async def test_reading_can_write_nothing(bells: World, caplog: pytest.LogCaptureFixture) -> None:
    answer = await bells.fetch(f"/feeds/bell/{HERE}/writes")
    assert (answer.status, answer.json["errors"][0]["extensions"]["code"]) == (500, "INTERNAL_SERVER_ERROR")
    assert await hamlets(bells) == ["Kaja"]


@on_sqlite
async def test_reading_does_not_wait_for_a_writer(bells: World) -> None:
    async with bells.unit(BENGKEL):
        async with asyncio.timeout(3):
            assert (await bells.fetch(f"/feeds/bell/{HERE}.txt")).status == 200


# HTTP


async def test_who_knows_an_answer_is_told_that_nothing_changed(bells: World) -> None:
    path = f"/feeds/bell/{HERE}.txt"
    first = await bells.fetch(path)
    assert first.headers["cache-control"] == "private, max-age=60, must-revalidate"
    etag = first.headers["etag"]
    assert etag.startswith('"')
    for known in (etag, f'"x", W/{etag}', "*"):
        again = await bells.fetch(path, headers={"if-none-match": known})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
        assert "content-length" not in again.headers
    await bells.hamlet(BENGKEL, "Baru")
    changed = await bells.fetch(path, headers={"if-none-match": etag})
    assert (changed.status, changed.text) == (200, "Baru\nKaja")
    assert changed.headers["etag"] != etag


async def test_what_is_public_may_be_kept_by_all_and_not_what_a_token_was_shown(bells: World) -> None:
    token = await bells.token("bell_ringer", BENGKEL)
    assert (await bells.fetch(FORM)).headers["cache-control"].startswith("public")
    assert (await bells.fetch(FORM, token)).headers["cache-control"].startswith("private")
    assert (await bells.fetch("/bell/v1/hamlets?village=1")).headers["cache-control"] == "no-store"


async def test_head_is_get_without_the_body_and_other_methods_are_named(bells: World) -> None:
    path = f"/feeds/bell/{HERE}.txt"
    got, head = await bells.fetch(path), await bells.fetch(path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"] == "4"
    assert head.headers["etag"] == got.headers["etag"]
    for address, allowed in ((path, "GET, HEAD, OPTIONS"), (FORM, "GET, POST, HEAD, OPTIONS")):
        refused = await bells.fetch(address, method="DELETE")
        assert (refused.status, refused.headers["allow"]) == (405, allowed)
        asked = await bells.fetch(address, method="OPTIONS")
        assert (asked.status, asked.headers["allow"]) == (204, allowed)


@on_sqlite
async def test_only_pages_of_known_origins_may_read(bells: World) -> None:
    settings = bells.application.settings.model_copy(update={"cors_origins": ["https://desa.example"]})
    served = World(Application(settings, bells.host))
    async with served.application.running(deliver=False):
        known, foreign = {"origin": "https://desa.example"}, {"origin": "https://evil.example"}
        for method in ("GET", "OPTIONS"):
            allowed = await served.fetch(FORM, method=method, headers=known)
            assert allowed.headers["access-control-allow-origin"] == "https://desa.example"
            refused = await served.fetch(FORM, method=method, headers=foreign)
            assert "access-control-allow-origin" not in refused.headers


async def test_a_program_is_told_under_which_address_it_was_reached(bells: World) -> None:
    assert (await bells.fetch("/bell/v1/about")).json == {"at": "https://desa.example"}
    hostile = await bells.fetch("/bell/v1/about", headers={"host": 'x"><script>'})
    assert hostile.json == {"at": ""}


async def test_what_is_too_long_or_no_text_is_refused_before_the_program_sees_it(bells: World) -> None:
    token = await bells.token("bell_ringer", BENGKEL)
    most = bells.application.settings.limits.body_bytes
    for status, path, form, headers in (
        (414, "/bell/v1/hamlets?" + "a" * 9_000, None, {}),
        (400, FORM + "&a=%ff", None, {}),
        (400, FORM + "&a=%00", None, {}),
        (413, FORM, {"name": "x" * (most + 1)}, {}),
        (415, FORM, {"name": "Baru"}, {"content-encoding": "gzip"}),
        (400, FORM, {f"f{i}": "" for i in range(200)}, {}),
    ):
        method = "GET" if form is None else "POST"
        answer = await bells.fetch(path, token, method=method, form=form, headers=headers)
        assert answer.status == status, (path[:40], answer.text)
    assert await hamlets(bells) == ["Kaja"]


async def test_who_takes_too_long_is_cut_off(bells: World) -> None:
    assert (await bells.fetch(f"/feeds/bell/{HERE}/dawdles")).status == 503


async def test_each_request_counts_for_the_same_limit_as_a_question_also_one_that_finds_nothing(
    bells: World,
) -> None:
    bells.engine.meter.per_minute = 3
    web = World(bells.application)  # with the meter as it is now
    paths = (f"/feeds/bell/{HERE}.txt", "/feeds/bell/guessed.txt", "/feeds/guessed")
    assert [(await web.fetch(path)).status for path in paths] == [200, 404, 404]
    late = await web.fetch(paths[0])
    assert (late.status, int(late.headers["retry-after"]) > 0) == (429, True)
    assert (await web.ask("{ me { actor } }")).codes == ["RATE_LIMITED"]
    assert isinstance(bells.engine.meter, Meter)


# What is written


async def test_a_form_is_written_in_one_transaction_and_announced_after_it(bells: World) -> None:
    told: list[str] = []
    bells.application.listeners.append(lambda village, events: told.extend(one.name for one in events))
    token = await bells.token("bell_ringer", BENGKEL)
    answer = await bells.fetch(FORM, token, method="POST", form={"name": "Baru"})
    assert (answer.status, answer.headers["cache-control"]) == (201, "no-store")
    assert answer.text.startswith("Baru by ") and "None" not in answer.text
    assert await hamlets(bells) == ["Baru", "Kaja"]
    assert (told, await announced(bells)) == (["bell.rung"], 1)
    posted = await bells.fetch(FORM, method="POST", form={"name": "Kedua", "api_key": token})
    assert posted.status == 201


@pytest.mark.parametrize(("name", "status"), [("Unwanted", 409), ("Broken", 500), ("Kaja", 400)])
async def test_what_a_program_turns_down_has_left_nothing_behind(
    bells: World, name: str, status: int
) -> None:
    token = await bells.token("bell_ringer", BENGKEL)
    assert (await bells.fetch(FORM, token, method="POST", form={"name": name})).status == status
    assert (await hamlets(bells), await announced(bells)) == (["Kaja"], 0)


async def test_only_who_may_there_writes_and_the_others_are_told_in_the_format_of_the_endpoint(
    bells: World,
) -> None:
    resident = await bells.resident(BENGKEL, await bells.hamlet(BENGKEL, "Tengah"))
    elsewhere = await bells.token("bell_ringer", NEIGHBOUR)
    ringer, lives = (
        await bells.token("bell_ringer", TABANAN),
        await bells.token("resident", BENGKEL, resident=resident.id),
    )
    reader = await bells.token("village_operator", BENGKEL)
    before = await hamlets(bells)
    for token, posted, status, code in (
        (None, {}, 401, "UNAUTHENTICATED"),
        ("wtl_unknown", {}, 401, "UNAUTHENTICATED"),
        (None, {"api_key": "wtl_unknown"}, 401, "UNAUTHENTICATED"),
        (None, {"api_key": "no token\n"}, 401, "UNAUTHENTICATED"),
        (elsewhere, {}, 403, "FORBIDDEN"),
        (reader, {}, 403, "FORBIDDEN"),
    ):
        answer = await bells.fetch(FORM, token, method="POST", form={"name": "Baru", **posted})
        assert answer.status == status
        assert answer.text.startswith(f"<{status} {code} ")
        assert await hamlets(bells) == before
    for number, token in enumerate((ringer, lives)):
        assert (await bells.fetch(FORM, token, method="POST", form={"name": str(number)})).status == 201


async def test_a_refusal_is_told_in_the_format_and_the_language_of_who_asks(bells: World) -> None:
    english = await bells.fetch("/bell/v1/hamlets", headers={"accept-language": "en"})
    assert (english.status, english.text) == (400, "<400 BAD_USER_INPUT Which village?>")
    assert "Desa mana?" in (await bells.fetch("/bell/v1/hamlets")).text
    unknown = await bells.fetch("/bell/v1/hamlets?village=51.02.06.2009")
    assert (unknown.status, unknown.text[:15]) == (404, "<404 NOT_FOUND ")


# Logs


async def test_no_secret_and_no_value_is_logged(bells: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await bells.fetch(f"/feeds/bell/{HERE}/fails", headers={"x-request-id": "r-7"})
        await bells.fetch(f"/feeds/bell/{HERE}/dawdles")
        await bells.fetch(f"/feeds/bell/{HERE}/writes")
        await bells.fetch(f"/feeds/nobody/{HERE}")
        logging.getLogger("wantilan").error("control %s", "CONTROL-7K3F9Q2M")
    assert answer.status == 500 and FAILURE not in answer.text and HERE not in answer.text
    own = [
        record.getMessage() for record in caplog.records if record.name.startswith(("wantilan", "uvicorn"))
    ]
    text = "\n".join(own)
    assert "r-7" in text and "RuntimeError" in text and "CONTROL-7K3F9Q2M" in text
    assert HERE not in text and FAILURE not in text


def access_line(path: str) -> str:
    record = logging.LogRecord(
        "uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:1", "GET", path, "1.1", 200), None,
    )  # fmt: skip
    assert PathOnly().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/feeds/waste/SECRET.ics", "/feeds/…"),
        ("/feeds/waste/SECRET.ics?token=1", "/feeds/…"),
        ("//feeds/waste/SECRET", "//feeds/…"),
        ("/desa/Feeds/SECRET/more", "/desa/Feeds/…"),
        ("/feeds/", "/feeds/"),
        (
            "/open311/v2/requests/5102062001-7K3F9Q2M.json?page=2",
            "/open311/v2/requests/5102062001-7K3F9Q2M.json",
        ),
    ],
)
def test_the_access_log_shows_nothing_that_stands_behind_feeds(path: str, shown: str) -> None:
    assert access_line(path) == f'127.0.0.1:1 - "GET {shown} HTTP/1.1" 200'


# Declarations


@dataclass(frozen=True)
class Fault:
    told: str
    path: str = "/feeds/bell/{secret}.ics"
    given: tuple[tuple[str, Any], ...] = ()


async def takes_more(request: Any, clock: Any) -> EndpointAnswer:
    return EndpointAnswer()


FAULTS = (
    Fault("must be a path", "feeds/bell/x"),
    Fault("must be a path", "/"),
    Fault("must be a path", "/feeds/bell/"),
    Fault("must be a path", "/feeds/bell/../x"),
    Fault("must be a path", "/feeds/bell/{a}{b}"),
    Fault("must be a path", "/feeds/bell/{Not}"),
    Fault("must be a path", "/feeds/bell/a b"),
    Fault("names a part twice", "/feeds/bell/{a}/{a}"),
    Fault("does not begin with '/feeds/bell/'", "/feeds/waste/x"),
    Fault("belongs to the host", "/graphql/x"),
    Fault("belongs to the host", "/programs/bell"),
    Fault("begins with a part", "/{any}/x"),
    Fault("answers to GET and POST", given=(("methods", ("PUT",)),)),
    Fault("answers to GET and POST", given=(("methods", ()),)),
    Fault("must answer by an async def", given=(("answer", of_code),)),
    Fault("cannot be given 'clock'", given=(("answer", takes_more),)),
    Fault("cannot be given 'unit'", given=(("village", None), ("answer", all_there_are))),
    Fault("is of no village", given=(("village", None), ("answer", about), ("needs", own_village()))),
    Fault("must name a plain function: village", given=(("village", about),)),
    Fault("has a token_field and no form", given=(("token_field", "api_key"),)),
    Fault("must have a number in seconds", given=(("seconds", 0),)),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.path} {fault.told}")
def test_a_declaration_at_fault_is_named(fault: Fault) -> None:
    good = Endpoint(path=fault.path, village=of_code, answer=listed)
    assert not list(endpoint_faults([one("/feeds/bell/{secret}.ics")], "bell"))  # the control
    (told,) = endpoint_faults([replace(good, **dict(fault.given))], "bell")
    assert fault.told in told and told.startswith(f"Endpoint {fault.path!r}")


def left_out(*bells: Bell) -> Iterator[str]:
    return (str(failure) for failure in load_programs(entry_points=[], extra=bells).failures)


def one(path: str, **more: Any) -> Endpoint:
    return Endpoint(path=path, village=of_code, answer=listed, **more)


def test_the_first_word_of_a_standard_belongs_to_one_program_only() -> None:
    told = list(
        left_out(Bell("gong", (one("/open311/v2/{secret}"),)), Bell("bell", (one("/open311/{secret}"),)))
    )
    assert len(told) == 2
    assert all("its path '/open311' is also that of" in line for line in told)
    assert not list(
        left_out(Bell("gong", (one("/feeds/gong/{secret}"),)), Bell("bell", (one("/b/{secret}"),)))
    )


def test_of_two_endpoints_that_answer_the_same_one_is_named_and_so_is_an_unknown_permission() -> None:
    twins = (one("/feeds/bell/{secret}"), one("/feeds/bell/{other}", methods=("GET", "POST")))
    assert "is declared twice for GET" in next(left_out(Bell(endpoints=twins)))
    apart = (one("/feeds/bell/{secret}"), one("/feeds/bell/{other}", methods=("POST",)))
    assert not list(left_out(Bell(endpoints=apart)))
    unknown = (one("/feeds/bell/{secret}", needs="bell.toll"),)
    (failure,) = host_with(Bell(endpoints=unknown)).failures
    assert "needs the unknown permission 'bell.toll'" in str(failure)


@pytest.mark.parametrize(
    "given",
    [
        {"status": 304},
        {"status": 99},
        {"content_type": "text/html\r\nx: y"},
        {"headers": {"set-cookie": "a=b"}},
        {"headers": {"location": "/a\r\nset-cookie: b"}},
    ],
)
def test_an_answer_that_cannot_be_sent_is_none(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="answer"):
        EndpointAnswer(**given)
    assert EndpointAnswer(status=202, headers={"location": "/a"}).content == b""
