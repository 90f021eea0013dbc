"""What the waste program does by the clock: it tells of a TPS3R that weighed nothing on a working day."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.system.scene import weighing

from wantilan.programs.schedule import Schedule
from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, NEIGHBOUR, World
from wantilan_waste.jobs import JOBS, NO_INTAKE, look_for_gaps
from wantilan_waste.models import Facility, WasteFacilityKind

TPS3R, BANK = WasteFacilityKind.TPS3R, WasteFacilityKind.BANK_SAMPAH


@pytest.fixture
async def village(world: World) -> World:
    """Bengkel with five facilities, and a neighbour with an idle one; yesterday the first one weighed."""
    await world.open(BENGKEL, "waste")
    await world.open(NEIGHBOUR, "waste")
    async with world.unit(BENGKEL) as unit:
        yesterday = unit.today - timedelta(days=1)
        busy, idle = Facility(name="busy", kind=TPS3R), Facility(name="idle", kind=TPS3R, opened_on=yesterday)
        bank, new = Facility(name="bank", kind=BANK), Facility(name="new", kind=TPS3R, opened_on=unit.today)
        shut = Facility(name="shut", kind=TPS3R, closed_on=yesterday - timedelta(days=1))
        await unit.add(busy, idle, bank, new, shut)
        await unit.add(weighing(unit, busy, 500, day=yesterday), weighing(unit, idle, 500))
    async with world.unit(NEIGHBOUR) as unit:
        await unit.add(Facility(name="idle", kind=TPS3R))
    return world


async def test_only_what_works_every_day_and_weighed_nothing_yesterday_is_told_of(village: World) -> None:
    async with village.unit(BENGKEL) as unit:
        await look_for_gaps(unit)
    async with village.unit(BENGKEL) as unit:
        facilities = {str(row.id): row.name for row in await unit.all(Facility)}
        told = await unit.all(Event, Event.name == NO_INTAKE)
    assert [facilities[event.subjects["facility"]] for event in told] == ["idle"]
    async with village.unit(NEIGHBOUR) as unit:
        assert not await unit.exists(Event, Event.name == NO_INTAKE)


def test_it_is_done_on_the_morning_after_each_working_day() -> None:
    zone = ZoneInfo("Asia/Makassar")
    schedule, moment = Schedule.of(JOBS[0].cron, "Asia/Makassar"), datetime(2026, 11, 22, 12, tzinfo=zone)
    found = []
    for _ in range(7):
        moment = schedule.after(moment).astimezone(zone)
        found.append((moment.strftime("%a"), moment.hour))
    assert [day for day, _ in found] == ["Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Tue"]
    assert {hour for _, hour in found} == {6}
