"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import complaints, doors, intakes

TYPES = (*intakes.TYPES, *complaints.TYPES, *doors.TYPES)
