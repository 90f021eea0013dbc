"""Places of cameras: how far apart, how near a box reaches, and how coarsely the public sees them."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_METRES = 6_371_008.8
"""The mean radius of the earth."""
DEGREE_METRES = 111_195
"""One degree of latitude, on the sphere of that radius."""
PUBLIC_DECIMALS = 4
"""About eleven metres: which corner, not which wall."""


class Place(NamedTuple):
    """A place in WGS84, in degrees."""

    longitude: float
    latitude: float

    @property
    def rounded(self) -> Place:
        """What the public may know of it."""
        return Place(round(self.longitude, PUBLIC_DECIMALS), round(self.latitude, PUBLIC_DECIMALS))


class Box(NamedTuple):
    """West, south, east and north, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, place: Place) -> bool:
        return self.west <= place.longitude <= self.east and self.south <= place.latitude <= self.north


COUNTRY = Box(94.0, -12.0, 142.0, 7.0)
"""Indonesia with its waters, generously: a place outside of it is a slip of the keyboard."""


def metres_between(a: Place, b: Place) -> float:
    """The way along the surface (haversine)."""
    north, east = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    chord = sin(north / 2) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(chord)))


def box_around(place: Place, metres: float) -> Box:
    """A box that holds every place within so many metres; for places of the country, far from the poles."""
    up = metres / DEGREE_METRES * 1.001
    wide = up / cos(radians(abs(place.latitude) + up))
    return Box(place.longitude - wide, place.latitude - up, place.longitude + wide, place.latitude + up)
