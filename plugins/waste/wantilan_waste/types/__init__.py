"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import bank, categories, doors, facilities, fees, intakes, payments, points, prices, stock

TYPES = (
    *categories.TYPES,
    *facilities.TYPES,
    *intakes.TYPES,
    *points.TYPES,
    *fees.TYPES,
    *payments.TYPES,
    *stock.TYPES,
    *prices.TYPES,
    *bank.TYPES,
    *doors.TYPES,
)
