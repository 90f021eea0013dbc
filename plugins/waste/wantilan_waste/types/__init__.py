"""What the waste program shows. One noun per module; `doors` hangs it on core's objects."""

from . import bank, categories, doors, intakes, prices

TYPES = (*intakes.TYPES, *categories.TYPES, *prices.TYPES, *bank.TYPES, *doors.TYPES)
