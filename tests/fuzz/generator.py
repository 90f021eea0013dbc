"""Random operations that are valid, from a seed: every kind of selection, argument and variable.

Each case has its own seed, so that it can be made again alone. A case has a focus: one field of the schema to
which it finds its way, so that a few hundred of them see all.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import GraphQLError, parse, validate
from tests.fuzz.expectation import Expected
from tests.fuzz.paging import WISH
from tests.fuzz.pool import Pool
from tests.fuzz.reference import Reference
from tests.fuzz.rights import Who, rules_of
from tests.fuzz.roads import Focus, Roads, foci, reachable
from tests.fuzz.scene import Scene
from tests.fuzz.writer import Writer

from wantilan.errors import LimitExceeded, Refusals

PICKY = 100
"""How often a case is made again until its answer shows what it is about."""


@dataclass(frozen=True)
class Case:
    """One operation and who asks it."""

    seed: str
    who: str
    language: str
    text: str
    variables: Mapping[str, Any]

    def __str__(self) -> str:
        given = json.dumps(self.variables, ensure_ascii=False)
        return f"case {self.seed} asked by {self.who} ({self.language})\n{self.text}\nvariables: {given}"


class Generator:
    """Makes cases for one scene."""

    def __init__(self, scene: Scene, reference: Reference) -> None:
        self.scene, self.reference, self.schema = scene, reference, reference.schema
        self.pool = Pool(self.schema, scene)
        self.foci = foci(self.schema)
        self.ahead = list(self.foci)
        self.covered: set[tuple[str, ...]] = set()
        self.roads = Roads(self.schema)

    def case(self, seed: str, number: int) -> tuple[Case, Expected]:
        """The case of this seed and number: about the next of the foci of which no case before had a value, and
        every eighth may say anything.
        """
        name = f"{seed}/{number}"
        rng = random.Random(name)
        anything = number % 8 == 7
        focus = self.foci[number % len(self.foci)] if anything else self.next_focus()
        for patience in range(PICKY + 50):
            made = self.attempt(rng, name, focus)
            expected = self.expected(made) if made is not None else None
            if made is None or expected is None:
                continue
            if (anything or patience > PICKY or self.says_much(expected, focus)) and self.is_valid(made):
                self.covered |= expected.seen
                return made, expected
        raise AssertionError(f"no valid operation came of case {name}")

    def next_focus(self) -> Focus:
        """One that is not covered yet; once all are, from the beginning."""
        while True:
            while self.ahead:
                focus = self.ahead.pop(0)
                if not focus.coordinates <= self.covered:
                    return focus
            every = dict.fromkeys([*self.foci, *map(Focus, sorted(reachable(self.schema)))])
            self.ahead = [focus for focus in every if not focus.coordinates <= self.covered]
            if not self.ahead:
                self.ahead, self.covered = list(self.foci), set()

    def attempt(self, rng: random.Random, name: str, focus: Focus) -> Case | None:
        who = self.actor(rng, focus)
        writer = Writer(self.pool, self.roads, rng, Who.of(self.scene.actors[who]), focus)
        made = Case(name, who, rng.choice(["id", "en"]), writer.operation(), writer.given)
        if not all(word in made.text for word in (focus.field[1], *focus.arguments)):
            return None
        return self.with_cursors(made, rng) if WISH in str(made) else made

    def with_cursors(self, case: Case, rng: random.Random) -> Case | None:
        """The case with cursors of its own lists, as an earlier answer would have told them."""
        try:
            wishes = self.reference.cursors(parse(case.text), case.variables, self.scene.actors[case.who])
        except GraphQLError:
            return None
        text, variables = case.text, json.dumps(case.variables)
        for wish in re.findall(f"{WISH}[0-9]+;", text + variables):
            cursor = rng.choice(wishes.get(wish) or ["ID.0"])
            text, variables = text.replace(wish, cursor), variables.replace(wish, cursor)
        return replace(case, text=text, variables=json.loads(variables))

    def expected(self, case: Case) -> Expected | None:
        """None of an operation whose values do not fit, which is not valid."""
        try:
            actor = self.scene.actors[case.who]
            return self.reference.answer(parse(case.text), case.variables, actor, case.language)
        except GraphQLError:
            return None

    def says_much(self, expected: Expected, focus: Focus) -> bool:
        """Answered with data, among it what the case is about."""
        return expected.data is not None and expected.seen >= focus.coordinates and leaves(expected.data) > 3

    def actor(self, rng: random.Random, focus: Focus) -> str:
        """Mostly one who may see what the case is about."""
        names = [*self.scene.actors, *["operator", "perbekel", "admin", "kelian", "resident"] * 2]
        target = self.roads.entity(focus.field)
        for _ in range(6):
            name = rng.choice(names)
            if target is None or rules_of(target, Who.of(self.scene.actors[name])):
                return name
        return rng.choice(names)

    def is_valid(self, case: Case) -> bool:
        """The API's own judgement, which it remembers; what it refuses, graphql-core must refuse as well."""
        try:
            self.scene.world.engine.documents.load(case.text)
        except LimitExceeded:
            return False
        except Refusals as refused:
            if not validate(self.schema.graphql, parse(case.text)):
                raise AssertionError(f"valid, but refused: {refused}\n{case}") from refused
            return False
        return True


def leaves(value: Any) -> int:
    """How many values there are that are not null."""
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    return sum(map(leaves, value)) if isinstance(value, list) else value is not None
