"""What a curious reader of tables can work out: bounds of every cell, drawn together until nothing moves.

Every published number is a bound, every total is the sum of its parts, a region the sum of its villages, and
nobody is fewer than none. What ends with one possible value is found out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Cell = tuple[Any, ...]
MANY = 10**6
PARTS = ("ages", "pyramid", "sexes", "education", "occupation", "marital")


@dataclass
class Reader:
    """`step` is what the tables are rounded to; 1 where they are not."""

    step: int
    low: dict[Cell, int] = field(default_factory=dict)
    high: dict[Cell, int] = field(default_factory=dict)
    sums: list[tuple[Cell, list[Cell]]] = field(default_factory=list)

    def read(
        self,
        where: Cell,
        table: Mapping[str, Any],
        groups: Mapping[str, Iterable[Any]],
        but: Collection[tuple[str, Any]] = (),
    ) -> None:
        """A table of one place and month: everything in it, empty groups too, but some cells."""
        self.number((*where, "population"), table["population"])
        self.number((*where, "households"), table["households"])
        for name, keys in groups.items():
            for key in keys:
                if (name, key) in but:
                    continue
                self.number((*where, name, key), table[name].get(key, 0))
        self.shape(where, groups)

    def shape(self, where: Cell, groups: Mapping[str, Iterable[Any]]) -> None:
        """What is known of a table without its numbers: which cells add up to which."""
        for name in PARTS:
            self.adds_up((*where, "population"), [(*where, name, key) for key in groups[name]])
        self.adds_up((*where, "households"), [(*where, "sizes", key) for key in groups["sizes"]])
        for age in groups["ages"]:
            self.adds_up(
                (*where, "ages", age),
                [(*where, "pyramid", key) for key in groups["pyramid"] if key[0] == age],
            )
        for sex in groups["sexes"]:
            self.adds_up(
                (*where, "sexes", sex),
                [(*where, "pyramid", key) for key in groups["pyramid"] if key[1] == sex],
            )

    def number(self, cell: Cell, shown: int) -> None:
        below, above = self.step // 2, (self.step - 1) // 2
        self.low[cell] = max(0, shown - below, self.low.get(cell, 0))
        self.high[cell] = min(shown + above, self.high.get(cell, MANY))

    def adds_up(self, whole: Cell, parts: list[Cell]) -> None:
        self.sums.append((whole, parts))

    def conclude(self) -> None:
        """Draw the bounds together until nothing moves."""
        for whole, parts in self.sums:
            for cell in (whole, *parts):
                self.low.setdefault(cell, 0)
                self.high.setdefault(cell, MANY)
        moved = True
        while moved:
            moved = False
            for whole, parts in self.sums:
                least, most = sum(self.low[p] for p in parts), sum(self.high[p] for p in parts)
                moved |= self._narrow(whole, least, most)
                for part in parts:
                    others_least, others_most = least - self.low[part], most - self.high[part]
                    moved |= self._narrow(
                        part, self.low[whole] - others_most, self.high[whole] - others_least
                    )
                    least, most = others_least + self.low[part], others_most + self.high[part]

    def _narrow(self, cell: Cell, low: int, high: int) -> bool:
        new_low, new_high = max(self.low[cell], low), min(self.high[cell], high)
        assert new_low <= new_high, "the tables contradict each other"
        moved = (new_low, new_high) != (self.low[cell], self.high[cell])
        self.low[cell], self.high[cell] = new_low, new_high
        return moved

    def found(self, cell: Cell) -> int | None:
        """The only value that is left for a cell; None while there are several."""
        return self.low[cell] if self.low[cell] == self.high[cell] else None
