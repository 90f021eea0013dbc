"""The server of the deployment: what is set wrongly is said when it starts, in one line and without a value."""

from __future__ import annotations

import pytest
from tests.system.pages import ROOT, plain, table_of

from wantilan import Deployment, WantilanError
from wantilan.errors import ConfigurationError
from wantilan.testing import BENGKEL, World
from wantilan.web.application import Application
from wantilan_mail.program import check, lifespan
from wantilan_mail.settings import MailServer

HERE = Deployment("Asia/Makassar", demo=False)
GOOD = {"HOST": "mail.example", "SENDER": "desa@wantilan.example"}


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name in MailServer.model_fields:
        monkeypatch.delenv(f"WANTILAN_MAIL_{name.upper()}", raising=False)
    for name, value in values.items():
        monkeypatch.setenv(f"WANTILAN_MAIL_{name}", value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"PORT": "rahasia"}, "WANTILAN_MAIL_PORT: "),
        ({"TLS": "rahasia"}, "WANTILAN_MAIL_TLS: "),
        ({"SENDER": "rahasia"}, "WANTILAN_MAIL_SENDER: "),
        ({"USER": "rahasia"}, "WANTILAN_MAIL_USER and WANTILAN_MAIL_PASSWORD go together"),
        ({"USER": "u", "PASSWORD": "rahasia", "TLS": "none"}, "a password goes over TLS"),
    ],
)
async def test_a_server_does_not_start_with_wrong_settings(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], said: str
) -> None:
    given(monkeypatch, **{**GOOD, **wrong})
    with pytest.raises(WantilanError) as refused:
        async with lifespan(HERE):
            raise AssertionError("it started")
    assert said in str(refused.value)
    assert "rahasia" not in str(refused.value) and "\n" not in str(refused.value)


def test_the_settings_of_the_page_are_those_of_the_code() -> None:
    page = ROOT / "plugins" / "mail" / "README.md"
    written = [tuple(map(plain, row[:2])) for row in table_of(page, "mail", "default")]
    assert written == [
        (f"WANTILAN_MAIL_{name}".upper(), "none" if field.default is None else str(field.default))
        for name, field in MailServer.model_fields.items()
    ]


async def test_a_program_that_does_not_start_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, **GOOD, PORT="rahasia")
    again = Application(world.application.settings, world.host)
    with pytest.raises(ConfigurationError, match=r"Program 'mail' does not start: .*WANTILAN_MAIL_PORT"):
        async with again.running(deliver=False):
            raise AssertionError("it started")


async def test_a_host_needs_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, HOST="mail.example")
    with pytest.raises(WantilanError, match="WANTILAN_MAIL_SENDER is missing"):
        MailServer.read()


@pytest.mark.parametrize(
    "more", [{}, {"USER": "u", "PASSWORD": "p"}, {"TLS": "none"}, {"TLS": "tls", "PORT": "465"}]
)
async def test_a_server_starts_with_right_ones(monkeypatch: pytest.MonkeyPatch, more: dict[str, str]) -> None:
    given(monkeypatch, **GOOD, **more)
    async with lifespan(HERE):
        assert MailServer.read().host == "mail.example"


async def test_a_deployment_without_a_mail_server_starts_and_the_check_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch)
    await world.open(BENGKEL, "mail")
    async with lifespan(HERE), world.unit(BENGKEL) as unit:
        assert len([finding async for finding in check(unit)]) == 1
        given(monkeypatch, **GOOD)
        assert not [finding async for finding in check(unit)]
