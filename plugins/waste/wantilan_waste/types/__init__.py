"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import bank, categories, doors, facilities, intakes, prices, stock

TYPES = (
    *categories.TYPES,
    *facilities.TYPES,
    *intakes.TYPES,
    *stock.TYPES,
    *prices.TYPES,
    *bank.TYPES,
    *doors.TYPES,
)
