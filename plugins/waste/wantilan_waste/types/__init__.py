"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import categories, doors, facilities, intakes, stock

TYPES = (
    *categories.TYPES,
    *facilities.TYPES,
    *intakes.TYPES,
    *stock.TYPES,
    *doors.TYPES,
)
