"""Sheets that change at random, one after the other: what could be done is there, and doing it again is nothing."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.opensid.invented import invented
from tests.sheet.scene import HEAD, Office, Role, Status

from wantilan.registry.codes import Education, MaritalStatus, Sex
from wantilan.registry.numbers import fictitious_kk
from wantilan.registry.opensid import SheetForm, SheetRow

ROUNDS, ROWS = 4, 60


def changed(row: SheetRow, dice: random.Random, cards: list[str | None]) -> SheetRow:
    """The same person otherwise: here and there a field, and now and then what matters to a family."""
    said: dict[str, Any] = {}
    for name, values in (
        ("status", [*Status, None]), ("relationship", [*Role, None, HEAD]), ("kk_number", cards),
        ("hamlet", ["Banjar Kaja", "Banjar Baru"]), ("education", [*Education, None]), ("address", ["Jalan 1", None]),
        ("marital_status", [*MaritalStatus]), ("full_name", ["I Made Contoh"]), ("sex", [*Sex]), ("rw", ["009", None]),
        ("citizenship", [None]), ("father_nik", [None, "9900004107300009"]), ("latitude", [-8.5, None]),
    ):  # fmt: skip
        if dice.random() < 0.12:
            said[name] = dice.choice(values)
    return replace(row, **said)


@pytest.mark.parametrize(("wantilan_dialect", "seed"), [("sqlite", 0), ("sqlite", 1), ("postgresql", 2)])
async def test_what_can_be_done_of_any_sheet_is_there_afterwards(office: Office, seed: int) -> None:
    dice = random.Random(seed)
    first = invented(ROWS, seed=seed, form=SheetForm.JSON_LINES, faulty=False, registrable=True)
    rows = [row for row in first.expected if row is not None and row.nik is not None]
    cards: list[str | None] = [None, *(fictitious_kk(date(2021, 1, 1), serial) for serial in range(1, 9))]
    cards += [row.kk_number for row in rows if isinstance(row.kk_number, str)]
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        some = [row for row in rows if dice.random() < 0.9]
        outcome = await office.apply(*some, skip_faulty=True)
        kept = await office.rows()
        done = [one.row for one in outcome.plan.planned]
        assert not Counter(done) - Counter(kept), "what was planned is there"
        assert len({row.nik for row in kept}) == len(kept), "nobody is there twice"
        before = await office.register()
        again = await office.apply(*some, skip_faulty=True)
        seen += Counter(
            {"new": len(outcome.plan.new), "changed": len(outcome.plan.changed), "faulty": outcome.faulty}
        )
        assert (len(again.plan.new), len(again.plan.changed)) == (0, 0)
        assert again.plan.faulty == outcome.plan.faulty and await office.register() == before
        known = {row.nik: row for row in kept}
        rows = [changed(known.get(row.nik, row), dice, cards) for row in rows]
    assert min(seen["new"], seen["changed"], seen["faulty"]) > 5, seen
