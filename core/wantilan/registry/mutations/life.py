"""Recording what happened to residents, and undoing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from ...errors import RuleViolated, Text
from ...graph.context import Info, WriteUnit
from ...graph.declare import ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.relay import GlobalId
from ...store.secrets import Keys
from .. import models
from ..codes import LifeEventKind
from ..life.details import days_faults, said_by
from ..life.entering import found_household
from ..life.planning import (
    FIELDS,
    MOST_PERSONS,
    STATES,
    TOO_MANY,
    Happened,
    Person,
    form_faults,
    planned,
)
from ..life.projecting import lock, lock_homes, states_on
from ..life.recording import Act, record, undo
from ..life.timeline import State
from ..reading import within
from ..rules import MOVED_ELSEWHERE, UNKNOWN_HAMLET, UNKNOWN_HOUSEHOLD, UNKNOWN_RESIDENT
from ..types import Hamlet, Household, LifeEvent, Resident
from .life_input import (
    LifeEventPersonInput,
    RecordLifeEventInput,
    RecordLifeEventPayload,
    UndoLifeEventInput,
    UndoLifeEventPayload,
)
from .resident_judging import easternmost_today, judge_details, judge_new_household, judge_new_number, refuse

RECORD = "resident.event.record"
NOT_UNDONE = Text("Peristiwa ini tidak dapat dibatalkan.", "This event cannot be undone.")
UNDONE_BEFORE = Text("Peristiwa ini sudah dibatalkan.", "This event has been undone already.")


@mutation(needs=RECORD)
async def record_life_event(info: Info, input: RecordLifeEventInput) -> RecordLifeEventPayload:
    """Record what happened to residents: status, household, hamlet and marital status follow from it. Every
    faulty field is named at once; RULE_VIOLATED where it does not fit what was recorded before or after.
    """
    judge, keys = Judge(input), info.context.service(Keys)
    _judge_form(judge, input)
    named = _Named(judge, input)
    if not judge.good("village_code"):
        judge.check()
    async with info.context.write(input.village_code) as unit:
        happened = await _looked_up(unit, judge, input, named)
        if input.new_household is not None:
            await judge_new_number(judge, unit, input.new_household, keys)
        judge.check()
        changes = planned(happened)
        for path, fault in changes.faults:
            judge.faults.append(fault.at(*path))
        judge.check()
        resident = happened.resident.id if happened.resident is not None else None
        said = await said_by(unit, input.details, resident)
        household = named.found_household
        if input.new_household is not None and happened.household_hamlet is not None:
            new = input.new_household
            household = await found_household(
                unit, keys, hamlet_id=happened.household_hamlet, address=new.address,
                registered_on=new.registered_on or happened.day, kk_number=new.kk_number,
            )  # fmt: skip
            changes.residents = {
                person: {k: household.id if v is NEW else v for k, v in changed.items()}
                for person, changed in changes.residents.items()
            }
            changes.households[household.id] = household.hamlet_id
        (event,) = await record(
            unit,
            Act(
                kind=input.kind,
                happened_on=input.happened_on,
                reported_on=input.reported_on,
                resident_id=resident or next(iter(changes.residents), None),
                household_id=household.id if household is not None else None,
                residents=changes.residents,
                households=changes.households,
                said=said,
            ),
        )
    return RecordLifeEventPayload(
        event=ref(LifeEvent, event),
        household=ref(Household, household) if household is not None else None,
    )


NEW = UUID(int=0)
"""Stands for the household that is to be made while it is judged what comes of the event."""


def _judge_form(judge: Judge, input: RecordLifeEventInput) -> None:
    """All that can be judged without looking into the register."""
    given = {name: getattr(input, name) not in (None, []) for name in FIELDS}
    for name, fault in form_faults(input.kind, given):
        refuse(judge, name, fault)
    if judge.good("happened_on", "reported_on"):
        for name, fault in days_faults(input.happened_on, input.reported_on, easternmost_today()):
            refuse(judge, name, fault)
    judge_details(judge, input.details, input.kind)
    if input.new_household is not None:
        judge_new_household(judge, input.new_household, easternmost_today())


class _Named:
    """The ids of an input, decoded; faults are noted at their fields."""

    def __init__(self, judge: Judge, input: RecordLifeEventInput) -> None:
        self.resident = judge.key(Resident, "resident_id")
        self.partner = judge.key(Resident, "partner_id")
        self.household = judge.key(Household, "household_id")
        self.hamlet = judge.key(Hamlet, "hamlet_id")
        self.along = persons_named(judge, "along", input.along)
        self.remaining = persons_named(judge, "remaining", input.remaining)
        self.found_household: models.Household | None = None

    def people(self) -> Iterable[tuple[tuple[str | int, ...], GlobalId, Any]]:
        """Everybody, with the place in the input and the relationship."""
        for name, key in (("residentId", self.resident), ("partnerId", self.partner)):
            if key is not None:
                yield ("input", name), key, None
        yield from self.along
        yield from self.remaining


def persons_named(
    judge: Judge, name: str, given: Sequence[LifeEventPersonInput] | None
) -> list[tuple[tuple[str | int, ...], GlobalId, Any]]:
    """Each person of a list of the input: its place there, the id and the relationship."""
    if given is not None and len(given) > MOST_PERSONS:
        refuse(judge, name, TOO_MANY)
        return []
    found: list[tuple[tuple[str | int, ...], GlobalId, Any]] = []
    for index, person in enumerate(given or ()):
        one = Judge(person, "input", name, str(index))
        key = one.key(Resident, "resident_id")
        at = ("input", name, index, "residentId")
        judge.faults += [fault._replace(path=at) for fault in one.faults]
        if key is not None:
            found.append((at, key, person.relationship))
    return found


async def _looked_up(unit: WriteUnit, judge: Judge, input: RecordLifeEventInput, named: _Named) -> Happened:
    """The register as it stood on that day. Whoever is named is held until the end."""
    if judge.good("happened_on", "reported_on"):
        for name, fault in days_faults(input.happened_on, input.reported_on, unit.today):
            refuse(judge, name, fault)
    people: dict[tuple[str | int, ...], Person] = {}
    for at, key, relationship in named.people():
        here = models.Resident.id == key.id
        if key.village != unit.village.id or not await unit.exists(models.Resident, here):
            judge.faults.append(UNKNOWN_RESIDENT.at(*at))
        elif await unit.exists(models.Resident, here, models.Resident.moved_to_id.is_not(None)):
            judge.faults.append(MOVED_ELSEWHERE.at(*at))
        else:
            people[at] = Person(key.id, at, relationship)
    await lock(unit, models.Resident, {person.id for person in people.values()})
    household = await _household(unit, judge, named, {person.id for person in people.values()})
    hamlet = None
    if named.hamlet is not None:
        if named.hamlet.village == unit.village.id:
            hamlet = await unit.get(models.Hamlet, named.hamlet.id)
        if hamlet is None:
            refuse(judge, "hamlet_id", UNKNOWN_HAMLET)
    into = hamlet.id if hamlet is not None else None
    states: Mapping[UUID, State | None] = {}
    if judge.good("happened_on"):
        states = await states_on(unit, input.happened_on, {p.id for p in people.values()}, household)
    first = people.get(("input", "residentId"))
    its_hamlet = household.hamlet_id if household is not None else None
    if input.new_household is not None:
        state = states.get(first.id) if first is not None else None
        its_hamlet = into or (state.hamlet_id if state is not None else None)
    return Happened(
        kind=input.kind,
        day=input.happened_on,
        states=states,
        resident=first,
        partner=people.get(("input", "partnerId")),
        along=tuple(p for at, p in people.items() if at[1] == "along"),
        remaining=tuple(p for at, p in people.items() if at[1] == "remaining"),
        household=NEW if input.new_household is not None else household.id if household is not None else None,
        household_hamlet=its_hamlet,
        relationship=input.relationship,
        hamlet=into,
        new={name: value for name in STATES if (value := getattr(input, name)) is not None},
    )


async def _household(
    unit: WriteUnit, judge: Judge, named: _Named, people: set[UUID]
) -> models.Household | None:
    if named.household is None:
        return None
    if named.household.village == unit.village.id:
        await lock_homes(unit, people, named.household.id)
        named.found_household = await unit.get(models.Household, named.household.id)
    if named.found_household is None:
        refuse(judge, "household_id", UNKNOWN_HOUSEHOLD)
    return named.found_household


@mutation(needs=RECORD)
async def undo_life_event(info: Info, input: UndoLifeEventInput) -> UndoLifeEventPayload:
    """Record that an event did not happen, or not so; what it changed is as if it had never been recorded.

    RULE_VIOLATED where what was recorded later does not fit then; undo that first.
    """
    judge = Judge(input)
    key = judge.key(LifeEvent, "event_id")
    judge_details(judge, input.details, LifeEventKind.PEMBATALAN)
    judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        event = await unit.target(models.LifeEvent, key.id, needs=[within("resident.read")], lock=True)
        if judge.good("reported_on"):
            for name, fault in days_faults(event.happened_on, input.reported_on, unit.today):
                refuse(judge, name, fault)
        judge.check()
        came = models.IncomingTransfer.event_id == event.id
        if event.kind in NEVER_UNDONE or await unit.exists(models.IncomingTransfer, came):
            raise RuleViolated("NOT_UNDONE", NOT_UNDONE)
        if await unit.exists(models.LifeEvent, models.LifeEvent.undoes_id == event.id):
            raise RuleViolated("UNDONE_BEFORE", UNDONE_BEFORE)
        said = await said_by(unit, input.details, event.resident_id)
        made = await undo(
            unit,
            event,
            Act(
                kind=LifeEventKind.PEMBATALAN,
                happened_on=event.happened_on,
                reported_on=input.reported_on,
                resident_id=event.resident_id,
                household_id=event.household_id,
                undoes_id=event.id,
                said=said,
            ),
        )
    return UndoLifeEventPayload(event=ref(LifeEvent, made))


NEVER_UNDONE = frozenset({LifeEventKind.PEMBATALAN, LifeEventKind.PINDAH_DESA, LifeEventKind.DIGABUNG})
"""What holds two records or two villages is not undone by one of them."""
