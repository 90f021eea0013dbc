"""Handling: each step by its rules, told to the reporter, and shown to everybody with the same commit."""

from __future__ import annotations

import asyncio
from datetime import datetime
from itertools import product
from typing import Any

from tests.waste.complaints.scene import CHAIN, HIDE, MOVE, PLACE, PUBLISH, ComplaintScene
from tests.waste.complaints.test_rules import STEPS

from wantilan.store.outbox import Event
from wantilan.testing import BENGKEL, Refused, check_refusals
from wantilan_waste.models import Complaint, ComplaintStep, PublicComplaint, WasteComplaintState

PUBLIC = """{ village(code: "51.02.06.2001") { waste { publicComplaints { nodes {
  trackingCode kind state text note place } } } } }"""


async def public(place: ComplaintScene) -> list[dict[str, Any]]:
    """What a visitor reads."""
    reply = await place.world.ask(PUBLIC)
    return list(reply.data["village"]["waste"]["publicComplaints"]["nodes"])


async def test_each_pair_of_states_is_a_step_or_is_refused(place: ComplaintScene) -> None:
    key = (await place.reported())["id"]
    for before, after in product(WasteComplaintState, WasteComplaintState):
        await place.set_state(before, key)
        steps = len(await place.rows(ComplaintStep))
        reply = await place.move(key, after.name, publicNote=f"{before.name} {after.name}")
        if (before.name, after.name) in STEPS:
            assert reply.data["wasteMoveComplaint"]["complaint"]["state"] == after.name
        else:
            assert reply.codes == ["INVALID_TRANSITION"], (before, after)
            (row,) = await place.rows(Complaint)
            assert row.state is before and row.public_note != f"{before.name} {after.name}"
            assert len(await place.rows(ComplaintStep)) == steps


async def test_the_way_of_a_complaint_is_kept_with_its_moments_and_notes(place: ComplaintScene) -> None:
    key = (await place.reported())["id"]
    for state in CHAIN:
        reply = await place.move(key, state, note=f"for us: {state}", publicNote=f"for you: {state}")
    complaint = reply.data["wasteMoveComplaint"]["complaint"]
    moments = [
        datetime.fromisoformat(complaint.pop(f"{name}At")) for name in ("acknowledged", "resolved", "closed")
    ]
    assert moments == sorted(moments)
    assert complaint == {
        "state": "CLOSED",
        "publicNote": "for you: CLOSED",
        "steps": [{"state": "OPEN", "note": None}, *({"state": s, "note": f"for us: {s}"} for s in CHAIN)],
    }
    rows = await place.rows(ComplaintStep)
    assert len({row.by for row in rows}) == 2 and None not in {row.by for row in rows}


async def test_the_reporter_is_told_of_each_step_and_never_what_the_office_noted_for_itself(
    place: ComplaintScene,
) -> None:
    key = (await place.reported())["id"]
    for state in CHAIN:
        note = "On our way." if state == "IN_PROGRESS" else None
        await place.move(key, state, note="the neighbour did it", publicNote=note)
    told = await place.inbox()
    assert sorted(message["subject"] for message in told) == [
        "We have received your report", "Your report has been read", "Your report is being worked on",
        "Your report is closed", "Your report is resolved",
    ]  # fmt: skip
    bodies = " ".join(message["body"] for message in told)
    assert bodies.count("On our way.") == 1 and "neighbour" not in bodies
    other = (await place.reported("made"))["id"]
    assert (await place.move(other, "REJECTED", publicNote="Not in this village.")).data
    assert "Not in this village." in (await place.inbox("made", "id"))[-1]["body"]
    assert len(await place.inbox()) == 5


async def test_what_nobody_signed_is_handled_and_nobody_is_told(place: ComplaintScene) -> None:
    key = (await place.reported("operator"))["id"]
    await place.up_to(key, "CLOSED")
    assert [await place.inbox(who) for who in ("wayan", "made")] == [[], []]


async def test_to_reject_needs_a_reason_and_all_faults_are_named(place: ComplaintScene) -> None:
    key = (await place.reported())["id"]
    before = await place.written()
    reply = await place.move(key, "REJECTED", note="x" * 501)
    assert reply.faults == {"input.note": "LENGTH", "input.publicNote": "REASON_NEEDED"}
    assert (await place.move("nothing", "CLOSED")).faults == {"input.complaintId": "NOT_AN_ID"}
    assert await place.written() == before


async def test_nothing_is_public_before_the_office_publishes_it_and_never_in_the_reporters_words(
    place: ComplaintScene,
) -> None:
    words, where = "Made dumps it at night.", {"type": "Point", "coordinates": PLACE}
    complaint = await place.reported(kind="WILD_DUMP", text=words, address="At Made's", place=where)
    await place.move(complaint["id"], "ACKNOWLEDGED", publicNote="Thank you.")
    assert await public(place) == []
    await place.publish(complaint["id"], " Waste was dumped by the river. ")
    (shown,) = await public(place)
    assert shown == {
        "trackingCode": complaint["trackingCode"], "kind": "WILD_DUMP", "state": "ACKNOWLEDGED",
        "text": "Waste was dumped by the river.", "note": "Thank you.",
        "place": {"type": "Point", "coordinates": [115.123, -8.512]},
    }  # fmt: skip
    whole = " ".join(str(vars(row)) for row in await place.rows(PublicComplaint))
    assert words not in whole and "At Made's" not in whole and str(PLACE[0]) not in whole


