"""`wantilan demo` as a newcomer meets it: started, asked, stopped, started again."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wantilan.cli.demo.folder import Folder
from wantilan.programs.host import Host
from wantilan.registry.numbers import FICTITIOUS_PREFIX
from wantilan.settings import Settings
from wantilan.testing import Reply, World
from wantilan.web.application import application

COMMAND = [sys.executable, "-c", "from wantilan.cli import main; main()", "demo"]
QUESTION = """{ village(code:"51.02.06.2001") { name region { name } hamlets { name }
  residents(first:3) { totalCount nodes { fullName nik kartuCerdas { card { status } } } }
  waste { massByStream { stream mass } } cctv { cameras { totalCount } } programs { name enabled } } }"""
NIK = re.compile(rf"{FICTITIOUS_PREFIX}\d{{10}}")
SECOND_START_SECONDS = 15
"""Far more than it takes; the machine may be busy with other tests."""


def environment(**more: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("WANTILAN_")} | more


@dataclass
class Start:
    """One run of the command: its address, what it printed until it answered, and how long that took."""

    process: subprocess.Popen[str]
    url: str
    said: str
    seconds: float


@contextmanager
def started(place: Path) -> Iterator[Start]:
    """The demo in a folder of its own, on any free port; whatever happens, it is gone afterwards."""
    began = time.monotonic()
    process = subprocess.Popen(
        COMMAND, cwd=place, env=environment(WANTILAN_PORT="0"), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    lines: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        said = "".join(lines)
        found = re.search(r"Wantilan answers at (http://127\.0\.0\.1:\d+)/graphql", said)
        assert found is not None, said
        yield Start(process, found[1], said, time.monotonic() - began)
    finally:
        process.kill()
        process.communicate()


@dataclass
class Demo:
    """A folder after two starts of the demo, with what the first and the second printed from start to stop."""

    place: Path
    first: str
    second: str
    second_seconds: float
    answers: dict[str, Any]
    by_curl: dict[str, Any]
    tokens: tuple[dict[str, str], dict[str, str]]
    page: str

    @property
    def folder(self) -> Folder:
        return Folder(self.place / "var" / "demo")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    place = tmp_path_factory.mktemp("newcomer")
    folder = Folder(place / "var" / "demo")
    with started(place) as start:
        answers = {name: ask(start.url, QUESTION, token) for name, token in folder.tokens().items()}
        answers["visitor"] = ask(start.url, QUESTION)
        command = next(line for line in start.said.splitlines() if line.startswith("curl "))
        by_curl = subprocess.run(["sh", "-c", command], cwd=place, capture_output=True, text=True)
        page = get(f"{start.url}/graphql", accept="text/html")
        tokens = folder.tokens()
        first = start.said + stopped(start)
    with started(place) as again:
        second, seconds = again.said + stopped(again), again.seconds
    assert by_curl.returncode == 0, by_curl.stderr
    read = json.loads(by_curl.stdout)
    return Demo(place, first, second, seconds, answers, read, (tokens, folder.tokens()), page)


def stopped(start: Start) -> str:
    """Ctrl-C, and what was still printed."""
    start.process.send_signal(signal.SIGINT)
    rest, _ = start.process.communicate(timeout=30)
    assert start.process.returncode == 0, rest
    return rest


def ask(url: str, query: str, token: str | None = None) -> dict[str, Any]:
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(f"{url}/graphql", json.dumps({"query": query}).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.loads(answer.read()))
    except urllib.error.HTTPError as refused:
        with refused:
            return dict(json.loads(refused.read()))


def get(url: str, accept: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"accept": accept}), timeout=30) as page:
        return str(page.read().decode())


def test_the_question_across_core_and_all_programs_is_answered(demo: Demo) -> None:
    answer = demo.answers["operator_bengkel"]
    village = answer["data"]["village"]
    assert "errors" not in answer
    assert (village["name"], village["region"]) == ("Bengkel", {"name": "Kediri"})
    assert len(village["hamlets"]) == 4
    assert village["residents"]["totalCount"] > 950
    assert [re.fullmatch(r"\*{12}\d{4}", r["nik"]) is not None for r in village["residents"]["nodes"]] == [
        True
    ] * 3
    assert {m["stream"] for m in village["waste"]["massByStream"] if m["mass"] > 0} == {
        "ORGANIK", "ANORGANIK", "RESIDU", "B3",
    }  # fmt: skip
    assert village["cctv"]["cameras"]["totalCount"] == 8
    assert {p["name"]: p["enabled"] for p in village["programs"]} == {
        "waste": True, "cctv_registry": True, "kartu_cerdas": True, "mail": False,
    }  # fmt: skip


async def asked(demo: Demo, host: Host, name: str, query: str) -> Reply:
    """Ask the demo's database in this process, as one of its actors."""
    async with serving(demo.folder, host) as world:
        return await world.ask(query, demo.folder.tokens()[name])


@asynccontextmanager
async def serving(folder: Folder, host: Host) -> AsyncIterator[World]:
    settings = Settings.load(database_url=folder.database_url, keys=folder.keys(), demo=True)
    served = application(settings, host)
    async with served.running(deliver=False):
        yield World(served)


