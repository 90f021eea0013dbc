"""Search by tokens: the word that tells most is looked up, its rows come in the order of the list, and each
is asked for the others.

So the first page costs what a page costs, be the word as common as it may. Words are values: their number is
no part of a plan, and neither is whether one of them is a secret number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ..errors import BadUserInput, Forbidden, LimitExceeded, Text
from .place import Place, another
from .plan import Getter, Path, response_path
from .planner import Planner
from .selection import Arg, Request
from .shapes import Order
from .sources import EVERYONE, Secret, Tokens
from .sql import INTEGER, TEXT

NOTHING = "\x7f"
"""A token that no row has."""
ELSEWHERE = Text(
    "Nomor lengkap dicari di satu desa, di bawah village(code: …), oleh yang melihat hingga 1000 desa.",
    "A whole number is looked up in one village, below village(code: …), by who sees up to 1000.",
)


@dataclass(frozen=True)
class Hits:
    """The rows that are found, and by which columns of the tokens they are in order."""

    place: Place
    source: Tokens
    alias: str

    def order(self, order: Order | None) -> tuple[str, str] | None:
        """None where the list is in another order: then what is found is sorted."""
        if order is None or order.key.key != self.source.key.key:
            return None
        return f"{self.alias}.{self.source.key.key}", f"{self.alias}.{self.source.of.key}"


def looked_for(
    planner: Planner, source: Tokens, given: Arg, place: Place, owner: Place, path: Path
) -> Hits | None:
    """The rows of a table that fit a text, in one village. None where nothing is searched for.

    Raises LimitExceeded, Forbidden and BadUserInput when it is bound.
    """
    if not given.given or given.value is None:
        return None
    table, first = source.table, planner.alias()
    asked = Asked(source, given, planner.known.get(owner.outermost.alias), response_path(path))
    token, key, of = source.token.key, source.key.key, source.of.key
    words = planner.bind_list(asked.tokens, TEXT)
    driving, second, third = (planner.d.element(words, index) for index in range(3))
    every, word, _ = planner.d.elements(words, "w")
    seen = ""
    if source.depth is not None and source.depth_of is not None:
        most = planner.bind(lambda r: source.depth_of(r.actor), INTEGER)  # type: ignore[misc]
        seen = f".{source.depth.key} <= {most}"

    def too(word: str) -> str:
        """`FROM … WHERE …` of the row that says that what is found has this word too."""
        alias = planner.alias()
        same = [f"{alias}.{column} = {first}.{column}" for column in ("village_id", key, of)]
        return another(table, alias, f"{alias}.{token} = {word}", *same, *([alias + seen] if seen else []))

    # As values and counts, so that no planner makes joins of them: a row costs one look for each word.
    found = place.through(
        table,
        first,
        f"{first}.village_id = {owner.village}",
        f"{first}.{token} = {driving}",
        *([first + seen] if seen else []),
        f"({second} IS NULL OR (SELECT 1 {too(second)} LIMIT 1) IS NOT NULL)",
        f"({third} IS NULL OR (SELECT count(*) FROM {every} WHERE NOT EXISTS (SELECT 1 {too(word)})) = 0)",
        f"{place.column(place.key.name)} = {first}.{of}",
    )
    return Hits(found, source, first)


@dataclass(frozen=True)
class Asked:
    """The tokens of a request, with what a secret number needs."""

    source: Tokens
    given: Arg
    where: Getter | None
    """The code or the id of the one village, where the request says it."""
    path: Sequence[str | int]

    def tokens(self, request: Request) -> list[str]:
        try:
            words = self.source.words(self.given.get(request.variables)) or (EVERYONE,)
        except LimitExceeded as error:
            error.path = list(self.path)
            raise
        secret = self.source.secret
        if secret is None:
            return list(words)
        return [self._secret(secret, word, request) if secret.holds(word) else word for word in words]

    def _secret(self, secret: Secret, word: str, request: Request) -> str:
        """Raises Forbidden also where the permission is held in another village, or in a part of this one."""
        actor = request.actor
        found = self._village(request) if secret.needs in actor.ranges else None
        if secret.needs not in actor.ranges or (found is not None and not actor.may(secret.needs, found[0])):
            raise Forbidden(secret.needs, path=self.path)
        if found is None or request.keys is None:
            return NOTHING
        return secret.token(request.keys, word, found[1])

    def _village(self, request: Request) -> tuple[str, UUID] | None:
        """Its code and id; None when it is none of the actor's: then nobody is shown anyway."""
        known, said = request.actor.known, self.where(request) if self.where is not None else None
        if not known or (said is None and len(known) > 1):
            raise BadUserInput(ELSEWHERE, path=self.path)
        return next((one for one in known if said is None or said in one), None)
