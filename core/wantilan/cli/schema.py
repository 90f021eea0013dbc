"""`wantilan schema`: the GraphQL schema as text, and the snapshots of it that reviewers read."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

import click

from ..programs.host import build_host
from ..registry.permissions import PLATFORM_ADMIN
from ..settings import Settings
from ..web.application import core_plugins, host_of

CORE, FULL = "core.graphql", "full.graphql"
LONGEST_DIFF = 40

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option(
    "--write", "write_to", type=FOLDER, metavar="DIR", help="Write both snapshots into this folder."
)
@click.option(
    "--check", "check_in", type=FOLDER, metavar="DIR", help="Compare both snapshots in this folder."
)
def schema(write_to: Path | None, check_in: Path | None) -> None:
    """Print the GraphQL schema, or keep its snapshots.

    Printed is the schema of everything installed. The snapshots are core.graphql, the core alone, and
    full.graphql, the core with every installed program. --check exits with 1 and a short diff when they are
    not what the declarations say.

    \b
    Examples:
      wantilan schema > schema.graphql
      wantilan schema --write schema
      wantilan schema --check schema
    """
    if write_to is not None and check_in is not None:
        raise click.UsageError("--write and --check exclude each other.")
    made = snapshots()
    if write_to is not None:
        write_to.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (write_to / name).write_text(text, encoding="utf-8")
        click.echo(f"Wrote {' and '.join(made)}.")
    elif check_in is not None:
        _check(check_in, made)
    else:
        click.echo(made[FULL], nl=False)


def snapshots() -> Mapping[str, str]:
    """File name -> text. Raises ClickException when an installed program was left out."""
    full = host_of(Settings.load())
    if full.failures:
        raise click.ClickException("\n".join(str(failure) for failure in full.failures))
    core = build_host(core_plugins(), entry_points=(), admin_role=PLATFORM_ADMIN)
    return {CORE: _text(core.schema.as_str()), FULL: _text(full.schema.as_str())}


def _text(sdl: str) -> str:
    return sdl.rstrip() + "\n"


def _check(folder: Path, made: Mapping[str, str]) -> None:
    differing: list[str] = []
    for name, text in made.items():
        path = folder / name
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        if kept != text:
            differing.append(name if kept else f"{name} (not there)")
            click.echo(short_diff(kept, text, name), err=True)
    if differing:
        raise click.ClickException(
            f"{' and '.join(differing)} is not what the declarations say; run make schema."
        )
    click.echo(f"{' and '.join(made)} are up to date.")


def short_diff(kept: str, made: str, name: str) -> str:
    """A unified diff of at most `LONGEST_DIFF` lines."""
    lines = list(
        difflib.unified_diff(
            kept.splitlines(), made.splitlines(), f"kept/{name}", f"made/{name}", n=2, lineterm=""
        )
    )
    more = len(lines) - LONGEST_DIFF
    return "\n".join([*lines[:LONGEST_DIFF], *([f"… {more} more lines"] if more > 0 else [])])
