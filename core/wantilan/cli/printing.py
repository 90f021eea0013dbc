"""How commands speak: tables on stdout, progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import click


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    """Rows in columns that line up; one line where there is none."""
    if not rows:
        click.echo(empty)
        return
    cells = [list(headings), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headings))]
    for row in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def moment(at: datetime | None) -> str:
    """An instant to the minute, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ") if at is not None else "-"


def count(number: int, one: str, many: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number:,} {one if number == 1 else many}"


@contextmanager
def progress(length: int, label: str) -> Iterator[Callable[[int], None]]:
    """A bar on stderr while a terminal looks, nothing otherwise: the command says a line at its end.

    Gives a function that is told how much is done so far.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        shown = 0

        def so_far(done: int) -> None:
            nonlocal shown
            bar.update(done - shown)
            shown = done

        yield so_far
