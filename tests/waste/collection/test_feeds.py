"""Calendar addresses: who makes them, what calendars read there, and that they can be made worthless."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import icalendar
from tests.waste.collection.scene import (
    ADD_SCHEDULE,
    CANCEL,
    MAKE_FEED,
    PLAN_RUNS,
    REVOKE_FEED,
    SET_DATE,
    SET_STOPS,
    Scene,
    everybody,
)
from tests.waste.collection.test_calendars import expanded

from wantilan.programs.switching import disable
from wantilan.testing import BENGKEL, NEIGHBOUR
from wantilan_waste.models import Feed, Run, ServicePoint, WastePointStatus


async def a_schedule(scene: Scene, rrule: str = "FREQ=WEEKLY;BYDAY=MO,TH", **more: Any) -> str:
    given = {
        "routeId": scene.ids["route"], "stream": "ORGANIK", "rrule": rrule, "startsOn": str(await scene.today()),
        "windowStart": "06:30", "windowEnd": "09:00", **more,
    }  # fmt: skip
    return str((await scene.do(ADD_SCHEDULE, **given)).data["wasteAddSchedule"]["schedule"]["id"])


async def an_address(scene: Scene, token: str | None = None, **given: Any) -> str:
    reply = await scene.do(MAKE_FEED, token, **(given or {"pointId": scene.ids["p0"]}))
    return str(reply.data["wasteMakeFeed"]["address"])


async def test_a_calendar_says_what_the_runs_will_be_the_ceremony_included(scene: Scene) -> None:
    """Parsed and expanded by libraries that know nothing of us, and compared with the planned runs."""
    today = await scene.today()
    schedule = await a_schedule(scene)
    given = [d for i in range(1, 21) if (d := today + timedelta(days=i)).weekday() in (0, 3)]
    holy, extra = given[1], next(d for i in range(2, 21) if (d := today + timedelta(days=i)).weekday() == 6)
    for day, kind in ((holy, "EXCLUDED"), (extra, "EXTRA")):
        assert (await scene.do(SET_DATE, scheduleId=schedule, day=str(day), kind=kind, reason="Odalan")).data
    last = today + timedelta(days=61)
    assert (await scene.do(PLAN_RUNS, villageCode=BENGKEL, firstDay=str(today), lastDay=str(last))).data
    runs = sorted(run.day for run in await scene.all(Run))
    address = await an_address(scene)
    fetched = await scene.world.fetch(address)
    assert (fetched.status, fetched.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    found = expanded(fetched.text, last)
    assert [moment.date() for moment in found] == runs
    assert holy not in runs and extra in runs
    assert all((moment.hour, moment.minute) == (6, 30) for moment in found)
    for _ in range(2):  # a run that is cancelled falls out, and whoever looks again finds the same
        (run,) = [run for run in await scene.all(Run) if run.day == extra]
        if run.state.name == "PLANNED":
            assert (
                await scene.do(CANCEL, runId=await scene.world.id_of("WasteRun", run), reason="Hujan")
            ).data
        after = expanded((await scene.world.fetch(address)).text, last)
        assert [moment.date() for moment in after] == [day for day in runs if day != extra]


async def test_a_point_has_the_pickups_of_all_routes_that_pass_it_and_a_route_its_own(scene: Scene) -> None:
    await a_schedule(scene, "FREQ=DAILY")
    await a_schedule(scene, "FREQ=WEEKLY;BYDAY=SA", stream="B3")
    point, other = await an_address(scene), await an_address(scene, pointId=scene.ids["p4"])
    route = await an_address(scene, routeId=scene.ids["route"])

    async def summaries(address: str) -> list[str]:
        parsed: Any = icalendar.Calendar.from_ical((await scene.world.fetch(address)).text)
        return sorted(str(event["SUMMARY"]) for event in parsed.walk("VEVENT"))

    both = ["Angkut sampah B3", "Angkut sampah organik"]
    assert await summaries(point) == await summaries(route) == both
    assert await summaries(other) == []
    assert (await scene.do(SET_STOPS, routeId=scene.ids["route"], stops=[{"pointId": scene.ids["p1"]}])).data
    assert await summaries(point) == [] and await summaries(route) == both
    async with scene.world.unit(BENGKEL) as unit:
        row = await unit.get(ServicePoint, scene.points[1].id)
        assert row is not None
        row.status = WastePointStatus.PAUSED
    assert await summaries(await an_address(scene, pointId=scene.ids["p1"])) == []


async def test_what_is_not_there_any_more_looks_like_what_never_was(scene: Scene) -> None:
    await a_schedule(scene)
    address = await an_address(scene)
    assert (await scene.world.fetch(address)).status == 200
    assert (await scene.world.fetch(address.lower())).status == 200  # as somebody may type it
    unknown = address[:-5] + ("0" if address[-5] != "0" else "1") + ".ics"
    far = address.replace(BENGKEL.replace(".", ""), NEIGHBOUR.replace(".", ""))
    (feed,) = await scene.all(Feed)
    revoked = await scene.do(REVOKE_FEED, feedId=await scene.world.id_of("WasteFeed", feed))
    assert revoked.data["wasteRevokeFeed"]["feed"]["revokedAt"]
    answers = [await scene.world.fetch(one) for one in (address, unknown, far, "/feeds/waste/nothing.ics")]
    assert [one.status for one in answers] == [404] * 4
    assert len({one.body.split(b"requestId")[0] for one in answers}) == 1
    again = await scene.do(REVOKE_FEED, feedId=await scene.world.id_of("WasteFeed", feed))
    assert again.codes == ["INVALID_TRANSITION"]


async def test_it_is_read_again_only_when_it_changed_and_not_while_the_program_is_off(scene: Scene) -> None:
    schedule = await a_schedule(scene, "FREQ=DAILY")
    address = await an_address(scene)
    first = await scene.world.fetch(address)
    same = await scene.world.fetch(address, headers={"if-none-match": first.headers["etag"]})
    assert (same.status, same.body) == (304, b"")
    day = await scene.today() + timedelta(days=3)
    assert (await scene.do(SET_DATE, scheduleId=schedule, day=str(day), kind="EXCLUDED")).data
    changed = await scene.world.fetch(address, headers={"if-none-match": first.headers["etag"]})
    assert changed.status == 200 and f"{day:%Y%m%d}T063000" in changed.text
    async with scene.world.unit(BENGKEL) as unit:
        await disable(scene.world.host, unit, "waste")
    assert (await scene.world.fetch(address)).status == 404


async def test_a_calendar_tells_nobodys_name(scene: Scene) -> None:
    await a_schedule(scene)
    text = (await scene.world.fetch(await an_address(scene))).text
    assert "organik" in text  # the control
    for word in ("Wayan", "Rumah", "Contoh", "Banjar", scene.points[0].code, str(scene.household.id)):
        assert word not in text


async def test_the_secret_is_shown_once_and_only_its_hash_is_kept(scene: Scene) -> None:
    given = {"pointId": scene.ids["p0"]}
    first = await scene.world.ask(MAKE_FEED, scene.operator, key="k", input=given)
    again = await scene.world.ask(MAKE_FEED, scene.operator, key="k", input=given)
    address = first.data["wasteMakeFeed"]["address"]
    assert again.data["wasteMakeFeed"]["address"] is None
    assert again.data["wasteMakeFeed"]["feed"] == first.data["wasteMakeFeed"]["feed"]
    (row,) = await scene.all(Feed)
    assert len(row.secret_hash) == 32 and address.startswith("/feeds/waste/5102062001-")
    assert (await scene.world.fetch(address)).status == 200


FEEDS = """query($id: ID!) { resident(id: $id) { waste { pickupPoints { label
  feeds { id revokedAt } stops { route { name nextPickups(first: 3) { nodes { stream day windowStart } } } } } } } }"""


async def test_a_household_makes_reads_and_revokes_its_own_addresses(scene: Scene) -> None:
    await a_schedule(scene, "FREQ=DAILY")
    askers = await everybody(scene)
    reply = await scene.do(MAKE_FEED, askers["wayan"], pointId=scene.ids["p0"])
    feed = reply.data["wasteMakeFeed"]["feed"]["id"]
    assert (await scene.world.fetch(reply.data["wasteMakeFeed"]["address"])).status == 200
    with scene.world.counting() as statements:
        home = await scene.world.ask(FEEDS, askers["wayan"], id=scene.ids["wayan"])
    (point,) = home.data["resident"]["waste"]["pickupPoints"]
    today = await scene.today()
    assert point["feeds"] == [{"id": feed, "revokedAt": None}]
    assert point["stops"] == [
        {"route": {"name": "Rute Kaja", "nextPickups": {"nodes": [
            {"stream": "ORGANIK", "day": str(today + timedelta(days=i)), "windowStart": "06:30"} for i in range(3)
        ]}}}
    ]  # fmt: skip
    assert len(statements) == 1
    assert (await scene.do(REVOKE_FEED, askers["made"], feedId=feed)).codes == ["NOT_FOUND"]
    assert (await scene.do(REVOKE_FEED, askers["wayan"], feedId=feed)).data


async def test_what_a_feed_is_of_is_said_exactly_once_and_there_are_so_many_at_a_time(scene: Scene) -> None:
    both = await scene.do(MAKE_FEED, pointId=scene.ids["p0"], routeId=scene.ids["route"])
    assert both.faults == {"input.pointId": "EXACTLY_ONE"}
    assert (await scene.world.ask(MAKE_FEED, scene.operator, input={})).faults == {
        "input.pointId": "EXACTLY_ONE"
    }
    for _ in range(10):
        last = await an_address(scene)
    assert (await scene.do(MAKE_FEED, pointId=scene.ids["p0"])).codes == ["LIMIT_EXCEEDED"]
    rows = await scene.all(Feed)
    assert (await scene.do(REVOKE_FEED, feedId=await scene.world.id_of("WasteFeed", rows[0]))).data
    assert await an_address(scene) != last
