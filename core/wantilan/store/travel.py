"""What a table says of itself for the day on which its village travels, or one of its people is forgotten.

Nothing is said by most: a row of a village travels as it stands. Three things must be said. A number is
sealed under keys that stay at home, so it is sealed anew for whoever receives it; a hash that is not of a
sealed number says of what it is; and what means something in this deployment only stays, table or column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from ..errors import ConfigurationError
from .secrets import Keys
from .tables import PublishedTable, Table, VillageTable, sql_table

SEALED, HASH, STAYS = "wantilan.sealed", "wantilan.hash", "wantilan.stays"


@dataclass(frozen=True)
class Sealed:
    """How a sealed column is opened: for which purpose, and whose id binds it; where its fingerprint is, if
    it can be found by one.
    """

    purpose: str
    owner: str
    hash: str | None


def sealed(purpose: str, *, hash: str | None = None, owner: str = "id") -> Any:
    """A column of what `Keys.seal` gave, beside a column `hash` of what `Keys.fingerprint` gave of the same,
    if there is one.

    `nik_sealed: Mapped[bytes | None] = sealed("nik", hash="nik_hash")`. `owner` names the column of the id to
    which it is bound.
    """
    return mapped_column(info={SEALED: Sealed(purpose, owner, hash)})


def hash_of(what: str) -> Any:
    """A column of a hash that no key of the deployment makes: it is the same everywhere."""
    return mapped_column(info={HASH: what})


def stays(why: str) -> Any:
    """A column that means something in this deployment only; where the village goes it is null."""
    return mapped_column(info={STAYS: why})


def staying(why: str) -> dict[str, Any]:
    """The last of `__table_args__` of a table that does not travel: its rows mean something here only."""
    return {"info": {STAYS: why}}


def does_travel(model: type[Table]) -> bool:
    """Whether the rows of a model go where their village goes."""
    return issubclass(model, VillageTable | PublishedTable) and STAYS not in sql_table(model).info


def sealed_columns(table: sa.Table) -> dict[str, Sealed]:
    return {column.name: column.info[SEALED] for column in table.columns if SEALED in column.info}


def keyed_columns(table: sa.Table) -> frozenset[str]:
    """The columns that differ under other keys."""
    return frozenset(name for key, one in sealed_columns(table).items() for name in (key, one.hash) if name)


def without_what_stays(table: sa.Table, values: Mapping[str, Any]) -> dict[str, Any]:
    here = {column.name for column in table.columns if STAYS in column.info}
    return {name: None if name in here else value for name, value in values.items()}


def resealed(
    table: sa.Table, row: Mapping[str, Any], *, old: Keys, new: Keys, village: UUID
) -> dict[str, Any]:
    """A row (typed values) as it is under other keys. Raises ConfigurationError when the old ones do not open
    it, or when it has a fingerprint of a number that it does not keep: nobody could find it again.
    """
    made = dict(row)
    for name, one in sealed_columns(table).items():
        if row[name] is None:
            if one.hash is not None and row[one.hash] is not None:
                raise ConfigurationError(
                    f"A row of {table.name} has {one.hash} without {name}: it cannot be sealed anew."
                )
            continue
        owner = row[one.owner]
        opened = old.open(row[name], purpose=one.purpose, owner=owner)
        made[name] = new.seal(opened, purpose=one.purpose, owner=owner)
        if one.hash is not None:
            made[one.hash] = new.fingerprint(opened, purpose=one.purpose, village=village)
    return made


def undeclared(models: Iterable[type[Table]]) -> Iterator[str]:
    """Columns named like something sealed or hashed that do not say what they are."""
    for model in models:
        table = sql_table(model)
        known = keyed_columns(table)
        for column in table.columns:
            suspect = column.name.endswith(("_sealed", "_hash")) or column.name in ("sealed", "hash")
            if suspect and column.name not in known and HASH not in column.info:
                yield f"{table.name}.{column.name}"
