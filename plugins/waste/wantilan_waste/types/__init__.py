"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import categories, dashboard, doors, facilities, intakes, reports, stock

TYPES = (
    *categories.TYPES,
    *dashboard.TYPES,
    *facilities.TYPES,
    *intakes.TYPES,
    *reports.TYPES,
    *stock.TYPES,
    *doors.TYPES,
)
