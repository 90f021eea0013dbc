"""What is given to the mutations of withdrawals, and what they answer."""

from __future__ import annotations

import strawberry

from wantilan import Rupiah, input, payload

from ..models import WasteWithdrawalMethod
from ..types.bank import WasteAccount, WasteWithdrawal


@input
class WasteRequestWithdrawalInput:
    """How much, and from which account."""

    account_id: strawberry.ID
    """The account: one's own, the household's, or any for the teller."""
    amount: Rupiah
    """How much; at most the free balance."""
    method: WasteWithdrawalMethod = WasteWithdrawalMethod.CASH
    """How it is to be paid out."""


@input
class WasteApproveWithdrawalInput:
    """Which withdrawal."""

    withdrawal_id: strawberry.ID
    """The withdrawal."""


@input
class WasteRejectWithdrawalInput:
    """Which withdrawal, and why."""

    withdrawal_id: strawberry.ID
    """The withdrawal."""
    reason: str
    """Why, 1 to 500 characters; the saver reads it. Not the name of a person."""


@input
class WasteCancelWithdrawalInput:
    """Which withdrawal."""

    withdrawal_id: strawberry.ID
    """The withdrawal."""


@input
class WastePayWithdrawalInput:
    """Which withdrawal."""

    withdrawal_id: strawberry.ID
    """The withdrawal."""


@payload
class WasteRequestWithdrawalPayload:
    """The new withdrawal."""

    withdrawal: WasteWithdrawal | None
    """The withdrawal; null for those who may serve accounts but not read them."""
    account: WasteAccount | None
    """The account; null for those who may serve accounts but not read them."""


@payload
class WasteApproveWithdrawalPayload:
    """The approved withdrawal."""

    withdrawal: WasteWithdrawal | None
    """The withdrawal; null for those who may approve but not read accounts."""
    account: WasteAccount | None
    """The account, for reading what is reserved; null for those who may approve but not read accounts."""


@payload
class WasteRejectWithdrawalPayload:
    """The rejected withdrawal."""

    withdrawal: WasteWithdrawal | None
    """The withdrawal; null for those who may approve but not read accounts."""
    account: WasteAccount | None
    """The account, for reading what is free again; null for those who may approve but not read accounts."""


@payload
class WasteCancelWithdrawalPayload:
    """The cancelled withdrawal."""

    withdrawal: WasteWithdrawal | None
    """The withdrawal; null for those who may serve accounts but not read them."""
    account: WasteAccount | None
    """The account, for reading what is free again; null for those who may not read accounts."""


@payload
class WastePayWithdrawalPayload:
    """The paid withdrawal."""

    withdrawal: WasteWithdrawal | None
    """The withdrawal; null for those who may serve accounts but not read them."""
    account: WasteAccount | None
    """The account, for reading its balance again; null for those who may not read accounts."""