async def test_each_step_of_a_published_complaint_is_public_with_the_same_commit(
    place: ComplaintScene,
) -> None:
    key = (await place.reported(place={"type": "Point", "coordinates": PLACE}))["id"]
    await place.publish(key, withPlace=False)
    for state in CHAIN:
        await place.move(key, state, publicNote=state.lower(), note="only ours")
        (shown,) = await public(place)
        assert (shown["state"], shown["note"], shown["place"]) == (state, state.lower(), None)
    (row,), (mine,) = await place.rows(PublicComplaint), await place.rows(Complaint)
    assert (row.updated_at, row.due_at, row.opened_at) == (mine.updated_at, mine.due_at, mine.opened_at)
    before = await public(place)
    assert (await place.move(key, "REJECTED", publicNote="No.")).codes == ["INVALID_TRANSITION"]
    assert await public(place) == before
    await place.publish(key, "Better said.")
    (again,) = await public(place)
    assert again["text"] == "Better said." and again["place"] is not None


async def test_what_was_published_can_be_hidden_and_goes_on_without_the_public(place: ComplaintScene) -> None:
    key = (await place.reported())["id"]
    await place.publish(key)
    assert len(await public(place)) == 1
    hidden = await place.world.ask(HIDE, place.operator, input={"complaintId": key})
    assert hidden.data["wasteHideComplaint"]["complaint"] == {"publicText": None}
    assert await public(place) == []
    assert (await place.move(key, "ACKNOWLEDGED")).data
    assert await public(place) == []


async def test_only_the_office_of_the_village_handles_publishes_and_hides(place: ComplaintScene) -> None:
    key = (await place.reported())["id"]
    theirs = (await place.reported("komang", villageCode="51.02.06.2002"))["id"]
    await place.publish(key)
    for operation, more in (
        (MOVE, {"state": "ACKNOWLEDGED"}), (PUBLISH, {"publicText": "x"}), (HIDE, {}),
    ):  # fmt: skip
        given = {"input": {"complaintId": key, **more}}
        table = [
            *(
                Refused(who, place.tokens[who], "FORBIDDEN", given)
                for who in ("visitor", "wayan", "ketut", "made", "collector", "tps3r", "agency", "kelian", "komang")
            ),
            Refused("the next office", place.tokens["neighbour"], "NOT_FOUND", given),
            Refused("what is next door", place.operator, "NOT_FOUND",
                    {"input": {"complaintId": theirs, **more}}),
            Refused("no such complaint", place.operator, "NOT_FOUND",
                    {"input": {"complaintId": key[:-4] + "0000", **more}}),
        ]  # fmt: skip
        await check_refusals(place.world, operation, table, unchanged=place.written)
    for who in ("operator", "perbekel", "admin"):
        new = (await place.reported())["id"]
        assert (await place.move(new, "ACKNOWLEDGED", who)).data  # the control


async def test_of_two_who_take_the_same_step_at_once_one_does(place: ComplaintScene) -> None:
    key = (await place.reported())["id"]
    replies = await asyncio.gather(*(place.move(key, "ACKNOWLEDGED") for _ in range(6)))
    assert sorted(reply.codes[0] if reply.codes else "" for reply in replies) == [
        "",
        *["INVALID_TRANSITION"] * 5,
    ]
    assert len(await place.rows(ComplaintStep)) == 2
    assert len(await place.inbox()) == 2


async def test_events_hold_ids_only_and_the_office_follows_them(place: ComplaintScene) -> None:
    follow = "subscription($code: RegionCode!) { wasteComplaints(villageCode: $code) { state trackingCode } }"
    async with place.world.subscribe(follow, place.operator, code=BENGKEL) as events:
        complaint = await place.reported()
        await place.move(complaint["id"], "ACKNOWLEDGED")
        for state in ("OPEN", "ACKNOWLEDGED"):
            seen = (await events.next())["wasteComplaints"]
            assert seen["trackingCode"] == complaint["trackingCode"]
            assert seen["state"] in (state, "ACKNOWLEDGED")  # read when it is told
    (row,) = await place.rows(Complaint)
    found = [event for event in await place.rows(Event) if event.name.startswith("waste.complaint")]
    assert [event.subjects for event in found] == [{"complaint": str(row.id)}] * 2
    async with place.world.subscribe(follow, place.tokens["agency"], code=BENGKEL) as refused:
        assert await refused.ended() == ["FORBIDDEN"]


async def test_a_published_text_is_refused_when_it_says_nothing_or_too_much(place: ComplaintScene) -> None:
    key = (await place.reported())["id"]
    for text in ("  ", "x" * 2_001):
        reply = await place.world.ask(PUBLISH, place.operator, input={"complaintId": key, "publicText": text})
        assert reply.faults == {"input.publicText": "LENGTH"}
    assert await place.rows(PublicComplaint) == []
