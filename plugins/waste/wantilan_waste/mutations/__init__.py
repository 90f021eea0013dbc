"""Changes of the waste program. One noun per module."""

from . import accounts, deposits, fees_from_balance, intakes, prices, reversals, withdrawals

MUTATIONS = (
    *intakes.MUTATIONS,
    *accounts.MUTATIONS,
    *prices.MUTATIONS,
    *deposits.MUTATIONS,
    *reversals.MUTATIONS,
    *withdrawals.MUTATIONS,
    *fees_from_balance.MUTATIONS,
)
