"""Changes of the waste program. One noun per module."""

from . import feeds, intakes, routes, runs, schedules, visits

MUTATIONS = (
    *intakes.MUTATIONS,
    *routes.MUTATIONS,
    *schedules.MUTATIONS,
    *runs.MUTATIONS,
    *visits.MUTATIONS,
    *feeds.MUTATIONS,
)
