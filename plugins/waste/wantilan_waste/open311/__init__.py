"""Open311 GeoReport v2 over the complaints of a village: what other systems read, and how they report."""

from .endpoints import ENDPOINTS

__all__ = ["ENDPOINTS"]
