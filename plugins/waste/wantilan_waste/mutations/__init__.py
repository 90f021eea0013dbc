"""Changes of the waste program. One noun per module."""

from . import intakes, invoices, payments, plans, point_status, points, subscriptions

MUTATIONS = (
    *intakes.MUTATIONS,
    *points.MUTATIONS,
    *point_status.MUTATIONS,
    *plans.MUTATIONS,
    *subscriptions.MUTATIONS,
    *invoices.MUTATIONS,
    *payments.MUTATIONS,
)
