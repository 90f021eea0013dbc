"""Changes of the waste program. One noun per module."""

from . import complaints, intakes

MUTATIONS = (*intakes.MUTATIONS, *complaints.MUTATIONS)
