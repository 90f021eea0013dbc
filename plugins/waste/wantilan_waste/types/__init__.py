"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import doors, intakes, routes, runs

TYPES = (*intakes.TYPES, *routes.TYPES, *runs.TYPES, *doors.TYPES)
