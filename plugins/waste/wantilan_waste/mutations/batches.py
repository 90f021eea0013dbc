"""Batches: begun, fed, left to ripen, finished."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from wantilan import (
    FieldFault,
    Grams,
    Info,
    Judge,
    NotFound,
    Notice,
    RuleViolated,
    Text,
    Village,
    WriteUnit,
    mutation,
    ref,
)

from ..models import (
    Batch,
    Category,
    Facility,
    StockMovement,
    WasteBatchKind,
    WasteBatchState,
    WasteStockReason,
    WasteStream,
)
from ..numbering import next_number
from ..permissions import STOCK_RECORD
from ..rules.batches import (
    MORE_OUT_THAN_IN,
    NOTHING_IN_IT,
    check_fed,
    check_input,
    check_output,
    check_step,
    loses_much,
    loss_of,
)
from ..rules.categories import RETIRED
from ..rules.wording import length_fault
from ..settings import WasteSettings
from ..stock import in_order, move, standing_label, standing_lot
from ..stock_events import BATCH_CURED, BATCH_FED, BATCH_FINISHED, BATCH_OPENED
from ..types.categories import WasteCategory
from ..types.facilities import WasteFacility
from ..types.stock import WasteBatch, WasteLot
from .batch_input import (
    WasteAddBatchInputInput,
    WasteAddBatchInputPayload,
    WasteBatchOutputInput,
    WasteCureBatchInput,
    WasteCureBatchPayload,
    WasteFinishBatchInput,
    WasteFinishBatchPayload,
    WasteOpenBatchInput,
    WasteOpenBatchPayload,
)
from .judging import TAKEN, Key, Lines, found, judge_mass, judge_moment, lots_of, refuse

MOST_LABEL, MOST_NOTE = 40, 500
IN_FUTURE = Text("Tidak boleh di masa depan.", "Must not lie in the future.")
BEFORE_START = Text("Sebelum olahan dimulai.", "Before the batch was begun.")
BEFORE_INPUT = Text("Sebelum bahan terakhir masuk.", "Before the last of it went in.")
ONE_OF_BOTH = Text("Isi kategori atau aliran, salah satu.", "Give either a category or a stream.")
MUCH_LOST = Text("Susut pemilahan lebih dari biasanya.", "The sorting lost more than the village expects.")


@mutation(needs=STOCK_RECORD)
async def waste_open_batch(info: Info, input: WasteOpenBatchInput) -> WasteOpenBatchPayload:
    """Begin a batch: waste that is sorted or processed together."""
    judge = Judge(input)
    key = judge.key(WasteFacility, "facility_id")
    refuse(judge, "label", length_fault(input.label, MOST_LABEL))
    refuse(judge, "note", length_fault(input.note, MOST_NOTE))
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        facility = await found(unit, Facility, key)
        started_on = input.started_on or unit.today
        if judge.good("started_on") and started_on > unit.today:
            judge.refuse("started_on", "IN_FUTURE", IN_FUTURE)
        if input.label is not None and judge.good("label"):
            same = [Batch.facility_id == facility.id, Batch.label == input.label.strip()]
            if await unit.exists(Batch, *same):
                judge.refuse("label", "TAKEN", TAKEN)
        judge.check()
        label = input.label.strip() if input.label is not None else await _number(unit, facility, input.kind)
        batch = Batch(
            facility_id=facility.id,
            label=label,
            kind=input.kind,
            state=WasteBatchState.OPEN,
            started_on=started_on,
            input=Grams(0),
            output=Grams(0),
            loss=Grams(0),
            note=input.note.strip() if input.note is not None else None,
        )
        await unit.add(batch)
        unit.announce(BATCH_OPENED, batch=batch.id)
    return WasteOpenBatchPayload(batch=ref(WasteBatch, batch), facility=ref(WasteFacility, facility))


async def _number(unit: WriteUnit, facility: Facility, kind: WasteBatchKind) -> str:
    """The next number of the kind that nobody has taken as a label of his own."""
    while True:
        number = await next_number(unit, kind.name)
        if not await unit.exists(Batch, Batch.facility_id == facility.id, Batch.label == number):
            return number


@mutation(needs=STOCK_RECORD)
async def waste_add_batch_input(info: Info, input: WasteAddBatchInputInput) -> WasteAddBatchInputPayload:
    """Put something out of lots into an open batch.

    INVALID_TRANSITION when it takes in nothing more. RULE_VIOLATED: `waste.b3` and `waste.organic` for what
    such a batch does not take, `waste.stock` when there is not so much.
    """
    judge = Judge(input)
    key = judge.key(WasteBatch, "batch_id")
    judge_moment(judge, "happened_at", input.happened_at)
    lines = Lines(judge, "ingredients", input.ingredients)
    for one in lines.judges:
        judge_mass(one, "mass", one.input.mass)
    keys = lines.keys(WasteLot, "lot_id")
    lines.note()
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        batch = await found(unit, Batch, key, lock=True)
        lots = await lots_of(unit, lines, keys, batch.facility_id)
        at = input.happened_at or unit.now
        if judge.good("happened_at") and unit.business_date(at) < batch.started_on:
            judge.refuse("happened_at", "BEFORE_START", BEFORE_START)
        judge.check()
        check_fed(batch.state)
        check_input(batch.kind, (lot.stream for lot in lots))
        by_lot = zip(lots, input.ingredients, strict=True)
        for lot, line in sorted(by_lot, key=lambda both: both[0].label):
            await move(unit, lot, -line.mass, WasteStockReason.OUT, at=at, method=line.method, batch=batch)
        batch.input = Grams(batch.input + sum(line.mass for line in input.ingredients))
        await unit.flush()
        unit.announce(BATCH_FED, batch=batch.id)
    return WasteAddBatchInputPayload(batch=ref(WasteBatch, batch))


@mutation(needs=STOCK_RECORD)
async def waste_cure_batch(info: Info, input: WasteCureBatchInput) -> WasteCureBatchPayload:
    """Let a batch ripen: it takes in nothing more. INVALID_TRANSITION unless it is open."""
    judge = Judge(input)
    key = judge.key(WasteBatch, "batch_id")
    judge.check()
    assert key is not None, "judged"
    async with info.context.write(key.village_id) as unit:
        batch = await found(unit, Batch, key, lock=True)
        check_step(batch.kind, batch.state, WasteBatchState.CURING)
        if batch.input == 0:
            raise RuleViolated("waste.batch_empty", NOTHING_IN_IT)
        batch.state = WasteBatchState.CURING
        await unit.flush()
        unit.announce(BATCH_CURED, batch=batch.id)
    return WasteCureBatchPayload(batch=ref(WasteBatch, batch))


@mutation(needs=STOCK_RECORD)
async def waste_finish_batch(info: Info, input: WasteFinishBatchInput) -> WasteFinishBatchPayload:
    """Finish a batch: what came out becomes stock, and what is missing to what went in is its loss.

    INVALID_TRANSITION unless it ripens, or is an open sorting. RULE_VIOLATED: `waste.batch_empty`, `waste.b3`
    when hazardous waste would vanish or come out of anything but a sorting, `waste.lot` when a label is that
    of a lot of something else.
    """
    judge = Judge(input)
    key = judge.key(WasteBatch, "batch_id")
    judge_moment(judge, "finished_at", input.finished_at)
    lines = Lines(judge, "outputs", input.outputs, least=0)
    for one in lines.judges:
        _judge_output(one, one.input)
    categories = lines.keys(WasteCategory, "category_id")
    lines.note()
    if key is None:
        judge.check()
        raise NotFound
    async with info.context.write(key.village_id) as unit:
        batch = await found(unit, Batch, key, lock=True)
        heaps = await _heaps(unit, lines, categories)
        at = input.finished_at or unit.now
        last, b3_in = await _fed(unit, batch)
        if judge.good("finished_at") and last is not None and unit.business_date(at) < last:
            judge.refuse("finished_at", "BEFORE_INPUT", BEFORE_INPUT)
        output = sum(one.mass for one in input.outputs) if judge.good("outputs") else 0
        loss = loss_of(batch.input, output)
        if loss is None:
            judge.refuse("outputs", "MORE_OUT_THAN_IN", MORE_OUT_THAN_IN)
        judge.check()
        assert loss is not None, "judged"
        check_step(batch.kind, batch.state, WasteBatchState.FINISHED)
        if batch.input == 0:
            raise RuleViolated("waste.batch_empty", NOTHING_IN_IT)
        check_output(batch.kind, b3_in, [(heap.stream, heap.line.mass) for heap in heaps])
        for heap in in_order(heaps):
            lot = await standing_lot(unit, batch.facility_id, heap.stream, heap.category, label=heap.label)
            await move(
                unit, lot, heap.line.mass, WasteStockReason.IN, at=at, method=heap.line.method, batch=batch
            )
        batch.state, batch.output, batch.loss = WasteBatchState.FINISHED, Grams(output), loss
        batch.finished_at, batch.finished_on = at, unit.business_date(at)
        await unit.flush()
        unit.announce(BATCH_FINISHED, batch=batch.id)
        facility = await unit.get(Facility, batch.facility_id)
        village = await unit.own_village()
        percent = (await unit.settings(WasteSettings)).sorting_loss_percent
    assert facility is not None, "a batch has one"
    warnings = []
    if loses_much(batch.kind, batch.input, loss, percent):
        warnings.append(Notice.of(FieldFault(("input", "outputs"), "MUCH_LOST", MUCH_LOST)))
    return WasteFinishBatchPayload(
        batch=ref(WasteBatch, batch),
        facility=ref(WasteFacility, facility),
        village=ref(Village, village),
        warnings=warnings,
    )


class Heap(NamedTuple):
    """Where one line of what came out is put."""

    label: str
    stream: WasteStream
    category: Category | None
    line: WasteBatchOutputInput


def _judge_output(judge: Judge, line: WasteBatchOutputInput) -> None:
    judge_mass(judge, "mass", line.mass)
    if (line.category_id is None) == (line.stream is None):
        judge.refuse("stream", "ONE_OF_BOTH", ONE_OF_BOTH)
    refuse(judge, "label", length_fault(line.label, MOST_LABEL))


async def _heaps(unit: WriteUnit, lines: Lines, keys: Sequence[Key | None]) -> list[Heap]:
    """Raises NotFound for a category that is not there. A label of its own is no category's and no
    stream's.
    """
    labels = {one.input.label.strip() for one in lines.judges if one.input.label is not None}
    wanted = {key.id for key in keys if key is not None}
    rows = await unit.all(Category, sa.or_(Category.id.in_(wanted), Category.code.in_(labels)))
    here, codes = {row.id: row for row in rows}, {row.code for row in rows}
    heaps = []
    for one, key in zip(lines.judges, keys, strict=True):
        line: WasteBatchOutputInput = one.input
        category = here.get(key.id) if key is not None and key.village == unit.village.id else None
        if key is not None and category is None:
            raise NotFound
        if category is not None and not category.active:
            one.refuse("category_id", "RETIRED", RETIRED)
        own = line.label.strip() if line.label is not None else None
        if own is not None and (own in codes or own in WasteStream.__members__):
            one.refuse("label", "TAKEN", TAKEN)
        stream = category.stream if category is not None else line.stream
        if stream is not None:
            heaps.append(Heap(own or standing_label(stream, category), stream, category, line))
    lines.note()
    return heaps


async def _fed(unit: WriteUnit, batch: Batch) -> tuple[date | None, int]:
    """The last day on which something went in, and how much of it was hazardous."""
    b3 = sa.case((StockMovement.stream == WasteStream.B3, -StockMovement.delta), else_=0)
    query = sa.select(sa.func.max(StockMovement.business_date), sa.func.coalesce(sa.func.sum(b3), 0)).where(
        StockMovement.village_id == unit.village.id,
        StockMovement.batch_id == batch.id,
        StockMovement.reason == WasteStockReason.OUT,
    )
    last, grams = (await unit.session.execute(query)).one()
    return last, int(grams)


MUTATIONS = (waste_open_batch, waste_add_batch_input, waste_cure_batch, waste_finish_batch)
