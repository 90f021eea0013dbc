"""The rounding attack: from differences of regions, months and groupings a reader works out single cells where
the tables are exact, and cannot where they are rounded.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from typing import Any

import pytest
from tests.statistics.attack import Reader
from tests.statistics.lives import FIELDS, as_census, settle

from wantilan.registry.codes import Education, FamilyRelationship, MaritalStatus, Occupation, Sex
from wantilan.testing import BENGKEL, NEIGHBOUR, TABANAN, World

GROUPS: dict[str, list[Any]] = {
    "ages": list(range(16)),
    "sexes": [sex.name for sex in Sex],
    "pyramid": [(age, sex.name) for age in range(16) for sex in Sex],
    "education": [None, *(one.name for one in Education)],
    "occupation": [None, *(one.name for one in Occupation)],
    "marital": [None, *(one.name for one in MaritalStatus)],
    "sizes": list(range(1, 11)),
}
BEFORE, AFTER = date(2024, 5, 31), date(2024, 6, 30)
MONTHS = (BEFORE, AFTER)
PLANTED = {
    "education": "S3",
    "occupation": "DOSEN",
    "pyramid": (15, "LAKI_LAKI"),
    "sizes": 1,
}
"""The professor of 80 who moved in alone in June, and what he alone is in his village."""

EXACT = f"""query($code: RegionCode!, $day: Date) {{
  region(code: "{TABANAN}") {{ table: statistics(asOf: $day) {{ {FIELDS} }} }}
  village(code: $code) {{ table: statistics(asOf: $day) {{ {FIELDS} }} }} }}"""
ROUNDED = EXACT.replace("$day: Date", "$day: Month").replace("statistics(asOf:", "figures(month:")


async def tables(world: World, token: str, query: str) -> dict[tuple[str, date], dict[str, Any]]:
    """Region and villages in both months."""
    found = {}
    for month in MONTHS:
        day = month.isoformat() if query is EXACT else month.isoformat()[:7]
        for code in (BENGKEL, NEIGHBOUR):
            data = (await world.ask(query, token, code=code, day=day)).data
            found[code, month] = as_census(data["village"]["table"])
            found["region", month] = as_census(data["region"]["table"])
    return found


def attacked(
    found: dict[tuple[str, date], dict[str, Any]], step: int, *, hidden: tuple[str, ...] = ()
) -> Reader:
    """What a reader concludes who sees all tables but those of the hidden places."""
    reader = Reader(step)
    for (place, month), table in found.items():
        if place in hidden:
            reader.shape((place, month), GROUPS)
        else:
            reader.read((place, month), table, GROUPS)
    for month in MONTHS:
        cells = [("population",), ("households",), *((n, k) for n, keys in GROUPS.items() for k in keys)]
        for cell in cells:
            reader.adds_up(("region", month, *cell), [(BENGKEL, month, *cell), (NEIGHBOUR, month, *cell)])
    reader.conclude()
    return reader


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"], indirect=True)
async def test_cells_are_found_by_differences_of_exact_tables_and_not_of_rounded_ones(world: World) -> None:
    rng = random.Random(11)
    await world.open(BENGKEL)
    await world.open(NEIGHBOUR)
    token = await world.token("perbekel", TABANAN)
    home = (await settle(world, rng, BENGKEL, 30)).hamlets[0]
    await settle(world, rng, NEIGHBOUR, 20)
    alone = await world.household(BENGKEL, home)
    await world.resident(
        BENGKEL, home, alone, serial=99, sex=Sex.LAKI_LAKI, born=date(1944, 1, 15), since=date(2024, 6, 10),
        relationship=FamilyRelationship.KEPALA_KELUARGA, education=Education.S3, occupation=Occupation.DOSEN,
    )  # fmt: skip
    exact, shown = await tables(world, token, EXACT), await tables(world, token, ROUNDED)
    assert exact[BENGKEL, AFTER]["education"]["S3"] == 1

    # Of the village itself nothing is shown: it is the region without its neighbour.
    reader = attacked(exact, 1, hidden=(BENGKEL,))
    for name, key in PLANTED.items():
        true = [exact[BENGKEL, month][name].get(key, 0) for month in MONTHS]
        assert [reader.found((BENGKEL, month, name, key)) for month in MONTHS] == true, name
        assert true[1] - true[0] == 1, "the months tell when he came"
    # Of each grouping the planted cell is kept back: it is the total without the others.
    for table, step in ((exact, 1), (shown, 5)):
        reader = Reader(step)
        reader.read((0,), table[BENGKEL, AFTER], GROUPS, but=set(PLANTED.items()))
        reader.conclude()
        values = {name: exact[BENGKEL, AFTER][name][key] for name, key in PLANTED.items()}
        told = {name: reader.found((0, name, key)) for name, key in PLANTED.items()}
        assert told == (values if step == 1 else dict.fromkeys(PLANTED))

    for hidden in ((), (BENGKEL,), (NEIGHBOUR,), ("region",)):
        reader = attacked(shown, 5, hidden=hidden)
        small = [
            (place, month, name, key)
            for (place, month), table in exact.items()
            for name in GROUPS
            for key, many in table[name].items()
            if many in (1, 2)
        ]
        assert len(small) > 60
        assert [cell for cell in small if reader.found(cell) is not None] == []
        for name, key in PLANTED.items():
            for month in MONTHS:
                assert reader.found((BENGKEL, month, name, key)) is None, name


def test_totals_are_rounded_from_the_exact_total_and_not_summed() -> None:
    """Else the total of many small cells would be far off, and each cell would be told by the others."""
    cells = [2] * 30
    assert round_(sum(cells)) == 60
    assert sum(map(round_, cells)) == 0


def round_(many: int) -> int:
    return (many + 2) // 5 * 5


def test_what_remains_is_as_rare_as_the_documentation_says() -> None:
    """Where all cells of a table err to the same side as far as they can, the total gives them away: it takes
    a table whose every cell ends in 2 or 7 (or 3 or 8), and whose groups that nobody is in are none.
    """
    rng, tried, told = random.Random(3), 0, 0
    for _ in range(400):
        table = a_village(rng)
        reader = Reader(5)
        reader.read((0,), {name: table[name] if isinstance(table[name], int)
                           else {key: round_(many) for key, many in table[name].items()}
                           for name in table}, GROUPS)  # fmt: skip
        reader.number((0, "population"), round_(table["population"]))
        reader.conclude()
        for name in GROUPS:
            small = [key for key, many in table[name].items() if many in (1, 2, 3, 4)]
            tried += len(small)
            told += sum(reader.found((0, name, key)) is not None for key in small)
    assert tried > 5_000
    assert told / tried < 0.001
    edge = Reader(5)
    edge.number(("all",), round_(8))
    for part in range(4):
        edge.number((part,), round_(2))
    edge.adds_up(("all",), [(part,) for part in range(4)])
    edge.conclude()
    assert [edge.found((part,)) for part in range(4)] == [2] * 4, "it can happen: docs/statistics.md says so"


def a_village(rng: random.Random) -> dict[str, Any]:
    """The exact table of an invented village of some hundred people; its population as it is shown."""
    people = rng.randint(40, 600)
    pyramid = Counter(
        (min(15, int(rng.triangular(0, 18, 3))), rng.choice(list(Sex)).name) for _ in range(people)
    )
    table: dict[str, Any] = {"population": people, "pyramid": pyramid}
    table["ages"], table["sexes"] = Counter[Any](), Counter[Any]()
    for (age, sex), many in pyramid.items():
        table["ages"][age] += many
        table["sexes"][sex] += many
    for name in ("education", "occupation", "marital"):
        keys = GROUPS[name]
        table[name] = Counter(keys[min(len(keys) - 1, int(rng.expovariate(0.3)))] for _ in range(people))
    sizes = Counter(min(10, 1 + int(rng.expovariate(0.4))) for _ in range(people // 4))
    return {**table, "sizes": sizes, "households": sum(sizes.values())}
