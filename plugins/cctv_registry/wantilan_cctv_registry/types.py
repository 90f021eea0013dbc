"""What the camera register shows: to officers all of it, to everybody what was published."""

from __future__ import annotations

from datetime import date, datetime

from wantilan import (
    Connection,
    GeoJSONPoint,
    Region,
    Village,
    aggregate,
    connection,
    count,
    door,
    entity,
    everyone,
    one,
    point,
    summary,
    within,
)

from .models import Camera, CctvCameraKind, CctvCameraState, CctvPurpose, CctvSetting, PublicCamera
from .permissions import READ


@entity(PublicCamera, read=[everyone()], filter=[PublicCamera.purpose])
class CctvPublicCamera:
    """A camera as the village has published it. It tells nothing of state, make and exact place."""

    place: GeoJSONPoint = point(PublicCamera.longitude, PublicCamera.latitude)
    """Where it hangs, rounded to four decimals: about eleven metres."""
    purpose: CctvPurpose
    """What it is there for."""
    operator: str
    """The organisation to which the images belong."""
    contact: str
    """Whom to ask, or to complain to."""
    sign_text: str
    """What the sign beside it says."""
    village: Village = one()
    """The village it hangs in."""


@entity(
    Camera,
    read=[within(READ)],
    order=[Camera.code, Camera.registered_at],
    filter=[Camera.code, Camera.state, Camera.purpose, Camera.published, Camera.sign_checked_on],
)
class CctvCamera:
    """A camera as the village's officers know it."""

    code: str
    """Its short code, unique in the village."""
    name: str
    """Where it hangs, in words."""
    kind: CctvCameraKind
    """How it looks around."""
    purpose: CctvPurpose
    """What it is mainly there for."""
    setting: CctvSetting
    """What kind of space it sees."""
    state: CctvCameraState
    """Where it stands between proposal and retirement."""
    place: GeoJSONPoint = point(Camera.longitude, Camera.latitude)
    """Its exact place."""
    bearing_deg: int | None
    """The direction it looks in, in degrees from north, clockwise; null for DOME and PTZ."""
    model: str | None
    """Make and model."""
    operator: str
    """The organisation to which the images belong."""
    contact: str | None
    """Whom to ask, or to complain to."""
    sign_text: str | None
    """What the sign beside it says."""
    sign_checked_on: date | None
    """The day on which somebody last saw the sign there."""
    legal_basis: str | None
    """The basis in law; ANPR is not registered without one."""
    published: bool
    """Whether everybody may see the rounded place, purpose, operator, contact and sign."""
    registered_at: datetime
    """When it came into the register."""
    public_camera: CctvPublicCamera | None = one()
    """What everybody sees of it; null while it is not published."""
    village: Village = one()
    """The village it belongs to."""


@summary(PublicCamera, read=[everyone()])
class CctvPublicCount:
    """How many cameras are published for one purpose."""

    purpose: CctvPurpose
    """The purpose."""
    cameras: int = count()
    """How many."""


@door(Village)
class VillageCctv:
    """Cameras in this village."""

    cameras: Connection[CctvCamera] | None = connection()
    """The register: every camera with all that is known of it."""
    public_cameras: Connection[CctvPublicCamera] = connection()
    """What the village has published of its cameras."""


@door(Region)
class RegionCctv:
    """What the villages of this region that enabled the program have published of their cameras."""

    public_cameras: Connection[CctvPublicCamera] = connection()
    """The published cameras."""
    public_by_purpose: list[CctvPublicCount] = aggregate()
    """How many cameras they have published for each purpose. Unpublished ones are not counted."""


TYPES = (CctvPublicCamera, CctvCamera, CctvPublicCount, VillageCctv, RegionCctv)