async def test_the_question_is_one_statement_at_the_driver(demo: Demo, wantilan_host: Host) -> None:
    async with serving(demo.folder, wantilan_host) as world:
        token = demo.folder.tokens()["operator_bengkel"]
        seen = traced(world)
        for residents in ("first:3", "first:100"):
            await world.ask("{ me { actor } }", token)
            seen.clear()
            reply = await world.ask(QUESTION.replace("first:3", residents), token)
            assert len(reply.data["village"]["residents"]["nodes"]) == int(residents.partition(":")[2])
            assert len(seen) == 1


def traced(world: World) -> list[str]:
    """Every statement that sqlite3 executes for the read door from now on."""
    reader: Any = world.database.reader
    connect, seen = reader.connect, []

    def connected() -> sqlite3.Connection:
        made: sqlite3.Connection = connect()
        made.set_trace_callback(seen.append)
        return made

    reader.connect = connected
    return seen


def test_the_printed_command_answers_as_it_stands(demo: Demo) -> None:
    assert demo.by_curl["data"]["village"]["residents"]["totalCount"] > 950
    assert demo.by_curl["data"]["village"]["cctv"]["cameras"]["totalCount"] == 8


def test_a_browser_gets_graphiql(demo: Demo) -> None:
    assert "<html" in demo.page and "graphiql" in demo.page.lower()


@pytest.mark.parametrize("name", ["operator_pejaten", "agency_tabanan", "collector_bengkel", "visitor"])
def test_no_person_is_shown_to_others_than_the_office(demo: Demo, name: str) -> None:
    text = json.dumps(demo.answers[name])
    assert demo.answers[name].get("errors")
    assert "fullName" not in text and "****" not in text
    assert "fullName" in json.dumps(demo.answers["operator_bengkel"])


@pytest.mark.parametrize("name", ["operator_bengkel", "perbekel_bengkel", "admin"])
def test_the_office_sees_all_residents(demo: Demo, name: str) -> None:
    assert demo.answers[name]["data"]["village"]["residents"]["totalCount"] > 950


async def test_the_kelian_sees_the_residents_of_one_banjar(demo: Demo, wantilan_host: Host) -> None:
    query = """{ village(code:"51.02.06.2001") { residents(first:100) {
      totalCount nodes { hamlet { name } } } } }"""
    seen = (await asked(demo, wantilan_host, "kelian_bengkel", query)).data["village"]["residents"]
    assert 150 < seen["totalCount"] < 400
    assert {node["hamlet"]["name"] for node in seen["nodes"]} == {"Banjar Kaja"}


async def test_the_resident_sees_himself_his_household_its_card_and_its_waste(
    demo: Demo, wantilan_host: Host
) -> None:
    query = """{ village(code:"51.02.06.2001") { residents { totalCount nodes {
      household { id } waste { intakes { totalCount } } kartuCerdas { card { status } } } } } }"""
    reply = await asked(demo, wantilan_host, "resident_bengkel", query)
    seen = reply.body["data"]["village"]["residents"]
    assert 1 < seen["totalCount"] < 10
    assert len({node["household"]["id"] for node in seen["nodes"]}) == 1
    assert seen["nodes"][0]["waste"]["intakes"]["totalCount"] > 0
    assert [n for n in seen["nodes"] if n["kartuCerdas"] and n["kartuCerdas"]["card"]]


def test_the_tokens_are_kept_for_the_owner_alone(demo: Demo) -> None:
    before, after = demo.tokens
    assert list(before) == [
        "operator_bengkel", "perbekel_bengkel", "kelian_bengkel", "collector_bengkel", "tps3r_bengkel",
        "teller_bengkel", "resident_bengkel", "operator_pejaten", "agency_tabanan", "admin",
    ]  # fmt: skip
    assert after == before
    assert stat.S_IMODE(demo.folder.tokens_file.stat().st_mode) == 0o600


def test_the_second_start_keeps_the_data_and_is_ready_within_seconds(demo: Demo) -> None:
    assert "Building the demo" in demo.first
    assert "Building the demo" not in demo.second
    assert demo.second_seconds < SECOND_START_SECONDS


def test_neither_a_token_nor_a_nik_is_printed(demo: Demo) -> None:
    printed = demo.first + demo.second
    assert not [name for name, token in demo.tokens[0].items() if token in printed]
    assert "wtl_" not in printed
    assert not NIK.search(printed)
    assert NIK.search(f"planted {FICTITIOUS_PREFIX}5704900001")
    assert "var/demo/tokens.json" in printed and "Stopped." in printed


def test_a_port_in_use_gives_one_line_before_anything_is_built(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = subprocess.run(
            COMMAND, cwd=tmp_path, env=environment(WANTILAN_PORT=port), capture_output=True, text=True
        )
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.splitlines() == [
        f"Error: Port {port} of 127.0.0.1 cannot be had (Address already in use). "
        "Choose another: WANTILAN_PORT=8001 make demo"
    ]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("port", ["70000", "-1", "eighty"])
def test_a_port_that_is_none_gives_one_line(tmp_path: Path, port: str) -> None:
    run = subprocess.run(
        COMMAND, cwd=tmp_path, env=environment(WANTILAN_PORT=port), capture_output=True, text=True
    )
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert "WANTILAN_PORT" in run.stderr
