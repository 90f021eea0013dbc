"""Root fields of the camera register."""

from __future__ import annotations

from wantilan import Connection, connection, root

from .types import CctvPublicCamera


@root
class CctvQueries:
    """What hangs on no village."""

    cctv_public_cameras: Connection[CctvPublicCamera] = connection()
    """The published cameras of all villages that have the program switched on."""


TYPES = (CctvQueries,)
