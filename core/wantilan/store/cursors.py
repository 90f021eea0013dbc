"""How far each program has been told what happened in a village."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from .leases import Leased
from .tables import VillageTable


class EventCursor(Leased, VillageTable):
    """One program in one village: it has been told everything up to `position` that it hears. Without a row
    it has been told nothing. Who holds the lease tells it what comes next.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        sa.UniqueConstraint("village_id", "program"),
        sa.CheckConstraint("position >= 0", name="position_whole"),
    )

    program: Mapped[str]
    position: Mapped[int] = mapped_column(sa.BigInteger)
    """The number of the last event that it was told or that was passed over."""
