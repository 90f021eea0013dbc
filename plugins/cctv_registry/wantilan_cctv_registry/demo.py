"""Eight cameras for `make demo`. They are invented: where the real ones hang is not publicly known."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from wantilan import Unit, VillageFacts

from .models import Camera, CctvCameraKind, CctvCameraState, CctvPurpose, CctvSetting
from .places import Place
from .publishing import public_view
from .rules import WORKING

BENGKEL = Place(115.09, -8.56)
"""About where Bengkel lies; for a village of which the registry knows no place."""

FIXED, DOME, PTZ = CctvCameraKind.FIXED, CctvCameraKind.DOME, CctvCameraKind.PTZ
SAFETY, FLOOD, TRAFFIC = CctvPurpose.KEAMANAN, CctvPurpose.PENCEGAHAN_BENCANA, CctvPurpose.LALU_LINTAS
PUBLIC, OUTDOOR, INDOOR = CctvSetting.PUBLIC, CctvSetting.OUTDOOR, CctvSetting.INDOOR
ACTIVE, FAULT, PROPOSED = CctvCameraState.ACTIVE, CctvCameraState.FAULT, CctvCameraState.PROPOSED


class Invented(NamedTuple):
    """One camera; `east` and `north` are metres from the middle of the village."""

    name: str
    kind: CctvCameraKind
    bearing_deg: int | None
    purpose: CctvPurpose
    setting: CctvSetting
    state: CctvCameraState
    east: int
    north: int


CAMERAS = (
    Invented("Simpang kantor perbekel", FIXED, 10, TRAFFIC, PUBLIC, ACTIVE, 20, 35),
    Invented("Halaman kantor perbekel", DOME, None, SAFETY, OUTDOOR, ACTIVE, -45, 5),
    Invented("Ruang pelayanan", DOME, None, SAFETY, INDOOR, ACTIVE, -80, 25),
    Invented("Lapangan desa", PTZ, None, SAFETY, PUBLIC, ACTIVE, 180, -140),
    Invented("Gerbang TPS3R", FIXED, 275, SAFETY, OUTDOOR, ACTIVE, -420, -310),
    Invented("Jembatan utara", FIXED, 180, FLOOD, PUBLIC, FAULT, 60, 720),
    Invented("Simpang selatan", FIXED, 95, TRAFFIC, PUBLIC, ACTIVE, -30, -680),
    Invented("Pintu air subak", FIXED, 320, FLOOD, PUBLIC, PROPOSED, 510, 240),
)

METRES_PER_DEGREE = 110_000


async def demo(village: VillageFacts, unit: Unit) -> None:
    """Write the invented cameras around the middle of the village, once."""
    if await unit.exists(Camera):
        return
    row = await unit.own_village()
    middle = Place(row.longitude, row.latitude) if row.longitude and row.latitude else BENGKEL
    for number, invented in enumerate(CAMERAS, start=1):
        camera = _camera(number, invented, middle, village, unit)
        await unit.add(camera)
        if camera.published:
            await unit.add(public_view(camera))


def _camera(number: int, it: Invented, middle: Place, village: VillageFacts, unit: Unit) -> Camera:
    signed = it.state in WORKING
    return Camera(
        code=f"CAM-{number:02d}",
        name=it.name,
        kind=it.kind,
        purpose=it.purpose,
        setting=it.setting,
        state=it.state,
        longitude=round(middle.longitude + it.east / METRES_PER_DEGREE, 6),
        latitude=round(middle.latitude + it.north / METRES_PER_DEGREE, 6),
        bearing_deg=it.bearing_deg,
        model="Contoh 4 MP",
        operator=f"Pemerintah Desa {village.name}",
        contact=f"Kantor Desa {village.name}, loket pelayanan" if signed else None,
        sign_text="Kawasan ini diawasi kamera CCTV." if signed else None,
        sign_checked_on=unit.today - timedelta(days=7 * number) if signed else None,
        published=signed and it.setting is not INDOOR,
        registered_at=unit.now,
    )
