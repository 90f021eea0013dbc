"""What `make demo` shows of the waste program: in Bengkel a year of everything, up to this moment; a small
bank in any other village.

Called again on a later day, it adds what happened since. What happens on a day follows from the village, the
day, and what is there. People, businesses, amounts of money and masses are invented.
"""

from __future__ import annotations

import sqlalchemy as sa

from wantilan import Unit, VillageFacts, tables

from ..models import Intake
from .bestari import live
from .facility import facility_of
from .history import History
from .small import keep_small_bank

BENGKEL = "51.02.06.2001"


async def demo(village: VillageFacts, unit: Unit) -> None:
    """What is not there yet of the last year. Of two starts at once the second waits: the village is held."""
    held = sa.select(tables.Village.id).where(tables.Village.id == village.id).with_for_update()
    await unit.session.execute(held)
    # What a visitor of the demo weighed has his name.
    weighed = sa.select(sa.func.max(Intake.weighed_at)).where(Intake.village_id == village.id)
    history = History(unit, await unit.session.scalar(weighed.where(Intake.recorded_by.is_(None))))
    await history.take_counters()
    facility = await facility_of(history, tps3r=village.code == BENGKEL)
    if village.code == BENGKEL and await unit.exists(tables.Household):
        await live(history, facility)
    else:
        await keep_small_bank(history, facility)
