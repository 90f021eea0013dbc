"""A page of a statement goes along one index, from its cursor on; its length is not asked."""

from __future__ import annotations

import sqlite3

import pytest
from tests.waste.bank.scene import STATEMENT, Bank

ALONG = "ix_waste_ledger_entry_village_id_account_id_entered_at_id"


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
@pytest.mark.parametrize("order", ["ENTERED_AT_DESC", "ENTERED_AT_ASC"])
async def test_a_page_goes_along_the_index_of_its_account(scene: Bank, order: str) -> None:
    """What it costs on both databases is measured: `python -m benchmarks statements`."""
    for rupiah in range(1, 6):
        await scene.credit(rupiah)
    middle = (await scene.entries())[2]
    asked = {
        "id": scene.ids["household account"],
        "first": 1,
        "order": order,
        "after": f"{order}.{middle.id.hex}",
    }
    with scene.world.counting() as statements:
        reply = await scene.world.ask(STATEMENT, scene.tokens["wayan"], **asked)
    (node,) = reply.data["node"]["entries"]["nodes"]
    assert node["number"] == (2 if order.endswith("DESC") else 4)
    (statement,) = statements
    path = scene.world.application.settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as database:
        rows = database.execute(f"EXPLAIN QUERY PLAN {statement.sql}", statement.values).fetchall()
    steps = [str(row[3]) for row in rows if "t2" in str(row[3]) or "t4" in str(row[3])]
    assert any(ALONG in one and "account_id=?" in one and "(entered_at,id)" in one for one in steps), steps
    assert not any(one.startswith("SCAN t2") for one in steps), steps
    assert not any("TEMP B-TREE" in str(row[3]) for row in rows), rows
