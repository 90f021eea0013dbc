"""`wantilan jobs`: what programs do by the clock or were asked for once, and doing it now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import sqlalchemy as sa

from ..programs.host import Host
from ..programs.job import Job
from ..programs.manifest import Program
from ..programs.runner import Runner
from ..programs.task_runner import TaskRunner
from ..programs.turns import Chosen
from ..registry.files.desk import Desk
from ..settings import Settings
from ..store.contents import contents_of
from ..store.database import Database
from ..store.jobs import Job as Row
from ..store.jobs import JobOutcome, JobRun, PlatformJob
from ..store.leases import moment_of
from ..store.places import Village
from ..store.secrets import Keys
from ..store.walls import WHOLE_COUNTRY
from ..store.write import VillageFacts
from .deployment import Opened, coroutine, known_program, opened, require_keys
from .places import VillageCode, open_villages
from .printing import count, moment, table
from .tasks import HEADINGS as TASK_HEADINGS
from .tasks import task_rows

PLATFORM = "-"


@click.group()
def jobs() -> None:
    """See what programs do by the clock, and do it.

    `wantilan serve` does the jobs by itself. On a machine where no server runs, call `run-due` every minute.

    \b
    Examples:
      wantilan jobs list --village 51.02.06.2001
      wantilan jobs run-due
    """


@jobs.command("list")
@click.option("--village", metavar="CODE", type=VillageCode(), help="Only those of this village.")
@click.option("--program", metavar="NAME", help="Only those of this program.")
@coroutine
async def list_(village: str | None, program: str | None) -> None:
    """List the jobs by the time at which they are due next, with the end of their last run.

    ATTEMPTS is how often a job has failed since it last went well, FAILURE the kind of its last error; the
    log has the rest. NEXT is `paused` where the program is switched off, or does not know the job any more.
    In VILLAGE stands `-` for a job of the deployment itself. Below follow the tasks that wait, run or failed:
    what somebody asked for, once.

    \b
    Examples:
      wantilan jobs list
      wantilan jobs list --village 51.02.06.2001 --program waste
    """
    async with opened() as here:
        if program is not None:
            known_program(here.host, program)
        if village is not None:
            await open_villages(here.database, [village])
        rows = await _rows(here.database, village, program)
        if village is None and program is None:
            rows += await _platform_rows(here.database)
        tasks = await task_rows(here.database, here.host, village, program)
    headings = ("VILLAGE", "PROGRAM", "JOB", "SCHEDULE", "NEXT", "LAST", "OUTCOME", "ATTEMPTS", "FAILURE")
    table(headings, rows, empty="No job waits.")
    if tasks:
        click.echo()
        table(TASK_HEADINGS, tasks, empty="")


async def _rows(database: Database, village: str | None, program: str | None) -> list[Sequence[object]]:
    last = sa.and_(JobRun.village_id == Row.village_id, JobRun.job_id == Row.id, JobRun.latest.is_(True))
    query = (
        sa.select(Row, Village.code, JobRun.ended_at, JobRun.outcome)
        .join(Village, Village.id == Row.village_id)
        .outerjoin(JobRun, last)
        .order_by(Row.paused, Row.due_at, Village.code, Row.name)
    )
    if village is not None:
        query = query.where(Village.code == village)
    if program is not None:
        query = query.where(Row.program == program)
    async with database.transaction(WHOLE_COUNTRY) as session:
        return [
            (code, row.program, row.name, row.schedule, "paused" if row.paused else moment(row.due_at),
             moment(ended), _word(outcome), row.attempts, row.failure or "-")
            for row, code, ended, outcome in await session.execute(query)
        ]  # fmt: skip


async def _platform_rows(database: Database) -> list[Sequence[object]]:
    async with database.transaction() as session:
        return [
            (PLATFORM, PLATFORM, row.name, row.schedule, moment(row.due_at), moment(row.ended_at),
             _word(row.outcome), row.attempts, row.failure or "-")
            for row in await session.scalars(sa.select(PlatformJob).order_by(PlatformJob.due_at))
        ]  # fmt: skip


def _word(outcome: JobOutcome | None) -> str:
    return outcome.value if outcome is not None else "-"


@jobs.command("run-due")
@coroutine
async def run_due() -> None:
    """Do every job that is due and every task that waits, until none is; exit with 1 when one of them failed.

    What a server is doing just now is left to it.

    \b
    Example:
      wantilan jobs run-due
    """
    async with opened(persons=True) as here:
        runner = _runner(here)
        await runner.work()
        tasks = TaskRunner(here.host, here.database, services=_services(here))
        await tasks.work()
    _say(runner, tasks)


@jobs.command()
@click.argument("name")
@click.option(
    "--village", metavar="CODE", type=VillageCode(), help="The village; for a job that lies in one."
)
@coroutine
async def run(name: str, village: str | None) -> None:
    """Do the job NAME now, beside its schedule; exit with 1 when it failed.

    \b
    Examples:
      wantilan jobs run waste.look_for_gaps --village 51.02.06.2001
      wantilan jobs run idempotency.forget
    """
    async with opened(persons=True) as here:
        program, job = _known(here, name)
        if job.platform != (village is None):
            raise click.ClickException(
                f"{name} lies in no village: leave out --village."
                if job.platform
                else f"{name} lies in a village: say which with --village."
            )
        facts = (await open_villages(here.database, [village]))[0] if village is not None else None
        runner = _runner(here, Chosen(name, facts.id if facts else None))
        await runner.timetable.lay_out(here.database)
        if not await _make_due(here.database, name, facts):
            where = f" in {village}" if village is not None else ""
            raise click.ClickException(
                f"{name} does not wait{where}: the program {program.name} is off there, or it runs just now."
            )
        if not await runner.run_due():
            click.echo("A server does it: see `wantilan jobs list`.")
            return
    _say(runner)


def _known(here: Opened, name: str) -> tuple[Program, Job]:
    found = here.host.jobs.get(name)
    if found is None:
        raise click.ClickException(f"There is no job {name!r}. `wantilan jobs list` shows them.")
    return found


async def _make_due(database: Database, name: str, village: VillageFacts | None) -> bool:
    """False where it is paused, or somebody has it."""
    kind: Any = Row if village is not None else PlatformJob
    now = moment_of(database.dialect)
    free = [kind.name == name, sa.or_(kind.leased_until.is_(None), kind.leased_until < now)]
    if village is not None:
        free += [Row.village_id == village.id, ~Row.paused]
    due: Any = sa.update(kind).where(*free).values(due_at=now).returning(sa.literal_column("1"))
    async with database.transaction(village.code if village else "") as session:
        done = await session.execute(due, execution_options={"synchronize_session": False})
        return done.first() is not None


def _runner(here: Opened, chosen: Chosen | None = None) -> Runner:
    zone = here.settings.time_zone
    return Runner(here.host, here.database, time_zone=zone, services=_services(here), chosen=chosen)


def _services(here: Opened) -> dict[type, Any]:
    desk = Desk(here.database, here.host, contents_of(here.settings), here.settings.files)
    services: dict[type, Any] = {
        Settings: here.settings, Database: here.database, Host: here.host, Desk: desk,
    }  # fmt: skip
    if here.settings.keys is not None:
        services[Keys] = require_keys(here.settings)
    return services


def _say(runner: Runner, tasks: TaskRunner | None = None) -> None:
    done = runner.ended[JobOutcome.DONE]
    failed = runner.tried - done
    click.echo(f"{count(done, 'job was', 'jobs were')} done, {failed} failed.")
    if tasks is not None and tasks.tried:
        well = tasks.ended[JobOutcome.DONE]
        click.echo(f"{count(well, 'task was', 'tasks were')} done, {tasks.tried - well} failed.")
        failed += tasks.tried - well
    if failed:
        raise click.exceptions.Exit(1)
