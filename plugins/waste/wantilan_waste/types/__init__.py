"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import (
    balances,
    bank,
    categories,
    doors,
    facilities,
    fees,
    intakes,
    payments,
    points,
    prices,
    routes,
    runs,
    stock,
    stream_balances,
)

TYPES = (
    *balances.TYPES,
    *stream_balances.TYPES,
    *categories.TYPES,
    *facilities.TYPES,
    *intakes.TYPES,
    *points.TYPES,
    *fees.TYPES,
    *payments.TYPES,
    *stock.TYPES,
    *prices.TYPES,
    *bank.TYPES,
    *routes.TYPES,
    *runs.TYPES,
    *doors.TYPES,
)
