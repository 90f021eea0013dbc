"""Changes of the waste program. One noun per module."""

from . import batches, categories, facilities, intakes, lots, sales, trips

MUTATIONS = (
    *intakes.MUTATIONS,
    *facilities.MUTATIONS,
    *categories.MUTATIONS,
    *batches.MUTATIONS,
    *sales.MUTATIONS,
    *trips.MUTATIONS,
    *lots.MUTATIONS,
)
