"""Changes of the waste program. One noun per module."""

from . import (
    complaints,
    feeds,
    intakes,
    invoices,
    payments,
    plans,
    point_status,
    points,
    routes,
    runs,
    schedules,
    subscriptions,
    visits,
)

MUTATIONS = (
    *complaints.MUTATIONS,
    *feeds.MUTATIONS,
    *intakes.MUTATIONS,
    *invoices.MUTATIONS,
    *payments.MUTATIONS,
    *plans.MUTATIONS,
    *point_status.MUTATIONS,
    *points.MUTATIONS,
    *routes.MUTATIONS,
    *runs.MUTATIONS,
    *schedules.MUTATIONS,
    *subscriptions.MUTATIONS,
    *visits.MUTATIONS,
)
