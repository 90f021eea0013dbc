"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import doors, intakes

TYPES = (*intakes.TYPES, *doors.TYPES)
