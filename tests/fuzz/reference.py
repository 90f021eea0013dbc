"""The reference interpreter: answers operations over rows held in Python, field by field, as API.md says.

It walks the declarations of the built schema and knows nothing of SQL: no plan, no statement, no marker. Slow,
and obviously right. What it cannot take from a declaration (rules, conditions in SQL) stands in `rights` and
`equivalents`, written by hand.

Who adds an entity, a table or a kind of field adds to (each is missed by name):

- `rights.READ` its read rules, and `rights` a rule that is new;
- `scene.Filler` rows of it, every nullable column null in some and filled in others, undone and ended ones too;
  JSON with shorter keys first, as PostgreSQL keeps it, and no id but those of the seed;
- `equivalents` what is said in SQL or by a name: `ONLY`, `EXPRESSIONS`, `ITEMS`, `KNOWN`, `COMPUTED` that writes
  ids, a root resolver; `answering.Answer.member` a source of a new kind, `judging` what it refuses beforehand;
- `choices.Choice.value` (and `pool`, `roads.TOGETHER`) an argument that is new; `filtering` an operator;
- `faults.FAULTS` a fault in the code that plans what is new.

Beside this folder: `tests/system/scene.py` and the ways in `tests/system/test_walls.py`, where it leads to a person;
`tests/duties` (`scene`: no table may be empty; in `test_residents` `SECTIONS`, `WRITTEN`, `SAYS_NOTHING`, `STAYS`,
where it is about one; in `test_tables` `STAY`, where it does not travel), `docs/names.md` for a mutation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from graphql import DocumentNode
from tests.fuzz.answering import Answer
from tests.fuzz.expectation import Expected, Known
from tests.fuzz.judging import Judge
from tests.fuzz.reading import Operation
from tests.fuzz.rights import Rows, Store

from wantilan.access.actor import Actor
from wantilan.graph.schema import Schema


class Reference:
    """All rows of one deployment, ready to be asked."""

    def __init__(self, schema: Schema, rows: Rows, today: date) -> None:
        self.known = Known(schema, Store(rows), today)
        self.schema = schema

    def answer(
        self, document: DocumentNode, variables: Mapping[str, Any], actor: Actor, language: str
    ) -> Expected:
        operation = Operation(self.schema.graphql, document, variables)
        judge = Judge(self.known, operation, actor)
        judge.judge()
        if judge.refusals:
            return Expected(refusals=judge.refusals)
        return Answer(self.known, operation, actor, language).whole()

    def cursors(
        self, document: DocumentNode, variables: Mapping[str, Any], actor: Actor
    ) -> dict[str, list[str]]:
        """For each `after` and `before` that only wishes for a cursor: those that would be good."""
        operation = Operation(self.schema.graphql, document, variables)
        judge = Judge(self.known, operation, actor)
        judge.judge()
        answer = Answer(self.known, operation, actor, "en")
        if not judge.refusals:
            answer.whole()
        return answer.wishes
