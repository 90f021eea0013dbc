"""What is refused before the engine sees it: the messages, their JSON, how a failure stands in the log."""

from __future__ import annotations

import json
import traceback

from ...errors import Language, Refusal, Text, WantilanError
from .protocol import Header

METHOD = Text(
    "Metode ini tidak dilayani di sini: pakai POST, atau GET untuk kueri.",
    "This method is not served here: use POST, or GET for queries.",
)
ACCEPT = Text(
    "Accept harus mengizinkan application/graphql-response+json, application/json atau text/event-stream.",
    "Accept must allow application/graphql-response+json, application/json or text/event-stream.",
)
MEDIA = Text(
    "Content-Type harus application/json, charset utf-8, tanpa Content-Encoding.",
    "Content-Type must be application/json, charset utf-8, without Content-Encoding.",
)
PLAIN = Text("Kirim tanpa Content-Encoding.", "Send it without Content-Encoding.")
CSRF = Text(
    "GET tanpa token perlu header graphql-require-preflight: halaman asing tidak dapat mengirimnya.",
    "GET without a token needs the header graphql-require-preflight: a foreign page cannot send it.",
)
TOKEN = Text(
    "Header Authorization harus berbentuk: Bearer <token>.",
    "The header Authorization must read: Bearer <token>.",
)
KEY = Text(
    "Kunci idempotensi harus 1 sampai 255 karakter ASCII tanpa spasi.",
    "The idempotency key must be 1 to 255 ASCII characters without spaces.",
)
BODY = Text(
    "Badan permintaan harus satu objek JSON yang sah, dalam UTF-8, tanpa nama ganda dan tanpa NaN.",
    "The body must be one valid JSON object, in UTF-8, without a name twice and without NaN.",
)
BATCH = Text(
    "Satu permintaan membawa satu operasi: larik tidak diterima, kirim satu objek.",
    "One request carries one operation: an array is not accepted, send one object.",
)
ADDRESS = Text(
    "Parameter alamat harus UTF-8 dan masing-masing paling banyak satu kali.",
    "The parameters of the address must be UTF-8 and each stand there at most once.",
)
VALUES = Text(
    "variables dan extensions tidak boleh memuat NUL, bilangan tak hingga, atau lebih dari 50 tingkat.",
    "variables and extensions must not hold NUL, an infinite number, or more than 50 levels.",
)


class Refused(Exception):
    """A request that is refused before the engine sees it; `status` is told whatever the client accepts."""

    def __init__(self, status: int, refusal: Refusal, *headers: Header) -> None:
        self.status = status
        self.refusal = refusal
        self.headers = headers
        super().__init__(refusal.code)


def refusal_body(refusal: Refusal, language: Language, request_id: str) -> bytes:
    """The JSON of a refusal: one error with code and request id, no `data`."""
    extensions = {"code": refusal.code, "requestId": request_id, **refusal.detail(language)}
    error = {"message": refusal.text.in_(language), "extensions": extensions}
    return json.dumps({"errors": [error]}, ensure_ascii=False, separators=(",", ":")).encode()


def without_values(error: BaseException) -> str:
    """An exception for the log: its class and the places it came through, then its causes.

    Its message only if we wrote it: those of drivers and libraries hold SQL parameters, names and numbers.
    """
    told: list[str] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        said = f": {cause}" if isinstance(cause, WantilanError) else ""
        places = traceback.format_list(traceback.extract_tb(cause.__traceback__, limit=-30))
        told.append(f"{type(cause).__qualname__}{said}\n{''.join(places)}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "caused by ".join(told)
