"""`wantilan search`: makes anew by which words residents are found."""

from __future__ import annotations

import click

from ..registry.searching import index_residents
from ..store.write import Unit
from .deployment import coroutine, opened
from .places import chosen_villages, placed
from .printing import count, progress


@click.group()
def search() -> None:
    """Look after the search for residents.

    Whoever changes a resident writes by which words he is found. `wantilan program check` says where that
    is no longer so: where rows were changed by hand, or a part of a backup was restored.

    \b
    Examples:
      wantilan search rebuild
      wantilan search rebuild --village 51.02.06.2001
    """


@search.command()
@placed
@coroutine
async def rebuild(village: str | None) -> None:
    """Make the words of all residents anew; also after the table of spellings was changed.

    One village at a time, each in a transaction of its own. Stopped half-way it is begun again.

    \b
    Examples:
      wantilan search rebuild
      wantilan search rebuild --village 51.02.06.2001
    """
    async with opened() as here:
        places, residents = await chosen_villages(here.database, village), 0
        with progress(len(places), "Rebuilding") as told:
            for done, place in enumerate(places, start=1):
                async with here.database.transaction(place.code) as session:
                    residents += await index_residents(Unit(session, place, None))
                told(done)
    click.echo(f"{count(residents, 'resident is', 'residents are')} found by what is written now.")
