"""The documentation runs: every block of README and docs is executed, and answers what the page says."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import SecretStr
from tests.core.shell import Shell, known_host
from tests.files.scene import opened, snapshot
from tests.system import pages
from tests.system.pages import README, ROOT, Block, Terminal, answer_of, blocks

from wantilan.cli.demo.folder import Folder
from wantilan.cli.demo.telling import question
from wantilan.programs.host import Host, build_host
from wantilan.programs.switching import enable
from wantilan.registry.permissions import PLATFORM_ADMIN
from wantilan.settings import Limits, Settings
from wantilan.testing import BENGKEL, World
from wantilan.testing.plugin import Templates
from wantilan.web.application import Application, application, core_plugins

PAGE = ROOT / "docs" / "write-a-program.md"
EXPLAIN = ROOT / "docs" / "explain.md"
OPERATE = ROOT / "docs" / "operate.md"
DOCUMENTS = ROOT / "docs" / "documents.md"
FILES = ROOT / "docs" / "files.md"
PEOPLE = ROOT / "docs" / "people.md"
DUTIES = ROOT / "docs" / "duties.md"
WASTE = ROOT / "plugins" / "waste" / "README.md"


def named(found: list[Block]) -> list[Any]:
    return [pytest.param(block, id=str(block)) for block in found]


# The demo, on which README and most questions play


@dataclass(frozen=True)
class Demo:
    """A demo in a folder of its own: what `wantilan demo` printed, and a terminal in front of it."""

    printed: str
    folder: Folder
    host: Host
    terminal: Terminal

    def settings(self) -> Settings:
        keys = SecretStr(self.folder.keys() or "")
        return Settings(database_url=self.folder.database_url, keys=keys, demo=True, introspection=True)

    def ask(self, query: str, asker: str, variables: Mapping[str, object] | None = None) -> Any:
        headers = {"content-type": "application/json", "accept-language": "en"}
        if asker != "visitor":
            headers["authorization"] = f"Bearer {self.folder.tokens()[asker]}"
        body = json.dumps({"query": query, "variables": variables or {}})
        return json.loads(self.web("http://localhost/graphql", headers, body))

    def web(self, address: str, headers: Mapping[str, str], body: str | bytes | None) -> str:
        return answered(application(self.settings(), self.host), address, headers, body)


def answered(served: Application, address: str, headers: Mapping[str, str], body: str | bytes | None) -> str:
    """What the ASGI application answers to one request; bytes that are no text as Latin 1."""

    async def send() -> str:
        transport = httpx.ASGITransport(served.asgi())
        async with served.running(deliver=False), httpx.AsyncClient(transport=transport) as client:
            method = "GET" if body is None else "PUT" if isinstance(body, bytes) else "POST"
            answer = await client.request(method, address, headers=dict(headers), content=body)
            picture = answer.headers["content-type"].startswith("image/")
            return answer.content.decode("latin-1") if picture else answer.text

    return asyncio.run(send())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, wantilan_host: Host) -> Demo:
    """What `wantilan demo` leaves, started as a reader would and stopped before it serves."""
    folder = tmp_path_factory.mktemp("demo")
    shell = Shell(f"sqlite:///{folder / 'var/demo/wantilan.db'}")
    command = import_module("wantilan.cli.demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(command, "host_of", lambda settings: wantilan_host)
        patch.setattr(command, "require_free", lambda address, port: None)
        patch.setattr(
            command,
            "serve_until_stopped",
            lambda served, address, port, *, log_level, ready: ready(f"http://{address}:{port}"),
        )
        printed = shell.done("demo")
    made = Demo(printed, Folder(folder / "var" / "demo"), wantilan_host, Terminal(folder, shell))
    made.terminal.web = made.web
    return made


def test_make_demo_prints_what_the_readme_shows(demo: Demo) -> None:
    (shown,) = blocks(README, language="text")
    require_lines(shown.text, demo.printed)


def require_lines(shown: str, printed: str) -> None:
    """The lines that a page shows follow each other in what was printed; `…` stands for the rest of a line, or
    for lines.
    """
    rest = printed
    for line in shown.splitlines():
        begin = line.partition("…")[0]
        assert begin in rest, f"{line!r} does not follow in:\n{printed}"
        rest = rest[rest.index(begin) + len(begin) :]


def test_the_question_that_the_demo_prints_has_the_answer_of_the_readme(demo: Demo) -> None:
    (shown,) = blocks(README, language="json", answer="demo")
    assert question(demo.host) in demo.printed.replace('\\"', '"')
    assert not pages.misshapes(json.loads(shown.text), demo.ask(question(demo.host), "operator_bengkel"))


@pytest.mark.parametrize("block", named([b for b in blocks(language="graphql") if "as" in b.tags]))
def test_a_question_has_the_answer_that_its_page_shows(demo: Demo, block: Block) -> None:
    shown = answer_of(block)
    assert shown is not None, f"{block} has no answer"
    compared = pages.misshapes if "shape" in shown.tags else pages.differences
    found = demo.ask(block.text, block.tags["as"])
    assert not compared(json.loads(shown.text), found), found


def test_the_days_of_the_waste_program_are_played_one_after_the_other(demo: Demo, tmp_path: Path) -> None:
    """A variable has the value that an earlier answer gave under that name; the last answer counts."""
    shutil.copytree(demo.folder.path, tmp_path / "demo")
    there = replace(demo, folder=Folder(tmp_path / "demo"))
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo("Asia/Makassar")).date()
    known = {
        "today": str(today),
        "now": now.isoformat(),
        "lastMonth": f"{today.replace(day=1) - timedelta(days=1):%Y-%m}",
    }
    played = [block for block in blocks(WASTE, language="graphql") if "by" in block.tags]
    for block in played:
        shown = answer_of(block)
        assert shown is not None, f"{block} has no answer"
        variables = {name: known[name] for name in re.findall(r"\$(\w+):", block.text)}
        found = there.ask(block.text, block.tags["by"], variables)
        assert not pages.misshapes(json.loads(shown.text), found), (str(block), found)
        known |= dict(reversed(list(pages.values_in(found["data"]))))
    assert {block.tags["by"] for block in played} >= {
        "resident_bengkel", "collector_bengkel", "tps3r_bengkel", "teller_bengkel", "operator_bengkel",
        "agency_tabanan", "visitor",
    }  # fmt: skip


def test_the_settings_of_page_size_and_body_are_obeyed(demo: Demo) -> None:
    small = demo.settings().model_copy(update={"limits": Limits(page_size=2, body_bytes=300)})
    served = application(small, demo.host)

    def ask(query: str) -> str:
        return answered(
            served,
            "http://localhost/graphql",
            {"content-type": "application/json"},
            json.dumps({"query": query}),
        )

    assert '"limit":"pageSize"' in ask("{ villages(first: 3) { totalCount } }")
    assert '"totalCount"' in ask("{ villages(first: 2) { totalCount } }")
    long = ask("{ villages { totalCount } }" + " " * 300)
    assert '"limit":"bodyBytes"' in long


def test_an_answer_that_differs_is_noticed() -> None:
    shown = {"data": {"village": {"name": "Bengkel", "hamlets": [{"name": "…"}], "mass": 1}}}
    same = {
        "data": {"village": {"name": "Bengkel", "hamlets": [{"name": "Kaja"}], "mass": 1}},
        "extensions": {},
    }
    other = {"data": {"village": {"name": "Pejaten", "hamlets": [], "mass": "1"}}}
    assert not pages.differences(shown, same)
    assert len(pages.differences(shown, other)) == 3
    assert not pages.misshapes(shown, same)
    assert len(pages.misshapes(shown, other)) == 2


def test_the_commands_of_the_readme_run_on_the_demo(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo.terminal.folder)
    said = ""
    for block in blocks(README, language="shell", on="demo"):
        text, shown = demo.terminal.run(block.text), answer_of(block)
        if shown is not None and "answer" not in shown.tags:
            assert not pages.differences(json.loads(shown.text), json.loads(text)), text
        said += text
    assert "Pejaten: cctv_registry enabled" in said
    both = '{ a: village(code: "51.02.06.2004") { waste { facilities { name } } } b: village(code: "51.02.06.2012") { cctv { publicCameras { totalCount } } } }'
    answer = demo.ask(both, "admin")
    assert answer["data"] == {
        "a": {"waste": {"facilities": []}},
        "b": {"cctv": {"publicCameras": {"totalCount": 0}}},
    }


def test_the_commands_of_the_page_on_explain_say_what_it_shows(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo.terminal.folder)
    for block in blocks(EXPLAIN, language="graphql"):
        (demo.terminal.folder / block.tags["file"]).write_text(block.text)
    compared = 0
    for block in blocks(EXPLAIN, language="shell", on="demo"):
        said, lines, answer = demo.terminal.run(block.text), pages.following(block, "text"), answer_of(block)
        if lines is not None:
            require_lines(lines.text, said)
        if answer is not None:
            assert not pages.differences(json.loads(answer.text), json.loads(said)), said
        compared += (lines or answer) is not None
    assert compared == 3


def test_a_photo_goes_up_and_comes_back_as_the_page_on_files_shows(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo.terminal.folder)
    (demo.terminal.folder / "photo.jpg").write_bytes(snapshot())
    compared = 0
    for block in blocks(FILES, language="shell", on="files"):
        said, shown = demo.terminal.run(block.text), answer_of(block)
        if shown is not None:
            assert not pages.differences(json.loads(shown.text), json.loads(said)), said
            compared += 1
    assert compared == 3
    back = (demo.terminal.folder / "back.jpg").read_bytes()
    assert opened(back).size == opened(snapshot()).size and b"Wayan" not in back


def test_what_happens_to_people_is_recorded_and_undone_as_their_page_shows(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo.terminal.folder)
    compared = 0
    for block in blocks(PEOPLE, language="shell", on="people"):
        said, shown = demo.terminal.run(block.text), answer_of(block)
        if shown is not None:
            assert not pages.differences(json.loads(shown.text), json.loads(said)), said
            compared += 1
    assert compared == 3


def test_the_duties_are_done_as_their_page_shows_and_a_village_alone_answers_alike(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demo.folder.path, tmp_path / "var" / "demo")
    monkeypatch.chdir(tmp_path)
    terminal = Terminal(tmp_path, demo.terminal.shell)

    def web(address: str, headers: Mapping[str, str], body: str | bytes | None) -> str:
        url, keys = terminal.exported["WANTILAN_DATABASE_URL"], terminal.exported["WANTILAN_KEYS"]
        settings = Settings(database_url=url, keys=SecretStr(keys))
        return answered(application(settings, demo.host), address, headers, body)

    terminal.web = web
    asked = [question(demo.host), *(b.text for b in blocks(README, language="graphql", **OPERATORS))]
    compared = 0
    for block in blocks(DUTIES, language="shell"):
        (on,) = block.tags.values()
        if on == "there":
            there(terminal, tmp_path)
        if block.text.startswith("wantilan village export"):
            before = [graphql(web, query, demo.folder.tokens()["operator_bengkel"]) for query in asked]
        said, shown, lines = terminal.run(block.text), answer_of(block), pages.following(block, "text")
        if shown is not None:
            assert not pages.differences(json.loads(shown.text), json.loads(said)), said
        if lines is not None:
            require_lines(lines.text, said)
        if on == "alone":
            token = next(word for word in said_of(tmp_path / "token.txt").split() if word.startswith("wtl_"))
            assert [graphql(web, query, token) for query in asked] == before
            assert before[0]["data"]["village"]["residents"]["totalCount"] == 1043
        compared += (shown or lines) is not None
        if on in ("alone", "there"):
            terminal.exported |= {
                "WANTILAN_DATABASE_URL": "sqlite:///var/demo/wantilan.db",
                "WANTILAN_KEYS": said_of(tmp_path / "var/demo/keys.json"),
            }
    assert compared == 5


OPERATORS = {"as": "operator_bengkel"}


def graphql(web: pages.Web, query: str, token: str) -> Any:
    headers = {
        "content-type": "application/json",
        "authorization": f"Bearer {token}",
        "accept-language": "en",
    }
    found = json.loads(web("http://localhost/graphql", headers, json.dumps({"query": query})))
    found.pop("extensions", None)
    return found


def said_of(file: Path) -> str:
    return file.read_text().strip()


def there(terminal: Terminal, folder: Path) -> None:
    """Another deployment, with other keys and no village."""
    keys = terminal.shell.done("keys", "new").strip()
    terminal.exported |= {
        "WANTILAN_DATABASE_URL": f"sqlite:///{folder}/there/wantilan.db",
        "WANTILAN_KEYS": keys,
    }
    terminal.wantilan(["migrate"])


# Documents by name


def played(terminal: Terminal, on: str) -> str:
    """What the commands of the page say; each answer that stands behind one is compared."""
    said = ""
    for block in blocks(DOCUMENTS, language="shell", on=on):
        text, shown = terminal.run(block.text), answer_of(block)
        if shown is not None and "file" not in shown.tags:
            assert not pages.differences(json.loads(shown.text), json.loads(text)), text
        said += text
    return said


def test_a_client_names_its_document_as_the_page_shows(demo: Demo, tmp_path: Path) -> None:
    """All commands before one server: it learns from each."""
    served = application(demo.settings(), demo.host)
    terminal = Terminal(tmp_path, demo.terminal.shell, partial(answered, served))
    assert played(terminal, "documents").count('"totalCount"') == 2


def test_trusted_documents_are_checked_and_served_as_the_page_shows(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(DOCUMENTS, language="json"):
        if "file" in block.tags:
            (tmp_path / block.tags["file"]).write_text(block.text)
    terminal = Terminal(tmp_path, demo.terminal.shell)

    def web(address: str, headers: Mapping[str, str], body: str | None) -> str:
        manifest = Path(terminal.exported["WANTILAN_TRUSTED_DOCUMENTS"])
        settings = demo.settings().model_copy(update={"trusted_documents": manifest})
        return answered(application(settings, demo.host), address, headers, body)

    terminal.web = web
    (counted,) = blocks(DOCUMENTS, language="text")
    assert counted.text in played(terminal, "trusted")


# Python


def imported(block: Block, folder: Path, patch: pytest.MonkeyPatch) -> ModuleType:
    """A block as the module that its fence names, until the test ends."""
    path = folder / block.tags["file"]
    path.write_text(block.text, encoding="utf-8")
    patch.syspath_prepend(str(folder))
    patch.setitem(sys.modules, path.stem, ModuleType(path.stem))
    del sys.modules[path.stem]
    return import_module(path.stem)


@pytest.fixture
def salam(tmp_path: Path, wantilan_templates: Templates, monkeypatch: pytest.MonkeyPatch) -> Application:
    """A deployment of core and the program that README writes, and of nothing else."""
    (source,) = blocks(README, language="python")
    plugin = imported(source, tmp_path, monkeypatch)
    host = build_host(core_plugins(), entry_points=(), extra=[plugin], strict=True, admin_role=PLATFORM_ADMIN)
    url = wantilan_templates.fresh("sqlite", host)
    return application(Settings(database_url=url, keys=SecretStr(wantilan_templates.keys)), host)


async def test_the_program_of_the_readme_answers_at_its_door(salam: Application) -> None:
    (asked,) = blocks(README, language="graphql", on="salam")
    shown = answer_of(asked)
    assert shown is not None
    async with salam.running(deliver=False):
        world = World(salam)
        await world.open(BENGKEL)
        assert (await world.ask(asked.text)).codes == ["PROGRAM_NOT_ENABLED"]  # the control
        async with world.unit(BENGKEL) as unit:
            await enable(salam.host, unit, "salam")
        assert not pages.differences(json.loads(shown.text), (await world.ask(asked.text)).body)


@pytest.mark.parametrize("block", named([b for b in blocks(language="python") if not b.tags]))
def test_a_snippet_runs(block: Block) -> None:
    exec(compile(block.text, str(block), "exec", dont_inherit=True), {"__name__": "snippet"})


RUN = """
import json, sys
from importlib import import_module
import pytest
code = pytest.main(["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-W", "error", "tests"])
from wantilan.cli import main
from wantilan.settings import Settings
from wantilan.web.application import host_of
host = host_of(Settings())
for name in ("deployment", "migrate", "root"):
    import_module(f"wantilan.cli.{name}").host_of = lambda settings: host  # built once, not for each command
