"""Files that a command makes: whole or not at all, and readable by their owner alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


def refuse_existing(*paths: Path) -> None:
    """Raises ClickException: what is there may be all that somebody has."""
    for path in paths:
        if path.exists():
            raise click.ClickException(f"{path} is there already. Name another file, or move it away.")
        if not path.parent.is_dir():
            raise click.ClickException(f"There is no folder {path.parent}.")


@contextmanager
def made_whole(path: Path) -> Iterator[Path]:
    """A file beside `path` to write into, mode 0600; it becomes `path` when the block ends, and is on disk
    then. Nothing is left when it raises.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield fresh
        _sync(fresh)
        os.replace(fresh, path)
        _sync(path.parent)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            fresh.with_name(f"{fresh.name}{suffix}").unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    with made_whole(path) as fresh:
        fresh.write_text(text, encoding="utf-8")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
