"""GraphiQL from our own files: a page and three files beside it, no remote host, works without internet."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from secrets import token_urlsafe

from ..graph.http.protocol import Header

_CONTENT_TYPES: Mapping[str, bytes] = {
    "graphiql.js": b"text/javascript; charset=utf-8",
    "graphiql.css": b"text/css; charset=utf-8",
    "LICENSES.txt": b"text/plain; charset=utf-8",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wantilan</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{base}/graphiql.css">
<script src="{base}/graphiql.js" nonce="{nonce}" defer></script>
</head>
<body><div id="graphiql">Wantilan</div></body>
</html>
"""


@dataclass(frozen=True)
class StaticFile:
    """One file as it is served; the packed form is made when it is first asked for."""

    content_type: bytes
    content: bytes

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.content, 6, mtime=0)


class GraphiQL:
    """The page and its files, read once. Addresses hold a digest of the files, so browsers may keep them."""

    def __init__(self) -> None:
        folder = files(__package__) / "static"
        contents = {name: (folder / name).read_bytes() for name in _CONTENT_TYPES}
        digest = hashlib.sha256(b"".join(contents.values())).hexdigest()[:16]
        self.base = f"graphiql/{digest}"
        self._files = {
            f"/{self.base}/{name}": StaticFile(_CONTENT_TYPES[name], content)
            for name, content in contents.items()
        }

    def file(self, path: str) -> StaticFile | None:
        """The file at this path. Paths are looked up, never opened: there is nothing to climb out of."""
        return self._files.get(path)

    def page(self) -> tuple[bytes, tuple[Header, ...]]:
        """The page and its headers. Its addresses are relative, so that it works below any root path."""
        nonce = token_urlsafe(16)
        return _PAGE.format(base=self.base, nonce=nonce).encode(), (
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", _policy(nonce).encode()),
            (b"referrer-policy", b"no-referrer"),
            (b"x-frame-options", b"DENY"),
        )


def _policy(nonce: str) -> str:
    """Only our own files, only our own API; no frames, no forms, no page around us."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
        "connect-src 'self'; img-src 'self' data:; font-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
