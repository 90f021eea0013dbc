"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import (
    balances,
    categories,
    dashboard,
    doors,
    facilities,
    intakes,
    reports,
    routes,
    runs,
    stock,
    stream_balances,
)

TYPES = (
    *balances.TYPES,
    *stream_balances.TYPES,
    *categories.TYPES,
    *dashboard.TYPES,
    *facilities.TYPES,
    *intakes.TYPES,
    *reports.TYPES,
    *stock.TYPES,
    *routes.TYPES,
    *runs.TYPES,
    *doors.TYPES,
)
