"""Changes of the waste program. One noun per module."""

from . import (
    batches,
    categories,
    facilities,
    feeds,
    intakes,
    lots,
    reports,
    routes,
    runs,
    sales,
    schedules,
    trips,
    visits,
)

MUTATIONS = (
    *intakes.MUTATIONS,
    *facilities.MUTATIONS,
    *categories.MUTATIONS,
    *batches.MUTATIONS,
    *sales.MUTATIONS,
    *trips.MUTATIONS,
    *lots.MUTATIONS,
    *routes.MUTATIONS,
    *schedules.MUTATIONS,
    *runs.MUTATIONS,
    *visits.MUTATIONS,
    *feeds.MUTATIONS,
    *reports.MUTATIONS,
)
