"""Where the records of residents came from, as it is shown."""

from __future__ import annotations

from datetime import datetime

from ..graph.declare import column, entity
from . import models
from .models import RecordSource
from .reading import own_household, within


@entity(models.ResidentSource,
        read=[within("resident.read", hamlet=(models.ResidentSource.resident_id, models.Resident.hamlet_id)),
              own_household(models.ResidentSource.resident_id)])  # fmt: skip
class ResidentSource:
    """That a record was made, or changed from outside."""

    source: RecordSource
    """By hand, or by a resident sheet."""
    made: bool
    """Whether the person came into the register by it; else it changed what was known."""
    sheet_row: int | None
    """Which row of the sheet."""
    columns: str | None = column(models.ResidentSource.changed)
    """The columns of the sheet that it changed, with commas between; null where it made the record."""
    recorded_at: datetime
    """When."""
    recorded_by: str = column(models.ResidentSource.recorded_by_label)
    """By whom: the label that the actor had then."""
