"""The search for residents: by which tokens each is found, and how much a searcher must see for each.

Whoever changes a resident's name, NIK, hamlet or household, a household's address or number, or a hamlet's
name calls `index_resident` or `index_residents` in the same transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ..access.actor import Actor
from ..graph.sources import EVERYONE, Secret, Tokens
from ..store.secrets import Keys
from ..store.walls import WHOLE_COUNTRY
from ..store.write import Unit
from .models import Hamlet, Household, HouseholdNumber, Resident, ResidentToken
from .numbering import nik_hash
from .numbers import LENGTH
from .spelling import beginnings, search_words

PERSON, HOME, CARD = range(3)
"""What a token tells: something of the resident himself, of hamlet and house, of the family's card (KK)."""
SHOWN_DIGITS = 4
WHOLE = "#"
"""Begins the token of a whole NIK; no word does."""
READ, HOMES = "resident.read", "village.read"
CHUNK = 500
_BETWEEN_DIGITS = re.compile(r"[\s.-]")

Index = Mapping[str, int]


def tokens_of(
    full_name: str,
    nik_hash: bytes | None,
    nik_masked: str | None,
    hamlet: str | None,
    address: str | None,
    kk_masked: str | None,
) -> Index:
    """The tokens of one resident, each with the least that must be seen of him to find him by it."""
    found: dict[str, int] = {}
    for depth, words in (
        (CARD, _digits(kk_masked)),
        (HOME, beginnings(hamlet or "") | beginnings(address or "")),
        (PERSON, beginnings(full_name) | _digits(nik_masked) | {EVERYONE}),
    ):
        found |= dict.fromkeys(words, depth)
    if nik_hash is not None:
        found[whole_token(nik_hash)] = PERSON
    return found


def _digits(masked: str | None) -> frozenset[str]:
    return frozenset({masked[-SHOWN_DIGITS:]} if masked else ())


def whole_token(hashed: bytes) -> str:
    """The token of a whole number, made of its keyed hash."""
    return WHOLE + hashed.hex()


async def index_resident(unit: Unit, resident: Resident) -> None:
    """Make the tokens of one resident anew, from what is written now."""
    await index_residents(unit, Resident.id == resident.id)


async def index_residents(unit: Unit, *chosen: sa.ColumnElement[bool]) -> int:
    """The same for all residents of the village that are chosen; how many there were."""
    await unit.flush()
    mine = ResidentToken.village_id == unit.village.id
    which = sa.select(Resident.id).where(Resident.village_id == unit.village.id, *chosen)
    await unit.session.execute(
        sa.delete(ResidentToken)
        .where(mine, ResidentToken.resident_id.in_(which))
        .execution_options(synchronize_session=False)
    )
    people = (await unit.session.execute(_sources(unit.village.id, *chosen))).all()
    for rows in _in_chunks(unit.village.id, people):
        await unit.session.execute(sa.insert(ResidentToken), rows)
    return len(people)


def index_copy(connection: sa.Connection, village: UUID) -> None:
    """Make the tokens of a village in a copy of it, which has none yet and other keys."""
    for rows in _in_chunks(village, connection.execute(_sources(village)).all()):
        connection.execute(sa.insert(ResidentToken), rows)


def _in_chunks(village: UUID, people: Sequence[Any]) -> Iterator[list[dict[str, object]]]:
    for start in range(0, len(people), CHUNK):
        yield [row for one in people[start : start + CHUNK] for row in _rows(village, one)]


def _sources(village: UUID, *chosen: sa.ColumnElement[bool]) -> Any:
    """Everything of the residents by which they are found."""
    here = Resident.village_id == village
    return (
        sa.select(
            Resident.id, Resident.name_key, Resident.full_name, Resident.nik_hash, Resident.nik_masked,
            Hamlet.name, Household.address, HouseholdNumber.masked,
        )
        .join(Hamlet, sa.and_(Hamlet.village_id == village, Hamlet.id == Resident.hamlet_id))
        .outerjoin(Household, sa.and_(Household.village_id == village, Household.id == Resident.household_id))
        .outerjoin(
            HouseholdNumber,
            sa.and_(
                HouseholdNumber.village_id == village,
                HouseholdNumber.household_id == Resident.household_id,
                HouseholdNumber.until.is_(None),
            ),
        )
        .where(here, *chosen)
    )  # fmt: skip


def _rows(village: UUID, person: Any) -> Iterator[dict[str, object]]:
    key, name_key, *sources = person
    row = {"village_id": village, "name_key": name_key, "resident_id": key}
    for token, depth in tokens_of(*sources).items():
        yield {**row, "token": token, "depth": depth}


async def differing_residents(unit: Unit) -> int:
    """How many residents of the village are not found by exactly what is written of them."""
    written = sa.select(
        ResidentToken.resident_id, ResidentToken.name_key, ResidentToken.token, ResidentToken.depth
    ).where(ResidentToken.village_id == unit.village.id)
    kept: dict[UUID, set[tuple[str, str, int]]] = {}
    for key, *row in await unit.session.execute(written):
        kept.setdefault(key, set()).add(tuple(row))  # type: ignore[arg-type]
    wrong = 0
    for key, name_key, *sources in await unit.session.execute(_sources(unit.village.id)):
        wanted = {(name_key, token, depth) for token, depth in tokens_of(*sources).items()}
        wrong += kept.pop(key, set()) != wanted
    return wrong + len(kept)


# Asking


def words_of(text: str) -> tuple[str, ...]:
    """What to look up for a text; a whole NIK may be written with gaps. Raises LimitExceeded."""
    words, digits = search_words(text), _BETWEEN_DIGITS.sub("", text)
    return (digits,) if _is_whole(digits) else words


def depth_of(actor: Actor) -> int:
    """By what this actor may find: only by what he sees of everyone whom he sees. A resident sees all of his
    household.
    """
    depth = CARD
    for held in actor.held:
        if READ not in held.permissions:
            continue
        places = [held.code] if held.code else WHOLE_COUNTRY.split(",")
        if not all(actor.may(HOMES, place) for place in places):
            depth = min(depth, HOME if held.object_id in actor.hamlets.get(HOMES, ()) else PERSON)
    return depth


def _is_whole(word: str) -> bool:
    return len(word) == LENGTH and word.isdigit()


def _whole_nik(keys: Keys, nik: str, village: UUID) -> str:
    return whole_token(nik_hash(keys, nik, village))


BY_WORDS = Tokens(
    ResidentToken.token,
    of=ResidentToken.resident_id,
    key=ResidentToken.name_key,
    words=words_of,
    depth=ResidentToken.depth,
    depth_of=depth_of,
    secret=Secret(READ, _is_whole, _whole_nik),
    says=(
        "Words in any order, all of which must fit, each as the beginning of one: of the name, the hamlet, "
        "the address; a house number as a whole. Forgives spelling: I and Ni are ignored, `Wy` is Wayan, "
        "`IB` Ida Bagus, `Soetarya` Sutaria. Four digits are the last of the NIK or of the KK number; a "
        "whole NIK finds by itself, and needs `resident.read` for the whole village. By hamlet, address and "
        "KK number find those who may see them. At most 100 characters and 8 words; a text without a word "
        "finds everyone."
    ),
)
"""How connections of residents are searched."""
