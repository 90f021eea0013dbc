"""Files that a task makes: an export, a report."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from ...graph.relay import encode_id
from ...programs.run import TaskRun
from ...store.tables import sql_table
from ...store.write import VillageFacts
from ..models import File
from .desk import Desk


def incoming(desk: Desk) -> tempfile.TemporaryDirectory[str]:
    """A folder on the same disk as the contents: what is made there is moved, and not copied."""
    desk.contents.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=desk.contents.incoming)


async def keep_file(run: TaskRun[Any], village: VillageFacts, kind: str, content: bytes) -> str:
    """Keep a content that a task has made, for who asked for the task and whoever may read its kind; the id
    that clients see, for `requestDownload`. Nothing takes it, so that it is removed after a day.

    Not inside a step: it has transactions of its own. Raises RuleViolated when the content is not of one of
    the kind's types, KeyError for a kind that nobody declares.
    """
    desk = run.service(Desk)
    async with run.step() as unit:
        by = unit.actor_id
    with incoming(desk) as folder:
        path = Path(folder) / "made"
        await asyncio.to_thread(path.write_bytes, content)
        stored = await desk.make(village, kind, path, by=by)
    return encode_id(sql_table(File).name, stored.village_id, stored.id)
