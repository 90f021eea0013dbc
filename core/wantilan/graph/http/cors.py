"""Which pages of other origins may call: the headers that say so, the same at every address."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...errors import ConfigurationError
from .protocol import Header

_VARY: Header = (b"vary", b"Origin")
_EXPOSED: Header = (b"access-control-expose-headers", b"retry-after, x-request-id, x-wantilan-unplanned")
_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?")


class Cors:
    """Credentials are never allowed: tokens are bearer tokens. With no origin no foreign page may call.

    Raises ConfigurationError for an origin that is none.
    """

    def __init__(self, origins: Sequence[str], *, methods: bytes, headers: bytes) -> None:
        if not all(_ORIGIN.fullmatch(origin) for origin in origins):
            raise ConfigurationError(
                "Setting WANTILAN_CORS_ORIGINS: an origin is scheme, host and port, for example "
                '["https://desa.example", "http://localhost:5173"]; no path, no slash at the end, no *.'
            )
        self._origins = frozenset(origin.encode("ascii") for origin in origins)
        self._allowed: tuple[Header, ...] = (
            (b"access-control-allow-methods", methods),
            (b"access-control-allow-headers", headers),
            (b"access-control-max-age", b"600"),
        )

    def headers(self, origin: bytes | None) -> tuple[Header, ...]:
        """For an answer."""
        if not self._origins:
            return ()
        if origin is None or origin not in self._origins:
            return (_VARY,)
        return (_VARY, (b"access-control-allow-origin", origin), _EXPOSED)

    def preflight(self, origin: bytes | None) -> tuple[Header, ...]:
        """For the answer to OPTIONS."""
        return (*self.headers(origin), *(self._allowed if origin in self._origins else ()))
