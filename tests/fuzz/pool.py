"""What a generator draws from: values that are there, so that answers are seldom empty."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.fuzz.counting import end_of_month
from tests.fuzz.filtering import filters_of, names_a_row
from tests.fuzz.paging import row_key
from tests.fuzz.rights import Row
from tests.fuzz.scene import ON, Scene
from tests.fuzz.values import id_in, shown

from wantilan.graph.schema import Schema
from wantilan.graph.shapes import Filtered, Shape
from wantilan.testing import BENGKEL, TABANAN

BAD_IDS = ("", "-", "resident", "resident-xyz", "village-51", "waste_intake-0-0", "tidak-ada-di-sini")
BAD_CURSORS = ("", "x", "ID.", "FULL_NAME_ASC.zz", "CODE_ASC.%", "ID.00000000000000000000000000000000")


class Word(str):
    """The value of an enumeration: no quotes in a document."""


class Pool:
    """Everything that one scene knows, by type."""

    def __init__(self, schema: Schema, scene: Scene) -> None:
        self.schema, self.rows, self.today = schema, scene.rows, scene.today
        self.homes = {row["id"]: row["code"] for row in scene.rows["village"]}
        self.shapes: dict[str, Shape] = {schema.type_of[s.cls]: s for s in schema.tags.values()}

    def row(self, rng: random.Random, shape: Shape, code: str | None) -> Row:
        """A row of a type, mostly of that village."""
        rows = self.rows[shape.table.name]
        near = [row for row in rows if code is not None and self.home(row) == code]
        return rng.choice(near if near and rng.random() < 0.85 else rows)

    def home(self, row: Row) -> str | None:
        village: UUID | None = row.get("village_id")
        return self.homes.get(village) if village is not None else None

    def id(self, rng: random.Random, type_name: str | None, code: str | None = BENGKEL) -> str:
        if rng.random() < 0.04:
            return rng.choice(BAD_IDS)
        name = type_name if type_name is not None and rng.random() < 0.95 else rng.choice(sorted(self.shapes))
        shape = self.shapes[name]
        return id_of(shape, self.row(rng, shape, code))

    def cursor(self, rng: random.Random, shape: Shape, order: str, code: str | None) -> str:
        """One that may belong to another list, or to none."""
        if rng.random() < 0.3:
            return rng.choice(BAD_CURSORS)
        return f"{order}.{row_key(shape, self.row(rng, shape, code))}"

    def village_code(self, rng: random.Random) -> str:
        code = rng.choice([BENGKEL] * 6 + list(ON) * 2 + [TABANAN, "51.02.06.2003"])
        return spoiled(rng, code)

    def region_code(self, rng: random.Random) -> str:
        codes = [*["51.02.06", "51.02.05"] * 3, TABANAN, "51", "51.02.99", "51.02.97", *ON]
        return spoiled(rng, rng.choice(codes * 3 + [row["code"] for row in self.rows["region"]]))

    def part_of_name(self, rng: random.Random) -> str:
        name = rng.choice(
            [row["name"] for table in ("region", "village") for row in self.rows[table]]
            + ["uji", "100%", "kembar"]
        )
        start = rng.randrange(max(1, len(name) - 1))
        return str(name[start : start + rng.randint(1, 4)])

    def words(self, rng: random.Random, code: str | None) -> str:
        """By which somebody is found: of the name, of the house, of numbers; whole, begun or misspelt."""
        people = [row for row in self.rows["resident"] if code is None or self.home(row) == code]
        person = rng.choice(people or self.rows["resident"])
        houses = [row["address"] for row in self.rows["household"] if row["id"] == person["household_id"]]
        hamlets = [row["name"] for row in self.rows["hamlet"] if row["id"] == person["hamlet_id"]]
        cards = [
            row["masked"]
            for row in self.rows["household_number"]
            if row["household_id"] == person["household_id"]
        ]
        digits = [str(text)[-4:] for text in (person["nik_masked"], *cards) if text]
        found = rng.choice(
            [person["full_name"], person["full_name"], *filter(None, houses), *hamlets, *digits]
        )
        words = rng.sample(found.split(), rng.randint(1, len(found.split()))) if found.strip() else [found]
        begun = [word[: rng.randint(2, 9)] if rng.random() < 0.4 else word for word in words]
        return " ".join(begun[:8]).replace("u", rng.choice(["u", "oe"]))

    def day(self, rng: random.Random) -> str:
        if rng.random() < 0.02:
            return rng.choice(["2026-02-30", "kemarin"])
        days = [row["business_date"] for row in self.rows["waste_intake"]]
        return (rng.choice(days) + timedelta(days=rng.choice([0, 0, -1, 1]))).isoformat()

    def day_of_statistics(self, rng: random.Random) -> str:
        """A day on which something changed, the end of its month, or one that is none."""
        if rng.random() < 0.02:
            return rng.choice(["2026-13-01", "9999-12-31", "0001-01-01"])
        periods = self.rows["resident_period"]
        day = rng.choice([rng.choice(periods)["since"], self.today - timedelta(days=rng.randint(0, 900))])
        return rng.choice([day, end_of_month(day.replace(year=min(day.year, 2025)))]).isoformat()

    def day_of(self, rng: random.Random, shape: Shape, dated: tuple[str, str], code: str | None) -> str:
        """On which rows begin or end, or the day before or after."""
        if rng.random() < 0.02:
            return rng.choice(["2026-02-30", "kemarin"])
        row = self.row(rng, shape, code)
        days = [row[name] for name in dated if row[name] is not None]
        return (rng.choice([*days, self.today]) + timedelta(days=rng.choice([0, 0, -1, 1]))).isoformat()

    def operand(self, rng: random.Random, filtered: Filtered, operator: str, row: Row) -> Any:
        """A value for one operator of a filter, taken from a row."""
        if operator == "isNull":
            return rng.random() < 0.5
        value = row[filtered.column.key]
        while value is None:
            value = rng.choice(self.rows[filtered.column.class_.__table__.name])[filtered.column.key]
        if names_a_row(filtered):
            return id_in(filtered.column, row["village_id"], value)
        if rng.random() < 0.02 and hasattr(value, "isoformat"):
            return "2026-13-01"
        if operator == "startsWith":
            return value[: rng.choice([0, 1, 2, 3, len(value)])]
        if isinstance(value, str) and filtered.key is not None:
            return rng.choice([value, value.upper(), f" {value} "])
        text = shown(value)
        return Word(text) if hasattr(value, "name") and hasattr(value, "value") else text

    def filters(self, shape: Shape) -> Mapping[str, Filtered]:
        return filters_of(shape)


def spoiled(rng: random.Random, code: str) -> str:
    """Mostly dotted, sometimes compact, seldom no code at all."""
    chance = rng.random()
    return "51.x" if chance < 0.02 else code.replace(".", "") if chance < 0.2 else code


def id_of(shape: Shape, row: Row) -> str:
    village: Sequence[str] = [row["village_id"].hex] if "village_id" in row else []
    return "-".join([shape.tag, *village, row_key(shape, row)])
