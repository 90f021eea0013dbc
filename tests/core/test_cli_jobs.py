"""`wantilan jobs`: listing, doing what is due, doing one now, on both databases."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.core.shell import Shell, write_program

from wantilan.store.database import Database
from wantilan.store.jobs import Job, PlatformJob
from wantilan.store.tasks import Task
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.store.write import village_facts
from wantilan.testing.plugin import Templates

BENGKEL, NEIGHBOUR = "51.02.06.2001", "51.02.06.2002"
NUMBER = "3171234567890001"
BELLS = f'''
import os
from wantilan import Conflict, Job, Permission, Program, Task, Text, hookimpl

TEXT = Text("Lonceng", "Bells")

async def ring(unit):
    if os.environ.get("BELLS_BROKEN"):
        raise RuntimeError("{NUMBER}")

async def ring_thrice(run):
    for number in range(run.done, 3):
        async with run.step(done=number + 1, total=3):
            if number and os.environ.get("BELLS_BROKEN"):
                raise Conflict(TEXT)

@hookimpl
def wantilan_program():
    return Program(
        name="NAME", title=TEXT, summary=TEXT, version="1.0", api=">=0.1,<0.2",
        jobs=(Job(name="NAME.ring", cron="0 6 * * *", run=ring, description=TEXT),),
        permissions=(Permission("NAME.ring", TEXT),),
        tasks=(Task(name="NAME.ring_thrice", run=ring_thrice, description=TEXT, needs="NAME.ring"),),
    )
'''


@pytest.fixture
def shell(
    wantilan_database_url: str, wantilan_templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """Two villages, with a program of bells on in both."""
    write_program(tmp_path, "bells", BELLS)
    monkeypatch.syspath_prepend(str(tmp_path))
    made = Shell(wantilan_database_url, wantilan_templates.keys)
    made.done("village", "open", BENGKEL, NEIGHBOUR)
    made.done("program", "enable", "bells", BENGKEL, NEIGHBOUR)
    return made


def due(shell: Shell) -> None:
    async def make_due(database: Database) -> None:
        past = datetime.now(UTC) - timedelta(minutes=1)
        async with database.transaction(WHOLE_COUNTRY) as session:
            for table in (Job, PlatformJob):
                await session.execute(sa.update(table).values(due_at=past))

    shell.inside(make_due)


def test_what_waits_is_listed_and_what_is_due_is_done(shell: Shell) -> None:
    listed = shell.done("jobs", "list")
    for code in (BENGKEL, NEIGHBOUR):
        assert re.search(
            rf"^{code} +bells +bells\.ring +0 6 \* \* \* +2.*Z +- +- +0 +-$", listed, re.MULTILINE
        )
    assert shell.done("jobs", "run-due") == "0 jobs were done, 0 failed.\n"
    assert re.search(r"^- +- +idempotency\.forget +15 2", shell.done("jobs", "list"), re.MULTILINE)
    due(shell)
    assert shell.done("jobs", "run-due") == "9 jobs were done, 0 failed.\n"
    assert shell.done("jobs", "run-due") == "0 jobs were done, 0 failed.\n"
    one = shell.done("jobs", "list", "--village", BENGKEL, "--program", "bells").splitlines()
    assert len(one) == 2 and re.search(r"Z +done +0 +-$", one[1])
    assert shell.done("jobs", "list", "--program", "waste") == "No job waits.\n"
    shell.done("program", "disable", "bells", BENGKEL)
    assert re.search(rf"^{BENGKEL} .* paused ", shell.done("jobs", "list"), re.MULTILINE)


def test_tasks_that_wait_or_failed_are_listed_and_what_waits_is_done(shell: Shell) -> None:
    assert "TASK" not in shell.done("jobs", "list")

    async def ask(database: Database) -> None:
        for code, times in ((BENGKEL, 2), (NEIGHBOUR, 1)):
            async with database.transaction(code) as session:
                village = await village_facts(session, code)
                assert village is not None
                for n in range(times):
                    now = datetime.now(UTC)
                    name = "bells.ring_thrice" if n == 0 else "bells.gone"
                    session.add(Task(village_id=village.id, name=name, input={}, created_at=now, due_at=now))

    shell.inside(ask)
    listed = shell.done("jobs", "list", "--village", BENGKEL)
    assert re.search(rf"^{BENGKEL} +bells +bells\.ring_thrice +waiting +2.*Z +0 +0 +-$", listed, re.MULTILINE)
    assert re.search(rf"^{BENGKEL} +- +bells\.gone +waiting ", listed, re.MULTILINE)
    assert re.search(rf"^{NEIGHBOUR} +bells +bells\.ring_thrice ", shell.done("jobs", "list"), re.MULTILINE)
    failed = shell("jobs", "run-due", BELLS_BROKEN="1")
    assert (failed.exit_code, failed.stdout) == (
        1,
        "0 jobs were done, 0 failed.\n0 tasks were done, 2 failed.\n",
    )
    listed = shell.done("jobs", "list", "--program", "bells")
    assert len(re.findall(r"bells\.ring_thrice +failed +2.*Z +1/3 +1 +Conflict$", listed, re.MULTILINE)) == 2
    assert "bells.gone" not in listed and "bells.gone" in shell.done("jobs", "list")
    assert "bells.ring_thrice" not in shell.done("jobs", "list", "--program", "waste")
    shell.inside(ask)
    done = "0 jobs were done, 0 failed.\n2 tasks were done, 0 failed.\n"
    assert shell.done("jobs", "run-due") == done
    listed = shell.done("jobs", "list", "--program", "bells")
    assert len(re.findall(r"bells\.ring_thrice", listed)) == 2, "what is done needs nobody"


def test_one_that_fails_is_said_without_values_and_listed(shell: Shell) -> None:
    due(shell)
    failed = shell("jobs", "run-due", BELLS_BROKEN="1")
    assert (failed.exit_code, failed.stdout) == (1, "0 jobs were done, 2 failed.\n")
    listed = shell.done("jobs", "list")
    assert len(re.findall(r" failed +1 +RuntimeError$", listed, re.MULTILINE)) == 2
    assert NUMBER not in failed.output + listed


def test_one_job_is_done_now_where_it_is_said_and_nowhere_else(shell: Shell) -> None:
    assert shell.done("jobs", "run", "bells.ring", "--village", "5102062001") == "1 job was done, 0 failed.\n"
    listed = shell.done("jobs", "list", "--program", "bells")
    assert re.search(rf"^{BENGKEL} .* done +0 +-$", listed, re.MULTILINE)
    assert re.search(rf"^{NEIGHBOUR} .* - +- +0 +-$", listed, re.MULTILINE)
    assert shell.done("jobs", "run", "idempotency.forget") == "1 job was done, 0 failed.\n"
    assert shell("jobs", "run", "bells.ring", "--village", BENGKEL, BELLS_BROKEN="1").exit_code == 1


def test_what_cannot_be_done_now_is_refused_in_one_line(shell: Shell) -> None:
    assert "There is no job 'bells.tune'." in shell.refused("jobs", "run", "bells.tune")
    assert "say which with --village" in shell.refused("jobs", "run", "bells.ring")
    assert "leave out --village" in shell.refused("jobs", "run", "idempotency.forget", "--village", BENGKEL)
    assert "Not open here" in shell.refused("jobs", "run", "bells.ring", "--village", "51.02.06.2003")
    assert "There is no program 'rings'" in shell.refused("jobs", "list", "--program", "rings")
    assert "WANTILAN_KEYS is not set" in shell.refused("jobs", "run-due", WANTILAN_KEYS=None)
    shell.done("program", "disable", "bells", BENGKEL)
    assert "the program bells is off there" in shell.refused(
        "jobs", "run", "bells.ring", "--village", BENGKEL
    )
