"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import balances, categories, doors, facilities, intakes, routes, runs, stock, stream_balances

TYPES = (
    *balances.TYPES,
    *stream_balances.TYPES,
    *categories.TYPES,
    *facilities.TYPES,
    *intakes.TYPES,
    *stock.TYPES,
    *routes.TYPES,
    *runs.TYPES,
    *doors.TYPES,
)
