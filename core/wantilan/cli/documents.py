"""`wantilan documents`: the manifest of trusted documents, held against the schema of what is installed."""

from __future__ import annotations

from pathlib import Path

import click

from ..graph.documents import Documents
from ..graph.trusted import judged, read_manifest
from ..settings import Settings
from ..web.application import host_of
from .deployment import say_left_out
from .printing import count

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def documents() -> None:
    """Look after trusted documents, the only ones that run where WANTILAN_TRUSTED_DOCUMENTS names a manifest.

    \b
    Example:
      wantilan documents check persisted-documents.json
    """


@documents.command()
@click.argument("file", metavar="FILE", type=FILE)
def check(file: Path) -> None:
    """Hold every document of a manifest against the schema and the limits.

    FILE is a JSON object of hash and document, as GraphQL Code Generator and Relay write it, or Apollo's
    manifest. Needs no database. Prints a line for each document that would not run, and exits with 1 when
    there is one: `wantilan serve` would not start with it.

    \b
    Examples:
      wantilan documents check persisted-documents.json
      wantilan documents check persisted-query-manifest.json && wantilan serve
    """
    settings = Settings.load()
    texts = read_manifest(file)
    host = host_of(settings)
    say_left_out(host)
    found = judged(texts, Documents(host.schema.graphql, settings.limits))
    for name, why in found.faults.items():
        click.echo(f"{name}: {why}", err=True)
    if found.faults:
        raise click.ClickException(
            f"{len(found.faults)} of {count(len(texts), 'document does', 'documents do')} not run here."
        )
    click.echo(f"{count(len(texts), 'document fits', 'documents fit')} the schema.")
