"""Changes of the camera register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from wantilan import (
    FieldFault,
    GeoJSONPoint,
    Info,
    Judge,
    Notice,
    RegionCode,
    Text,
    Unit,
    Village,
    input,
    mutation,
    payload,
    ref,
)

from . import rules
from .models import Camera, CctvCameraKind, CctvCameraState, CctvPurpose, CctvSetting
from .permissions import REGISTER
from .places import Place, box_around, metres_between
from .publishing import public_view
from .settings import CctvSettings
from .types import CctvCamera


@input
class CctvRegisterCameraInput:
    """One camera. Texts lose their line breaks and double spaces."""

    village_code: RegionCode
    """The village."""
    code: str
    """A short code, unique in the village, at most 20 characters."""
    name: str
    """Where it hangs, in words, at most 100 characters. It is not published."""
    kind: CctvCameraKind
    """How it looks around."""
    purpose: CctvPurpose
    """What it is mainly there for."""
    setting: CctvSetting
    """What kind of space it sees."""
    place: GeoJSONPoint
    """Its exact place; published is a rounded one."""
    operator: str
    """The organisation to which the images belong, at most 120 characters."""
    state: CctvCameraState = CctvCameraState.PROPOSED
    """PROPOSED for one that is wished for; ACTIVE, FAULT or SUSPENDED for one that stands already."""
    bearing_deg: int | None = None
    """The direction of FIXED and ANPR in degrees from north, clockwise, 0 to 359; none for DOME and PTZ."""
    model: str | None = None
    """Make and model, at most 100 characters. It is not published."""
    contact: str | None = None
    """Whom to ask, at most 120 characters; for ACTIVE, FAULT and published cameras required."""
    sign_text: str | None = None
    """What the sign says, at most 300 characters; for ACTIVE, FAULT and published cameras required."""
    sign_checked_on: date | None = None
    """The day on which the sign was last seen; for ACTIVE, FAULT and published cameras required."""
    legal_basis: str | None = None
    """The basis in law, at most 200 characters; for ANPR required."""
    published: bool = False
    """Whether everybody may see rounded place, purpose, operator, contact and sign; never for INDOOR."""


@payload
class CctvRegisterCameraPayload:
    """What the registration changed."""

    camera: CctvCamera | None
    """The camera, with what everybody sees of it; null for those who may register but not read."""
    village: Village
    """The village, for reading its list again."""
    warnings: list[Notice]
    """What should be looked at again: another camera close by, a place far from the village."""


@mutation(needs=REGISTER)
async def cctv_register_camera(info: Info, input: CctvRegisterCameraInput) -> CctvRegisterCameraPayload:
    """Register one camera; if it is to be published, its public view is written in the same transaction."""
    judge = Judge(input)
    texts = {field: rules.cleaned(getattr(input, field)) for field in rules.LONGEST}
    place = Place(*input.place["coordinates"]) if judge.good("place") else None
    for fault in _faults(input, texts, place):
        judge.refuse(*fault)
    if not judge.good("village_code"):
        judge.check()
    async with info.context.write(input.village_code) as unit:
        if input.sign_checked_on is not None and judge.good("sign_checked_on"):
            for fault in rules.checked_faults(input.sign_checked_on, unit.today):
                judge.refuse(*fault)
        if judge.good("code") and await unit.exists(Camera, Camera.code == texts["code"]):
            judge.refuse("code", "TAKEN", Text("Kode ini sudah dipakai.", "This code is taken."))
        judge.check()
        assert place is not None, "judged"
        village = await unit.own_village()
        centre = _centre(village.longitude, village.latitude)
        warnings = await _warnings(unit, place, centre, await unit.settings(CctvSettings))
        camera = Camera(
            **texts,
            kind=input.kind,
            purpose=input.purpose,
            setting=input.setting,
            state=input.state,
            longitude=place.longitude,
            latitude=place.latitude,
            bearing_deg=input.bearing_deg,
            sign_checked_on=input.sign_checked_on,
            published=input.published,
            registered_at=unit.now,
            registered_by=unit.actor_id,
        )
        await unit.add(camera)
        if camera.published:
            await unit.add(public_view(camera))
        unit.announce("cctv.camera_registered", camera=camera.id)
    return CctvRegisterCameraPayload(
        camera=ref(CctvCamera, camera), village=ref(Village, village), warnings=warnings
    )


def _faults(
    input: CctvRegisterCameraInput, texts: dict[str, str | None], place: Place | None
) -> Iterator[rules.Fault]:
    """All that can be said without the village."""
    sign = {
        "sign_text": texts["sign_text"],
        "contact": texts["contact"],
        "sign_checked_on": input.sign_checked_on,
    }
    yield from rules.text_faults(texts)
    yield from rules.direction_faults(input.kind, input.bearing_deg)
    yield from rules.legal_faults(input.kind, texts["legal_basis"])
    yield from rules.state_faults(input.state)
    yield from rules.publishing_faults(input.setting, input.state, input.published)
    yield from rules.sign_faults(input.state, input.published, sign)
    if place is not None:
        yield from rules.place_faults(place)


def _centre(longitude: float | None, latitude: float | None) -> Place | None:
    return Place(longitude, latitude) if longitude is not None and latitude is not None else None


async def _warnings(unit: Unit, place: Place, centre: Place | None, settings: CctvSettings) -> list[Notice]:
    """A camera close by may be the same one written down twice; a place far off may be a slip."""
    found: list[Notice] = []
    if await _another_within(unit, place, settings.duplicate_metres):
        text = Text(
            "Ada kamera lain di dekat titik ini; mungkin kamera yang sama.",
            "Another camera stands close to this place; it may be the same one.",
        )
        found.append(Notice.of(FieldFault(("input", "place"), "NEAR_ANOTHER_CAMERA", text)))
    if centre is not None and metres_between(centre, place) > settings.far_metres:
        text = Text("Titik ini jauh dari desa.", "This place is far from the village.")
        found.append(Notice.of(FieldFault(("input", "place"), "FAR_FROM_VILLAGE", text)))
    return found


async def _another_within(unit: Unit, place: Place, metres: int) -> bool:
    """Whether a camera that was not taken down stands within so many metres."""
    box = box_around(place, metres)
    near = await unit.all(
        Camera,
        Camera.latitude.between(box.south, box.north),
        Camera.longitude.between(box.west, box.east),
        Camera.state != CctvCameraState.RETIRED,
    )
    return any(metres_between(place, Place(other.longitude, other.latitude)) <= metres for other in near)


MUTATIONS = (cctv_register_camera,)
