"""Service points and what was asked at them, as clients see it."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from wantilan import (
    Connection,
    GeoJSONPoint,
    Hamlet,
    Household,
    Village,
    by,
    column,
    connection,
    count,
    entity,
    one,
    own_household,
    point,
    summary,
    within,
)

from ..models import (
    ServicePoint,
    SourceSurvey,
    Subscription,
    WasteOrganicHandling,
    WastePointStatus,
    WasteSourceClass,
    WasteSubscriptionState,
)
from ..permissions import FIGURES, PAYMENT_RECORD, POINT_MANAGE, POINT_READ, RUN_READ
from .fees import WasteInvoice, WasteSubscription

LABEL = by(ServicePoint.label, key=ServicePoint.label_key)


@entity(
    ServicePoint,
    read=[
        within(POINT_READ),
        within(RUN_READ),
        within(PAYMENT_RECORD),
        own_household(ServicePoint.household_id),
    ],
    order=[LABEL],
    filter=[
        LABEL,
        ServicePoint.hamlet_id,
        ServicePoint.status,
        ServicePoint.source_class,
        ServicePoint.organic_handling,
    ],
)
class WasteServicePoint:
    """A household or a business whose waste is fetched."""

    label: str
    """What collectors call it."""
    code: str | None = column(ServicePoint.code, needs=POINT_MANAGE)
    """What its QR says; rotating it makes the old one worthless."""
    code_since: datetime | None = column(ServicePoint.code_since, needs=POINT_MANAGE)
    """Since when it has this code."""
    household: Household | None = one()
    """Whose it is; null for a business, and for those who may not see the household."""
    business_name: str | None
    """The name of the business; null for a household."""
    hamlet: Hamlet | None = one()
    """The hamlet in which it lies."""
    hamlet_id: strawberry.ID = column(ServicePoint.hamlet_id)
    """The id of that hamlet."""
    source_class: WasteSourceClass
    """What kind of place it is."""
    people: int | None
    """How many people make waste there, if that is known."""
    place: GeoJSONPoint | None = point(ServicePoint.longitude, ServicePoint.latitude)
    """Where it is."""
    instructions: str | None
    """What the collector has to know: behind the gate, beware of the dog."""
    organic_handling: WasteOrganicHandling
    """What is done there with organic waste, as the last survey found."""
    status: WastePointStatus
    """Whether it is served."""
    opened_on: date
    """Its first day."""
    closed_on: date | None
    """Its last day; null while it is not closed."""
    subscription: WasteSubscription | None = one(only=Subscription.state != WasteSubscriptionState.ENDED)
    """The subscription that has not ended."""
    subscriptions: Connection[WasteSubscription] | None = connection()
    """All that it has had."""
    invoices: Connection[WasteInvoice] | None = connection()
    """What was invoiced for it."""
    surveys: Connection[WasteSourceSurvey] | None = connection()
    """What was asked and seen there."""
    village: Village = one()
    """The village it belongs to."""


@entity(
    SourceSurvey,
    read=[within(POINT_READ), own_household(SourceSurvey.household_id)],
    order=[SourceSurvey.day],
    filter=[SourceSurvey.day],
)
class WasteSourceSurvey:
    """What was asked and seen at a service point on a day."""

    day: date
    """The day."""
    is_sorting: bool
    """Whether waste is sorted there."""
    organic_handling: WasteOrganicHandling
    """What is done there with organic waste."""
    single_use_plastic: bool | None
    """Whether single-use plastic was seen; null where nobody looked."""
    point: WasteServicePoint | None = one()
    """Where."""


@summary(ServicePoint, read=[within(POINT_READ), within(FIGURES)])
class WastePointCount:
    """How many service points are alike."""

    status: WastePointStatus
    """Whether they are served."""
    source_class: WasteSourceClass
    """What kind of places they are."""
    organic_handling: WasteOrganicHandling
    """What is done there with organic waste."""
    points: int = count()
    """How many."""


TYPES = (WasteServicePoint, WasteSourceSurvey, WastePointCount)
