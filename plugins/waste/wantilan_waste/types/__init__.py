"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import categories, doors, facilities, intakes, routes, runs, stock

TYPES = (
    *categories.TYPES,
    *facilities.TYPES,
    *intakes.TYPES,
    *stock.TYPES,
    *routes.TYPES,
    *runs.TYPES,
    *doors.TYPES,
)
