"""`wantilan program`: listing, switching, events and checks, on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.core.shell import Shell, write_program

from wantilan.store.cursors import EventCursor
from wantilan.store.database import Database
from wantilan.store.places import Village, VillageProgram
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing.plugin import Templates

BENGKEL, NEIGHBOUR = "51.02.06.2001", "51.02.06.2002"
NUMBER = "3171234567890001"
SQLITE = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
"""For what is settled before a database is asked."""


@pytest.fixture
def shell(
    wantilan_database_url: str, wantilan_templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """Two villages are open, and beside the usual programs a night watch is installed."""
    write_program(tmp_path, "watch")
    monkeypatch.syspath_prepend(str(tmp_path))
    made = Shell(wantilan_database_url, wantilan_templates.keys)
    made.done("village", "open", BENGKEL, NEIGHBOUR)
    return made


def enabled(shell: Shell) -> set[tuple[str, str]]:
    async def look(database: Database) -> set[tuple[str, str]]:
        query = sa.select(Village.code, VillageProgram.program).join(
            VillageProgram, VillageProgram.village_id == Village.id
        )
        async with database.session() as session:
            return {(row[0], row[1]) for row in await session.execute(query)}

    return shell.inside(look)


@SQLITE
def test_list_counts_the_villages_and_names_what_was_left_out(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.done("program", "enable", "watch", BENGKEL, NEIGHBOUR)
    listed = shell.done("program", "list")
    assert re.search(r"^watch +1\.0 +Night watch +2$", listed, re.MULTILINE)
    assert re.search(r"^waste .* 0$", listed, re.MULTILINE)
    (tmp_path / "second").mkdir()
    write_program(tmp_path / "second", "broken", "raise RuntimeError")
    monkeypatch.syspath_prepend(str(tmp_path / "second"))
    assert "Program 'broken' of wantilan-broken is left out" in shell("program", "list").stderr


@SQLITE
def test_a_program_that_is_enabled_but_no_longer_installed_is_listed_so(shell: Shell, tmp_path: Path) -> None:
    shell.done("program", "enable", "watch", BENGKEL)
    (tmp_path / "wantilan_watch-1.0.dist-info" / "entry_points.txt").write_text("")
    assert re.search(r"^watch +not installed +- +1$", shell.done("program", "list"), re.MULTILINE)


def test_a_program_is_enabled_and_disabled_where_it_is_said(shell: Shell) -> None:
    assert f"{BENGKEL}  Bengkel: waste enabled" in shell.done("program", "enable", "waste", "5102062001")
    assert enabled(shell) == {(BENGKEL, "waste")}
    assert "is enabled already" in shell.done("program", "enable", "waste", BENGKEL)
    assert "waste disabled" in shell.done("program", "disable", "waste", BENGKEL)
    assert "is not enabled" in shell.done("program", "disable", "waste", BENGKEL)
    assert enabled(shell) == set()


def test_switching_refuses_unknown_programs_closed_villages_and_missing_keys(shell: Shell) -> None:
    assert "Installed are:" in shell.refused("program", "enable", "nothing", BENGKEL)
    line = shell.refused("program", "enable", "waste", BENGKEL, "51.02.06.2003")
    assert "Not open here: 51.02.06.2003" in line
    assert "WANTILAN_KEYS is not set" in shell.refused(
        "program", "enable", "waste", BENGKEL, WANTILAN_KEYS=None
    )
    assert enabled(shell) == set()


def position(shell: Shell) -> int:
    """How far the night watch has been told in Bengkel."""

    async def look(database: Database) -> int:
        async with database.transaction(WHOLE_COUNTRY) as session:
            cursors = sa.select(EventCursor.position).where(EventCursor.program == "watch")
            return (await session.scalars(cursors)).one()

    return shell.inside(look)


def test_enabling_tells_the_program_at_once(shell: Shell) -> None:
    result = shell("program", "enable", "watch", BENGKEL)
    assert result.stderr == ""
    assert shell.done("program", "events") == "No event waits.\n"
    assert position(shell) == 1


def test_a_stuck_event_is_listed_without_values_and_released(shell: Shell) -> None:
    stuck = shell("program", "enable", "watch", BENGKEL, WATCH_STUCK="1")
    assert stuck.exit_code == 0
    assert "1 event waits: see `wantilan program events`." in stuck.stderr
    assert NUMBER not in stuck.output
    listed = shell.done("program", "events")
    line = rf"^{BENGKEL} +watch +1 +village_enabled +\S+ \S+ +1 +1 +RuntimeError +\d{{4}}-\S+ \S+Z$"
    assert re.search(line, listed, re.MULTILINE)
    assert NUMBER not in listed
    assert shell.done("program", "events", "--program", "waste") == "No event waits.\n"
    assert shell.done("program", "events", "--village", NEIGHBOUR) == "No event waits.\n"
    still = shell.done("program", "events", "--release", WATCH_STUCK="1")
    assert "0 events were told." in still
    assert re.search(r" 2 +RuntimeError ", still, re.MULTILINE)
    released = shell.done("program", "events", "--release", "--village", BENGKEL)
    assert released == "1 event was told.\nNo event waits.\n"


def test_a_stuck_event_is_passed_over_when_that_is_confirmed(shell: Shell) -> None:
    shell("program", "enable", "watch", BENGKEL, WATCH_STUCK="1")
    here = ("program", "events", "--program", "watch", "--village", BENGKEL, "--pass", "1")
    assert shell(*here, stdin="n\n").exit_code == 1
    assert position(shell) == 0
    done = shell(*here, stdin="y\n")
    assert f"{BENGKEL} watch: village_enabled of " in done.stdout
    assert "will never be told. It failed 1 time." in done.stdout
    assert done.stdout.endswith("Passed over.\nNo event waits.\n")
    assert position(shell) == 1
    assert "It is not stuck at 1." in shell.refused(*here, "--yes")


def test_only_what_is_stuck_where_it_is_said_is_passed_over(shell: Shell) -> None:
    shell("program", "enable", "watch", BENGKEL, WATCH_STUCK="1")
    assert "It is not stuck at 2." in shell.refused(
        "program", "events", "--program", "watch", "--village", BENGKEL, "--pass", "2", "--yes"
    )
    for short in (("--village", BENGKEL), ("--program", "watch")):
        line = shell.refused("program", "events", *short, "--pass", "1", "--yes", code=2)
        assert "--pass needs --program and --village" in line
    assert "Not open here" in shell.refused("program", "events", "--village", "51.02.06.2003")
    assert position(shell) == 0
    given = ("--program", "watch", "--village", BENGKEL, "--pass", "1", "--yes")
    assert "Passed over." in shell.done("program", "events", *given)
    assert position(shell) == 1


def test_check_runs_in_the_villages_that_enabled_the_program_and_exits_with_0_when_all_is_well(
    shell: Shell,
) -> None:
    shell.done("program", "enable", "watch", BENGKEL)
    assert shell.done("program", "check", "--program", "watch") == "1 check made: 0 errors, 0 warnings.\n"
    shell.done("program", "enable", "watch", NEIGHBOUR)
    assert "2 checks made" in shell.done("program", "check", "--program", "watch")
    assert "1 check made" in shell.done("program", "check", "--program", "watch", "--village", BENGKEL)


def test_a_warning_is_printed_and_an_error_makes_the_exit_code_1(shell: Shell) -> None:
    shell.done("program", "enable", "watch", BENGKEL)
    said = shell.done("program", "check", WATCH_FINDS="WARNING")
    assert f"warning: {BENGKEL} watch: The lamp is out. Replace it." in said
    failed = shell("program", "check", WATCH_FINDS="ERROR")
    assert failed.exit_code == 1
    assert f"error: {BENGKEL} watch: The lamp is out." in failed.stdout


def test_a_check_that_raises_is_an_error_without_values_and_the_others_still_run(shell: Shell) -> None:
    shell.done("program", "enable", "watch", BENGKEL, NEIGHBOUR)
    failed = shell("program", "check", "--program", "watch", WATCH_FINDS="BROKEN")
    assert failed.exit_code == 1
    assert failed.stdout.count("The check itself failed (RuntimeError).") == 2
    assert "2 checks made: 2 errors" in failed.stdout
    assert NUMBER not in failed.output


def test_what_a_check_writes_is_rolled_back(shell: Shell) -> None:
    shell.done("program", "enable", "watch", BENGKEL)
    assert "1 error" in shell("program", "check", "--program", "watch", WATCH_FINDS="ERROR").stdout
    assert "Written by a check" not in shell.done("village", "list")


@SQLITE
def test_check_needs_the_keys(shell: Shell) -> None:
    assert "WANTILAN_KEYS is not set" in shell.refused("program", "check", WANTILAN_KEYS=None)
