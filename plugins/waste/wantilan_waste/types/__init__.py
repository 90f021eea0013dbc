"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import (
    balances,
    bank,
    categories,
    dashboard,
    doors,
    facilities,
    fees,
    intakes,
    payments,
    points,
    prices,
    reports,
    routes,
    runs,
    stock,
    stream_balances,
)

TYPES = (
    *balances.TYPES,
    *stream_balances.TYPES,
    *bank.TYPES,
    *categories.TYPES,
    *dashboard.TYPES,
    *facilities.TYPES,
    *intakes.TYPES,
    *points.TYPES,
    *fees.TYPES,
    *payments.TYPES,
    *prices.TYPES,
    *reports.TYPES,
    *routes.TYPES,
    *runs.TYPES,
    *stock.TYPES,
    *doors.TYPES,
)
