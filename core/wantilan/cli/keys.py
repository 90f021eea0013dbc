"""`wantilan keys`: the keys that seal personal numbers."""

from __future__ import annotations

import click

from ..store.secrets import Keys


@click.group()
def keys() -> None:
    """Make the keys that seal personal numbers (NIK, KK).

    \b
    Example:
      wantilan keys new
    """


@keys.command()
def new() -> None:
    """Print fresh keys for WANTILAN_KEYS.

    Nothing is stored. Keep them as you keep the database, but apart from it: without them personal numbers
    cannot be read any more, and whoever has both can read them all.

    \b
    Example:
      (umask 077; wantilan keys new > keys.json)
      export WANTILAN_KEYS="$(cat keys.json)"
    """
    click.echo(Keys.generate())
