"""What the core itself does by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Text
from ..programs.job import Job
from ..programs.run import Run
from ..settings import Settings
from ..store.outbox import Idempotency


async def forget_idempotency(session: AsyncSession, run: Run) -> None:
    """Who repeats a request so late would not find it again: it would be done twice."""
    before = datetime.now(UTC) - timedelta(days=run.service(Settings).idempotency_days)
    await session.execute(sa.delete(Idempotency).where(Idempotency.at < before))


JOBS = (
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
)
