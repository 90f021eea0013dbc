"""The command as a whole: help everywhere, one line for an error, exit codes, commands of programs."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.core.shell import Shell, empty_sqlite, write_program

from wantilan.cli import main
from wantilan.cli.printing import progress
from wantilan.cli.root import contributed, one_line
from wantilan.errors import BadUserInput, FieldFault, Text
from wantilan.programs.manifest import API_VERSION


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(empty_sqlite(tmp_path))


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_program(tmp_path, "watch")
    monkeypatch.syspath_prepend(str(tmp_path))


def commands(group: click.Group, way: str = "wantilan") -> Iterator[tuple[str, click.Command]]:
    yield way, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{way} {name}")
        else:
            yield f"{way} {name}", command


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("way", COMMANDS)
def test_every_command_has_help_and_an_example_that_begins_with_its_name(way: str) -> None:
    text = COMMANDS[way].help or ""
    assert "Example:\n" in text or "Examples:\n" in text
    examples = text.split("Example", 1)[1]
    assert f"{way} " in examples or f"{way}\n" in examples + "\n" or f"{way})" in examples


@pytest.mark.parametrize("way", COMMANDS)
def test_every_option_says_what_it_is_for(way: str) -> None:
    options = [p for p in COMMANDS[way].params if isinstance(p, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_commands_are_those_that_the_documents_name() -> None:
    expected = {
        "migrate", "serve", "demo", "explain", "schema", "keys new", "token create", "token list", "token revoke",
        "role grant", "role revoke", "role list", "village open", "village list", "regions import", "program list",
        "program enable", "program disable", "program events", "program check", "program setup export",
        "program setup import", "program setup publish", "program setup withdraw",
        "documents check", "rollup check", "rollup rebuild", "files sweep", "files check", "messages list",
        "messages release", "jobs list", "jobs run-due", "jobs run", "statistics keep", "statistics check",
        "village export", "village import", "village purge", "resident export", "resident erase", "resident import",
        "search rebuild",
    }  # fmt: skip
    leaves = {way.removeprefix("wantilan ") for way, c in COMMANDS.items() if not isinstance(c, click.Group)}
    assert leaves == expected


def test_help_of_every_command_can_be_asked_without_a_deployment(shell: Shell) -> None:
    for way in COMMANDS:
        text = shell.done(*way.split()[1:], "--help", WANTILAN_DATABASE_URL="nonsense")
        assert "Usage:" in text


def test_the_version_names_the_plugin_api(shell: Shell) -> None:
    assert shell.done("--version") == f"wantilan 0.1.0, plugin API {API_VERSION}\n"


def test_a_wrong_call_exits_with_2(shell: Shell) -> None:
    assert shell("nonsense").exit_code == 2
    assert shell("token", "create").exit_code == 2
    assert shell("role", "grant", "a", "b", "51,02").exit_code == 2
    assert shell("token", "revoke", "12").exit_code == 2


def test_a_wrong_setting_is_one_line_and_exits_with_1(shell: Shell) -> None:
    assert "WANTILAN_PORT" in shell.refused("migrate", WANTILAN_PORT="many")
    assert "not supported" in shell.refused("village", "list", WANTILAN_DATABASE_URL="mysql://a/b")
    assert "not a SQLAlchemy URL" in shell.refused("migrate", WANTILAN_DATABASE_URL="nonsense")


def test_keys_that_are_no_keys_are_one_line_without_them(shell: Shell) -> None:
    line = shell.refused("program", "check", WANTILAN_KEYS="geheim")
    assert "WANTILAN_KEYS" in line
    assert "geheim" not in line


@pytest.mark.parametrize(
    "call",
    [
        ("token", "list"),
        ("token", "create", "a"),
        ("role", "list"),
        ("role", "grant", "a", "platform_admin", "country"),
        ("village", "list"),
        ("village", "open", "51.02.06.2001"),
        ("program", "list"),
    ],
    ids=" ".join,
)
def test_a_database_that_is_not_migrated_is_one_line_with_the_cure(
    call: tuple[str, ...], shell: Shell
) -> None:
    assert shell.refused(*call).endswith("Run `wantilan migrate`.")


def test_a_database_that_is_not_there_is_not_made(shell: Shell, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/none.db"
    assert "run `wantilan migrate`" in shell.refused("village", "list", WANTILAN_DATABASE_URL=url)
    assert "Run `wantilan migrate`" in shell.refused("migrate", "--check", WANTILAN_DATABASE_URL=url)
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_is_no_database_is_one_line(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is not a database, but it is long enough to be looked at" * 20)
    line = shell.refused("village", "list", WANTILAN_DATABASE_URL=f"sqlite:///{tmp_path}/text.db")
    assert "not a database" in line


def test_a_server_that_is_away_is_one_line(shell: Shell) -> None:
    away = "postgresql://wantilan_app@127.0.0.1:1/none"
    assert "cannot be reached" in shell.refused("village", "list", WANTILAN_DATABASE_URL=away)
    owner = away.replace("_app", "_owner")
    line = shell.refused("migrate", WANTILAN_DATABASE_URL=away, WANTILAN_OWNER_URL=owner)
    assert "cannot be reached" in line


def test_faulty_fields_are_all_named_in_the_line() -> None:
    faults = [
        FieldFault(("first",), "WRONG_TYPE", Text("Bukan", "No number.")),
        FieldFault(("c",), "X", Text("", "No.")),
    ]
    assert one_line(BadUserInput(fields=faults)) == "The input is not valid. first: No number. c: No."


@pytest.mark.usefixtures("watch")
def test_a_program_contributes_commands_below_its_name(shell: Shell) -> None:
    assert shell.done("watch", "rounds") == "walked\n"
    assert "watch" in shell.done("--help")
    assert "wantilan watch rounds --help" in shell.done("watch", "--help")


@pytest.mark.usefixtures("watch")
def test_an_unknown_error_is_one_line_without_its_text_and_debug_shows_the_traceback(shell: Shell) -> None:
    line = shell.refused("watch", "stumble")
    assert line == "Error: Unexpected KeyError. `wantilan --debug …` shows the traceback."
    debugged = shell("--debug", "watch", "stumble")
    assert debugged.exit_code == 1
    assert "Traceback" in debugged.stderr


def test_a_program_without_commands_and_one_that_was_left_out_say_so(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_program(tmp_path, "broken", "raise RuntimeError('out of order')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "Program 'broken' of wantilan-broken is left out" in shell.refused("broken")
    assert "has no commands of its own" in shell.refused("waste")
    assert shell("unheard_of").exit_code == 2


def test_a_program_named_like_a_built_in_command_loses_its_commands_and_a_line_says_so(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_program(tmp_path, "token")
    monkeypatch.syspath_prepend(str(tmp_path))
    told = shell("--help").stderr
    assert "Commands of program 'token' are left out: `wantilan token` is built in." in told
    assert "Make, list and revoke tokens." in shell.done("token", "--help")


def test_programs_without_commands_contribute_nothing() -> None:
    assert contributed([], {}).groups == {}


def test_the_command_does_not_import_alembic_until_it_migrates() -> None:
    code = """
import sys, wantilan.cli.serve
before = "alembic" in sys.modules
import wantilan.store.migrations
sys.exit(0 if ("alembic" in sys.modules, before) == (True, False) else 1)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class Terminal(io.StringIO):
    """What a terminal is to a progress bar."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal(), True), (io.StringIO(), False)])
def test_progress_is_shown_to_a_terminal_only(
    stream: io.StringIO, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", stream)
    with progress(10, "Regions") as so_far:
        so_far(4)
        so_far(10)
    assert ("100%" in stream.getvalue()) is shown
    assert bool(stream.getvalue()) is shown
