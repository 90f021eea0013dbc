"""Changes of the waste program. One noun per module."""

from . import (
    accounts,
    deposits,
    fees_from_balance,
    intakes,
    invoices,
    payments,
    plans,
    point_status,
    points,
    prices,
    reversals,
    subscriptions,
    withdrawals,
)

MUTATIONS = (
    *intakes.MUTATIONS,
    *points.MUTATIONS,
    *point_status.MUTATIONS,
    *plans.MUTATIONS,
    *subscriptions.MUTATIONS,
    *invoices.MUTATIONS,
    *payments.MUTATIONS,
    *accounts.MUTATIONS,
    *prices.MUTATIONS,
    *deposits.MUTATIONS,
    *reversals.MUTATIONS,
    *withdrawals.MUTATIONS,
    *fees_from_balance.MUTATIONS,
)
