"""The four classes of table. Each table derives from exactly one, and that decides who reads and writes it.

- `ReferenceTable`: regions, villages, code lists. Readable by all.
- `VillageTable`: everything that happens in a village. Key `(village_id, id)`; both walls.
- `PublishedTable`: what visitors may see. Readable by all, writable inside the wall.
- `PlatformTable`: actors, tokens, grants, leases. No village; never an entity.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from .ids import uuid7
from .types import MAX_SAFE_INTEGER, TYPES, Amount, Change

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """The base of the four classes. A CHECK guards every enumeration and every amount."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = TYPES

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        table = cls.__dict__.get("__table__")
        if table is None:
            return
        for column in table.columns:
            if isinstance(column.type, sa.Enum):
                known = column.in_([sa.literal_column(f"'{word}'") for word in column.type.enums])
                table.append_constraint(sa.CheckConstraint(known, name=f"{column.name}_known"))
            elif isinstance(column.type, Amount | Change):
                least = -MAX_SAFE_INTEGER if isinstance(column.type, Change) else 0
                whole = column.between(
                    sa.literal_column(str(least)), sa.literal_column(str(MAX_SAFE_INTEGER))
                )
                table.append_constraint(sa.CheckConstraint(whole, name=f"{column.name}_whole"))


class ReferenceTable(Table):
    """Readable by all: a village's existence is public, its people are not."""

    __abstract__ = True


class VillageTable(Table):
    """Everything that happens in a village. Foreign keys are composite, uniques begin with the village."""

    __abstract__ = True

    village_id: Mapped[UUID] = mapped_column(sa.ForeignKey("village.id"), primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-1)


class PublishedTable(Table):
    """What visitors may see, written from village tables in the same transaction."""

    __abstract__ = True

    village_id: Mapped[UUID] = mapped_column(sa.ForeignKey("village.id"), primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-1)


class PlatformTable(Table):
    """The deployment's own: no village, never an entity."""

    __abstract__ = True


TABLE_CLASSES: tuple[type[Table], ...] = (ReferenceTable, VillageTable, PublishedTable, PlatformTable)


def table_class(model: type[Table]) -> type[Table]:
    """Which of the four classes a model is of."""
    return next(kind for kind in TABLE_CLASSES if issubclass(model, kind))


def sql_table(model: type[Any]) -> sa.Table:
    """The table of a model. Raises TypeError for what is not a model."""
    table = getattr(model, "__table__", None)
    if not isinstance(table, sa.Table):
        raise TypeError(f"{model.__name__} is not a table.")
    return table


def reference(target: type[Table], **kw: Any) -> Any:
    """A foreign key to another table of the same village: `(village_id, <this>) -> (village_id, id)`.

    `resident_id: Mapped[UUID] = reference(tables.Resident)`; `Mapped[UUID | None]` makes it optional. Further
    arguments go to `mapped_column`.
    """
    pointed = sql_table(target)
    made = mapped_column(sa.Uuid(), **kw)

    @event.listens_for(made.column, "after_parent_attach")
    def attach(column: Any, table: Any) -> None:
        if isinstance(table, sa.Table):
            own, far = ["village_id", column.name], [pointed.c.village_id, pointed.c.id]
            table.append_constraint(sa.ForeignKeyConstraint(own, far))

    return made
