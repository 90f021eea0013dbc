"""What the core itself does by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Text
from ..programs.host import Host
from ..programs.job import Job
from ..programs.run import Run
from ..settings import Settings
from ..store.contents import contents_of
from ..store.database import Database
from ..store.outbox import Idempotency
from ..store.tasks import Task
from ..store.write import Unit
from .duplicates.finding import look_over
from .files.sweeping import sweep
from .statistics.keeping import keep_ended_months

TASKS_KEPT = timedelta(days=30)
"""How long a task that has ended is to be seen."""


async def forget_idempotency(session: AsyncSession, run: Run) -> None:
    """Who repeats a request so late would not find it again: it would be done twice."""
    before = datetime.now(UTC) - timedelta(days=run.service(Settings).idempotency_days)
    await session.execute(sa.delete(Idempotency).where(Idempotency.at < before))


async def forget_tasks(session: AsyncSession) -> None:
    """What became of them was to be seen for long enough."""
    await session.execute(sa.delete(Task).where(Task.ended_at < datetime.now(UTC) - TASKS_KEPT))


async def sweep_files(run: Run) -> None:
    """In transactions of its own: a content lies outside of the database, and goes before its row."""
    settings = run.service(Settings)
    await sweep(run.service(Database), run.service(Host), contents_of(settings), settings.files)


async def keep_statistics(unit: Unit) -> None:
    """Each night, so that one that was missed is made up for: only what is missing is counted."""
    await keep_ended_months(unit.session, unit.village.id, unit.today)


JOBS = (
    Job(
        name="files.sweep",
        cron="17 * * * *",
        run=sweep_files,
        description=Text(
            "Membersihkan berkas yang tidak dipakai.",
            "Removes the files that nobody wants any more.",
        ),
        timeout=timedelta(minutes=30),
        platform=True,
    ),
    Job(
        name="residents.duplicates",
        cron="30 1 * * *",
        run=look_over,
        description=Text(
            "Mencari penduduk yang mungkin terdaftar dua kali.",
            "Looks for residents who may be in the register twice.",
        ),
        timeout=timedelta(minutes=10),
    ),
    Job(
        name="idempotency.forget",
        cron="15 2 * * *",
        run=forget_idempotency,
        description=Text(
            "Menghapus catatan permintaan lama.", "Deletes the records of old requests (idempotency keys)."
        ),
        timeout=timedelta(minutes=10),
        platform=True,
    ),
    Job(
        name="tasks.forget",
        cron="25 2 * * *",
        run=forget_tasks,
        description=Text("Menghapus tugas lama yang sudah selesai.", "Deletes tasks that ended long ago."),
        timeout=timedelta(minutes=10),
        platform=True,
    ),
    Job(
        name="statistics.keep",
        cron="40 1 * * *",
        run=keep_statistics,
        description=Text(
            "Menghitung dan menyimpan angka bulan-bulan yang telah berakhir.",
            "Counts and keeps the figures of months that are over.",
        ),
        timeout=timedelta(minutes=10),
    ),
)
