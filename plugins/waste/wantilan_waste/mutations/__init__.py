"""Changes of the waste program. One noun per module."""

from . import intakes

MUTATIONS = (*intakes.MUTATIONS,)
