"""`wantilan migrate`: steps, walls and the home regions, on both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.core.shell import Shell

from wantilan.testing.plugin import Templates


@pytest.fixture
def sqlite_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(f"sqlite:///{tmp_path}/var/village.db")


@pytest.fixture
def postgres_shell(wantilan_templates: Templates) -> Iterator[Shell]:
    """An empty database, its owner and the application's role."""
    server = wantilan_templates.server
    server.create_database("cli_migrate")
    yield Shell(server.url("cli_migrate"), owner_url=server.url("cli_migrate", "wantilan_owner"))
    server.drop_database("cli_migrate")


def test_migrate_makes_the_file_the_tables_and_the_home_regions_and_repeats_nothing(
    sqlite_shell: Shell,
) -> None:
    first = sqlite_shell.done("migrate")
    assert "done: registry registry_0001: Start" in first
    assert "done: 145 regions that come with Wantilan" in first
    assert sqlite_shell.done("migrate") == "The database is up to date.\n"
    assert sqlite_shell.done("migrate", "--check") == "The database is up to date.\n"
    assert sqlite_shell.done("village", "list").startswith("No village is open.")


def test_check_lists_what_is_pending_and_exits_with_1(sqlite_shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    sqlite3.connect(tmp_path / "var" / "village.db").close()
    result = sqlite_shell("migrate", "--check")
    assert result.exit_code == 1
    assert "pending: registry registry_0001: Start" in result.stdout
    assert "Run `wantilan migrate`." in result.stderr


def test_check_lists_a_table_that_was_changed_by_hand(sqlite_shell: Shell, tmp_path: Path) -> None:
    sqlite_shell.done("migrate")
    with sqlite3.connect(tmp_path / "var" / "village.db") as connection:
        connection.execute("DROP INDEX ix_region_parent_code_code")
    connection.close()
    result = sqlite_shell("migrate", "--check")
    assert result.exit_code == 1
    assert "differs: " in result.stdout and "ix_region_parent_code_code" in result.stdout


LEFT_BEHIND = (
    "CREATE TRIGGER gone_total_insert AFTER INSERT ON hamlet FOR EACH ROW BEGIN "
    "INSERT INTO gone_total (village_id,row_count) SELECT NEW.village_id,1; END"
)


@pytest.mark.parametrize("pending", [False, True])
def test_check_lists_triggers_that_no_program_declares_and_migrate_takes_them_down(
    sqlite_shell: Shell, tmp_path: Path, pending: bool
) -> None:
    sqlite_shell.done("migrate")
    with sqlite3.connect(tmp_path / "var" / "village.db") as connection:
        connection.execute(LEFT_BEHIND)
        if pending:
            connection.execute("UPDATE alembic_version_waste SET version_num = 'waste_0002'")
    connection.close()
    checked = sqlite_shell("migrate", "--check")
    assert checked.exit_code == 1
    assert ("pending: waste waste_0003" in checked.stdout) == pending
    assert "differs: the triggers of rollup gone_total, which no installed program declares" in checked.stdout
    if pending:
        return  # the step has been run before, and cannot be again
    told = sqlite_shell.done("migrate")
    assert "done: no longer kept, since no installed program declares it: gone_total" in told
    assert sqlite_shell.done("migrate", "--check") == "The database is up to date.\n"


def test_a_missing_column_is_noticed_by_every_command(sqlite_shell: Shell, tmp_path: Path) -> None:
    sqlite_shell.done("migrate")
    with sqlite3.connect(tmp_path / "var" / "village.db") as connection:
        connection.execute("ALTER TABLE token DROP COLUMN label")
    connection.close()
    assert "lacks tables, columns or totals of: registry." in sqlite_shell.refused("village", "list")


def test_sql_makes_the_same_tables_in_other_hands(sqlite_shell: Shell, tmp_path: Path) -> None:
    steps = sqlite_shell.done("migrate", "--sql")
    assert not (tmp_path / "var").exists()
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.executescript(steps)
    connection.close()
    other = Shell(f"sqlite:///{tmp_path}/other.db")
    assert other.done("migrate", "--check") == "The database is up to date.\n"


def test_check_and_sql_exclude_each_other(sqlite_shell: Shell) -> None:
    assert "exclude" in sqlite_shell.refused("migrate", "--check", "--sql", code=2)


def test_postgresql_needs_an_owner_that_is_not_the_application(postgres_shell: Shell) -> None:
    assert "WANTILAN_OWNER_URL is not set" in postgres_shell.refused("migrate", WANTILAN_OWNER_URL=None)
    line = postgres_shell.refused("migrate", WANTILAN_OWNER_URL=postgres_shell.url)
    assert "must not own tables" in line
    assert "must name the PostgreSQL" in postgres_shell.refused(
        "migrate", WANTILAN_OWNER_URL="sqlite:///a.db"
    )


def test_a_role_that_no_wall_holds_is_refused(postgres_shell: Shell, wantilan_templates: Templates) -> None:
    server = wantilan_templates.server
    server.sql("CREATE ROLE wantilan_free LOGIN BYPASSRLS")
    server.sql("CREATE ROLE wantilan_heir LOGIN; GRANT wantilan_owner TO wantilan_heir")

    def as_role(role: str) -> str:
        return server.url("cli_migrate", role)

    try:
        assert "superuser" in postgres_shell.refused("migrate", WANTILAN_DATABASE_URL=as_role("postgres"))
        assert "BYPASSRLS" in postgres_shell.refused(
            "migrate", WANTILAN_DATABASE_URL=as_role("wantilan_free")
        )
        assert "does not exist" in postgres_shell.refused(
            "migrate", WANTILAN_DATABASE_URL=as_role("stranger")
        )
        postgres_shell.done("migrate")
        assert "owns the tables" in postgres_shell.refused(
            "migrate", WANTILAN_DATABASE_URL=as_role("wantilan_heir")
        )
    finally:
        server.sql("DROP ROLE wantilan_free; DROP ROLE wantilan_heir")


def test_the_owner_migrates_and_the_application_can_not_pass_the_wall(
    postgres_shell: Shell, wantilan_templates: Templates
) -> None:
    server = wantilan_templates.server
    assert "145 regions" in postgres_shell.done("migrate")
    assert postgres_shell.done("migrate", "--check") == "The database is up to date.\n"
    owners = server.sql(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", "cli_migrate"
    )
    assert owners == "wantilan_owner"
    postgres_shell.done("village", "open", "51.02.06.2001")
    server.sql(
        "INSERT INTO hamlet (village_id, id, name, name_key) SELECT id, gen_random_uuid(), 'Kaja', 'kaja' FROM village",
        "cli_migrate",
    )
    seen = "BEGIN; SET LOCAL ROLE wantilan_app; {} SELECT count(*) FROM hamlet; COMMIT"
    assert server.sql(seen.format(""), "cli_migrate").split()[-1] == "0"
    inside = "SET LOCAL app.villages = '51.02.06.2001';"
    assert server.sql(seen.format(inside), "cli_migrate").split()[-1] == "1"
    forced = (
        "SELECT count(*) FROM pg_class WHERE relname = 'hamlet' AND relrowsecurity AND relforcerowsecurity"
    )
    assert server.sql(forced, "cli_migrate") == "1"


def test_sql_for_postgresql_puts_the_walls_up(postgres_shell: Shell) -> None:
    text = postgres_shell.done("migrate", "--sql")
    assert 'ALTER TABLE "resident" FORCE ROW LEVEL SECURITY;' in text
    assert 'TO "wantilan_app"' in text


def test_an_owner_without_rights_is_one_line(postgres_shell: Shell, wantilan_templates: Templates) -> None:
    server = wantilan_templates.server
    server.sql("CREATE ROLE wantilan_weak LOGIN")
    try:
        weak = server.url("cli_migrate", "wantilan_weak")
        assert "may not change these tables" in postgres_shell.refused("migrate", WANTILAN_OWNER_URL=weak)
    finally:
        server.sql("DROP ROLE wantilan_weak")
