"""What a server is told of the database it stands on. Light: a server imports no more of the harness."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

NO_LIMIT = 1_000_000_000
BYPASS = "wantilan_peer"
"""The role of servers that know no wall; ours takes it to show what the second wall costs."""


@dataclass(frozen=True)
class Size:
    """How much is made: the growth figures vary the villages and nothing else."""

    villages: int = 100
    residents: int = 500
    intakes: int = 16
    """Weighings of each household."""
    operators: int = 100
    """So many tokens, whatever the number of villages: looking them up costs the same in each deployment."""
    searched: bool = False
    """Whether residents have the words by which they are found: rows that nothing but a search asks."""

    @property
    def households(self) -> int:
        """Four people live in each."""
        return max(1, self.residents // 4)

    @property
    def staffed(self) -> range:
        """The villages that have an operator, evenly among all: only of these somebody asks."""
        return range(0, self.villages, max(1, self.villages // self.operators))[: self.operators]


@dataclass(frozen=True)
class Deployment:
    """A filled database as its servers see it. `bypass_url` is the same one without row security."""

    url: str
    bypass_url: str
    keys: str = field(repr=False)
    size: Size
    today: str
    operators: Sequence[str] = field(repr=False)
    """Tokens of village operators, of the villages that `size.staffed` names."""
    officer: str = field(repr=False)
    """A token that holds the same role at the whole province."""

    def operator(self, village: int) -> str:
        return self.operators[self.size.staffed.index(village)]

    @property
    def dialect(self) -> str:
        return self.url.partition(":")[0]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Deployment:
        read = json.loads(text)
        return cls(**{**read, "size": Size(**read["size"])})
