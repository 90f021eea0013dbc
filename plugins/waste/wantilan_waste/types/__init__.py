"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import complaints, doors, fees, intakes, payments, points, routes, runs

TYPES = (
    *intakes.TYPES,
    *points.TYPES,
    *fees.TYPES,
    *payments.TYPES,
    *routes.TYPES,
    *runs.TYPES,
    *complaints.TYPES,
    *doors.TYPES,
)
