"""Rules of subscriptions: pure functions."""

from __future__ import annotations

import enum

from ..models.words import WasteSubscriptionState as State


class WasteSubscriptionAction(enum.Enum):
    """What is to happen to a subscription."""

    SUSPEND = "tangguhkan"
    """It rests from a day on."""
    RESUME = "lanjutkan"
    """It runs again from a day on."""
    END = "akhiri"
    """It is over after a day."""


NEXT = {
    (State.ACTIVE, WasteSubscriptionAction.SUSPEND): State.SUSPENDED,
    (State.SUSPENDED, WasteSubscriptionAction.RESUME): State.ACTIVE,
    (State.PENDING, WasteSubscriptionAction.END): State.ENDED,
    (State.ACTIVE, WasteSubscriptionAction.END): State.ENDED,
    (State.SUSPENDED, WasteSubscriptionAction.END): State.ENDED,
}
"""The state after an action; whatever is not here is refused. One that is pending and ends never began."""
