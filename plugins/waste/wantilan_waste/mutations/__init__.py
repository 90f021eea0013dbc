"""Changes of the waste program. One noun per module."""

from . import intakes, reports

MUTATIONS = (*intakes.MUTATIONS, *reports.MUTATIONS)
