"""Texts that nobody has sent before: each has an alias of its own, so that no cache knows it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

from ..operations import Request
from ..rounds import WARM_SECONDS, Bench, Window
from ..serving import Server

TEXTS_A_SECOND = 6000
"""More than any of the servers answers on one core."""
ROOT_FIELD = re.compile(r"(?<=\{\n  )(?=[a-zA-Z]+\()")


@dataclass
class NeverSeen(Bench):
    """Loads a server with new texts in every window, after a while of the known one that does not count.

    `asked` holds the requests of each server in its words.
    """

    asked: Mapping[str, Sequence[tuple[Request, str]]] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def window(self, server: Server, requests: Path, seconds: float, **order: Any) -> Window:
        self.load(server, requests, WARM_SECONDS)
        texts = int(seconds * TEXTS_A_SECOND)
        made = [(asked, self.renamed(text)) for asked, text in islice(cycle(self.asked[server.name]), texts)]
        file = self.write([asked for asked, _ in made], [text for _, text in made])
        found = self.measured(server, file, seconds, in_order=True)
        file.unlink()
        if found.requests > texts:
            raise RuntimeError(f"{server.name} was asked some texts twice: raise TEXTS_A_SECOND.")
        return found

    def renamed(self, document: str) -> str:
        """The document with its root field under an alias that there has not been."""
        text, found = ROOT_FIELD.subn(f"r{next(self.numbers)}: ", document, count=1)
        if not found:
            raise ValueError("The document has no root field with arguments.")
        return text
