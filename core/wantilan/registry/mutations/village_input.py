"""What the changes of a village and of its hamlets take and answer."""

from __future__ import annotations

from datetime import date

import strawberry

from ...graph.declare import input, payload
from ...graph.scalars import GeoJSONPoint, RegionCode
from ..types import Hamlet, HamletHead, Village


@input
class VillageTermsInput:
    """What a village calls its own parts; what is left out stays."""

    hamlet: str | None = None
    """A hamlet: banjar, dusun, lingkungan."""
    head: str | None = None
    """The head of the village: perbekel, kepala desa, lurah."""
    hamlet_head: str | None = None
    """The head of a hamlet: kelian, kepala dusun."""


@input
class UpdateVillageInput:
    """What is to be changed; what is left out stays. Code, name and kind come from the national list."""

    village_code: RegionCode
    """The village."""
    terms: VillageTermsInput | None = None
    """What it calls its own parts."""
    place: GeoJSONPoint | None = strawberry.UNSET
    """Where it lies; null takes it away."""
    time_zone: str | None = None
    """The zone of its business dates: `Asia/Jakarta`, `Asia/Pontianak`, `Asia/Makassar` or `Asia/Jayapura`.
    Days that were written before stay as they are.
    """


@payload
class UpdateVillagePayload:
    """The village as it is now."""

    village: Village
    """The village."""


@input
class AddHamletInput:
    """A hamlet that the village has too."""

    village_code: RegionCode
    """The village."""
    name: str
    """Its name, unique in the village."""


@payload
class AddHamletPayload:
    """What was added."""

    hamlet: Hamlet | None
    """The hamlet."""
    village: Village
    """The village, for reading its hamlets again."""


@input
class RenameHamletInput:
    """How a hamlet is called from now on."""

    hamlet_id: strawberry.ID
    """The hamlet."""
    name: str
    """Its name, unique in the village."""


@payload
class RenameHamletPayload:
    """What was renamed."""

    hamlet: Hamlet | None
    """The hamlet."""


@input
class RemoveHamletInput:
    """A hamlet that was added by mistake."""

    hamlet_id: strawberry.ID
    """The hamlet."""


@payload
class RemoveHamletPayload:
    """What is left."""

    village: Village
    """The village, for reading its hamlets again."""


@input
class AppointHamletHeadInput:
    """Who heads a hamlet, from one day on."""

    hamlet_id: strawberry.ID
    """The hamlet."""
    resident_id: strawberry.ID
    """Who: somebody who lives in the village on that day, and still does."""
    since: date | None = None
    """The first day; today, if left out."""


@payload
class AppointHamletHeadPayload:
    """Who heads it now."""

    head: HamletHead | None
    """The new term."""
    hamlet: Hamlet | None
    """The hamlet."""


@input
class EndHamletHeadInput:
    """A term that ends, and nobody follows yet."""

    hamlet_id: strawberry.ID
    """The hamlet."""
    until: date | None = None
    """The last day; today, if left out."""


@payload
class EndHamletHeadPayload:
    """What ended."""

    head: HamletHead | None
    """The term."""
    hamlet: Hamlet | None
    """The hamlet."""
