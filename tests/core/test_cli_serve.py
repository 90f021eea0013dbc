"""`wantilan serve`: refusals before the start, one answered request, a graceful stop, logs without values."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.core.shell import Shell, write_program
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from wantilan.cli.serve import STALLED_SECONDS, PathOnly, _listening, logging_config
from wantilan.testing.plugin import Templates

SUBPROTOCOL: Any = "graphql-transport-ws"
FOREIGN: Any = "https://evil.example"
COMMAND = [sys.executable, "-c", "from wantilan.cli import main; main()"]
SQLITE = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
"""For what is settled before a database is asked."""


@pytest.fixture
def shell(wantilan_database_url: str, wantilan_templates: Templates) -> Shell:
    return Shell(wantilan_database_url, wantilan_templates.keys)


@contextmanager
def serving(shell: Shell, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address; whatever happens, it is gone afterwards."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("WANTILAN_")}
    env = inherited | {k: v for k, v in shell.env.items() if v is not None}
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Wantilan answers at http://127.0.0.1:"), line + process.communicate()[1]
        yield process, line.split()[3]
    finally:
        process.kill()
        process.communicate()


def socket_of(url: str) -> str:
    return url.replace("http", "ws", 1)


def ask(url: str, query: str, token: str | None = None) -> dict[str, object]:
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, json.dumps({"query": query}).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        read: dict[str, object] = json.loads(answer.read())
    return read


def test_a_request_is_answered_and_the_process_stops_when_told(shell: Shell) -> None:
    token = shell.done("token", "create", "operator").strip()
    with serving(shell, "--access-log", "--log-level", "debug") as (process, url):
        assert ask(url, "{ me { actor } }", token)["data"] == {"me": {"actor": "operator"}}
        assert ask(url, "{ me { actor } }")["data"] == {"me": {"actor": "visitor"}}
        question = urllib.request.Request(
            f"{url}?query=%7Bme%7Bactor%7D%7D", headers={"content-type": "application/json"}
        )
        with urllib.request.urlopen(question, timeout=20) as answer:
            assert answer.status == 200
        with pytest.raises(InvalidStatus) as refused, connect(socket_of(url), origin=FOREIGN, proxy=None):
            pass
        assert refused.value.response.status_code == 403
        with connect(f"{socket_of(url)}?secret=1", subprotocols=[SUBPROTOCOL], proxy=None) as follower:
            follower.send(json.dumps({"type": "connection_init", "payload": {"token": token}}))
            assert json.loads(follower.recv(timeout=10)) == {"type": "connection_ack"}
            follower.send(b"\xff\xfe", text=True)
            with pytest.raises(ConnectionClosed):
                follower.recv(timeout=10)
        with connect(socket_of(url), subprotocols=[SUBPROTOCOL], proxy=None) as follower:
            process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as closed:
                follower.recv(timeout=10)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert '"POST /graphql HTTP/1.1" 200' in errors
    assert '"GET /graphql HTTP/1.1" 200' in errors
    assert token not in errors and "secret" not in errors and "handshake" not in errors
    assert "actor" not in errors
    assert "Traceback" not in errors


@SQLITE
def test_no_address_of_a_feed_is_logged(shell: Shell) -> None:
    with serving(shell, "--access-log", "--log-level", "debug") as (process, url):
        root = url.removesuffix("/graphql")
        for path in ("/feeds/waste/SECRET-7K3F.ics", "/%66eeds/waste/SECRET-7K3F", "/nowhere/CONTROL-7K3F"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(root + path, timeout=20)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert "/nowhere/CONTROL-7K3F" in errors
    assert errors.count('"GET /feeds/') == 2
    assert "SECRET" not in errors


@SQLITE
def test_without_access_log_a_request_leaves_no_line_and_ctrl_c_is_no_failure(shell: Shell) -> None:
    with serving(shell) as (process, url):
        assert "data" in ask(url, "{ me { actor } }")
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20) == ("Stopped.\n", "")
    assert process.returncode == 0


@SQLITE
def test_serve_refuses_without_keys_and_on_a_database_that_is_not_migrated(
    shell: Shell, tmp_path: Path
) -> None:
    assert "WANTILAN_KEYS is not set" in shell.refused("serve", WANTILAN_KEYS=None)
    (tmp_path / "bare.db").touch()
    bare = f"sqlite:///{tmp_path}/bare.db"
    assert "Run `wantilan migrate`." in shell.refused("serve", WANTILAN_DATABASE_URL=bare)


@SQLITE
def test_serve_refuses_a_port_that_is_taken(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = shell.refused("serve", "--port", str(taken.getsockname()[1]))
    assert "cannot be had" in line and "--port" in line


def test_serve_refuses_a_role_above_the_wall(wantilan_templates: Templates, wantilan_host: object) -> None:
    url = wantilan_templates.fresh("postgresql", wantilan_host)  # type: ignore[arg-type]
    try:
        shell = Shell(url, wantilan_templates.keys)
        for role, why in (("postgres", "superuser"), ("wantilan_owner", "owns the tables")):
            line = shell.refused("serve", WANTILAN_DATABASE_URL=url.replace("wantilan_app@", f"{role}@"))
            assert why in line
    finally:
        wantilan_templates.drop(url)


@SQLITE
def test_a_program_that_is_left_out_is_named_and_strict_stops_the_start(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_program(tmp_path, "broken", "raise RuntimeError")
    monkeypatch.syspath_prepend(str(tmp_path))
    lenient = shell("serve", "--host", "256.0.0.1", "--port", "1")
    assert lenient.exit_code == 1
    assert "Program 'broken' of wantilan-broken is left out" in lenient.stderr.splitlines()[0]
    assert "cannot be had" in lenient.stderr
    assert "'broken'" in shell.refused("serve", "--strict")
    assert "'broken'" in shell.refused("serve", WANTILAN_STRICT="1")


def test_an_access_line_keeps_the_path_only() -> None:
    record = logging.LogRecord(
        "uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d',
        ("1.2.3.4:5", "GET", "/graphql?query=%7B%7D&variables=3171234567890001", "1.1", 200), None,
    )  # fmt: skip
    assert "3171234567890001" in record.getMessage()
    assert PathOnly().filter(record)
    assert record.getMessage() == '1.2.3.4:5 - "GET /graphql HTTP/1.1" 200'


def test_a_line_of_a_socket_keeps_the_path_only_and_what_is_no_text_leaves_no_traceback() -> None:
    opened = logging.LogRecord(
        "uvicorn.error", logging.INFO, "", 0, '%s - "WebSocket %s" [accepted]',
        ("1.2.3.4:5", "/graphql?token=secret"), None,
    )  # fmt: skip
    assert PathOnly().filter(opened)
    assert opened.getMessage() == '1.2.3.4:5 - "WebSocket /graphql" [accepted]'
    assert logging_config("debug")["loggers"]["uvicorn.error"]["filters"] == ["path_only"]
    for error, kept in ((UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no text"), False), (KeyError(), True)):
        failed = logging.LogRecord(
            "uvicorn.error", logging.ERROR, "", 0, "Invalid.", (), (type(error), error, None)
        )
        assert PathOnly().filter(failed)
        assert (failed.exc_info is not None) is kept


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux has it")
def test_a_connection_of_who_takes_nothing_does_not_stay_for_ever() -> None:
    with _listening("127.0.0.1", 0) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            allowed = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert allowed == STALLED_SECONDS * 1000


@pytest.mark.parametrize(
    ("level", "quiet"),
    [("debug", "INFO"), ("info", "WARNING"), ("warning", "WARNING"), ("error", "ERROR")],
)
def test_uvicorn_is_quieter_than_we_are(level: str, quiet: str) -> None:
    made = logging_config(level)["loggers"]
    assert made["wantilan"]["level"] == level.upper()
    assert made["uvicorn"]["level"] == made["uvicorn.error"]["level"] == quiet