for words in json.loads(sys.argv[1]):
    main(words, standalone_mode=False)
sys.exit(code)
"""


def test_the_program_that_the_page_writes_passes_its_own_tests_on_both_databases(tmp_path: Path) -> None:
    """In a process of its own, installed as pip would: its tables stay out of this one."""
    for block in blocks(PAGE):
        if "file" in block.tags:
            path = tmp_path / block.tags["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
    for package in ("wantilan_papan", "wantilan_papan/migrations"):
        (tmp_path / package / "__init__.py").touch()
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text())["project"]
    info = tmp_path / "wantilan_papan-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 0.1.0\n")
    points = project["entry-points"]["wantilan.programs"]
    (info / "entry_points.txt").write_text(
        "[wantilan.programs]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
    )
    (commands,) = blocks(PAGE, language="shell", on="papan")
    words = [line.split() for line in commands.text.splitlines()]
    assert all(line[0] == "wantilan" for line in words)
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps([line[1:] for line in words])],
        cwd=tmp_path,
        env={**plain_environment(), "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout and "skipped" not in done.stdout
    assert "done: papan papan_0001: Start" in done.stdout
    assert done.stdout.count("The database is up to date.") == 2
    assert "papan          0.1.0    Notice board" in done.stdout


def plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("WANTILAN_")}


def test_the_folder_that_the_page_draws_is_the_folder_that_it_fills() -> None:
    (drawn,) = [b for b in blocks(PAGE, language="text") if "pyproject.toml" in b.text]
    names = {line.split()[0] for line in drawn.text.splitlines()} - {"wantilan_papan/", "__init__.py"}
    written = {Path(block.tags["file"]) for block in blocks(PAGE) if "file" in block.tags}
    tops = {p.name if p.parent.name in ("", "wantilan_papan") else f"{p.parent.name}/" for p in written}
    assert names == tops


# Running a deployment


def test_the_commands_for_sqlite_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wilayah_indonesia.csv").write_text(
        "code,level,name,parent_code\n51,provinsi,Bali,\n51.03,kabupaten,Kabupaten Badung,51\n",
        encoding="utf-8",
    )
    shell = Shell("sqlite:///var/wantilan.db")
    terminal = Terminal(tmp_path, shell)

    def web(address: str, headers: Mapping[str, str], body: str | None) -> str:
        settings = Settings(keys=SecretStr(terminal.exported["WANTILAN_KEYS"]))
        return answered(application(settings, known_host(settings)), address, headers, body)

    terminal.web = web
    said = ""
    for block in blocks(OPERATE, language="shell", on="sqlite"):
        text, shown = terminal.run(block.text), answer_of(block)
        if shown is not None:
            assert not pages.differences(json.loads(shown.text), json.loads(text)), text
        said += text
    for words in (
        "done: 145 regions",
        "1 added",
        "2 villages opened",
        "operator_bengkel holds",
        "wtl_",
        "0 errors",
    ):
        assert words in said


def test_the_metrics_of_the_page_are_served(demo: Demo) -> None:
    (block,) = blocks(OPERATE, language="shell", on="metrics")
    shown = pages.following(block, "text")
    assert shown is not None
    terminal = Terminal(demo.folder.path, demo.terminal.shell)

    def web(address: str, headers: Mapping[str, str], body: str | None) -> str:
        token = SecretStr(terminal.exported["WANTILAN_METRICS_TOKEN"])
        settings = demo.settings().model_copy(update={"metrics_token": token})
        return answered(application(settings, demo.host), address, headers, body)

    terminal.web = web
    require_lines(shown.text, terminal.run(block.text))


def test_the_commands_for_postgresql_run_with_the_roles_that_the_page_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wantilan_templates: Templates
) -> None:
    monkeypatch.chdir(tmp_path)
    server = wantilan_templates.server
    for block in blocks(OPERATE, language="sql"):
        for statement in block.text.split(";"):
            if statement.strip():
                server.sql(statement)
    place = {"@localhost/": f"@127.0.0.1:{server.port}/"}
    terminal = Terminal(tmp_path, Shell("sqlite:///unused"), None, **place)
    said = "".join(terminal.run(block.text) for block in blocks(OPERATE, language="shell", on="postgresql"))
    assert said.count("The database is up to date.") == 2
    owners = server.sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", "desa")
    assert owners == "desa_owner"
    server.drop_database("desa")


def test_the_settings_file_of_the_page_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = [b for b in blocks(OPERATE, language="toml") if "settings" in b.tags]
    monkeypatch.chdir(tmp_path)
    assert Settings.load().port == 8000
    (tmp_path / "wantilan.toml").write_text(block.text)
    written = tomllib.loads(block.text)
    assert Settings.load().model_dump(include=written.keys()) == written
    monkeypatch.setenv("WANTILAN_PORT", "9000")
    assert Settings.load().port == 9000
