"""The one way from the register to the public: what of a camera everybody may know, and nothing else."""

from __future__ import annotations

from .models import Camera, PublicCamera
from .places import Place


def public_view(camera: Camera) -> PublicCamera:
    """Rounded place, purpose, operator, contact and sign. Raises ValueError for one that is not published."""
    if not camera.published or camera.contact is None or camera.sign_text is None:
        raise ValueError("Only a published camera with contact and sign has a public view.")
    seen = Place(camera.longitude, camera.latitude).rounded
    return PublicCamera(
        village_id=camera.village_id,
        id=camera.id,
        purpose=camera.purpose,
        longitude=seen.longitude,
        latitude=seen.latitude,
        operator=camera.operator,
        contact=camera.contact,
        sign_text=camera.sign_text,
    )
