"""The error tree. Each class below `Refusal` is one code of the API; the list is closed.

    WantilanError
    ├── DeclarationError          a program is declared wrongly: found while the schema is built
    ├── ConfigurationError        a setting, a key or a database is missing or wrong: stops the command
    └── Refusal                   an operation is refused: reaches the client as an error with its code
        ├── ParseFailed           GRAPHQL_PARSE_FAILED: the document is not GraphQL
        ├── ValidationFailed      GRAPHQL_VALIDATION_FAILED: the document does not fit the schema
        ├── BadUserInput          BAD_USER_INPUT: a value is missing, unknown, or breaks a rule
        ├── PersistedQueryNotFound PERSISTED_QUERY_NOT_FOUND: the hash is not known here
        ├── Unauthenticated       UNAUTHENTICATED: the token is unknown, expired or revoked
        ├── Forbidden             FORBIDDEN: the actor lacks the permission
        ├── NotFound              NOT_FOUND: the target of a mutation is not there, or not the actor's
        ├── ProgramNotEnabled     PROGRAM_NOT_ENABLED: the village has not enabled the program
        ├── Conflict              CONFLICT: somebody else was first, or something depends on it
        ├── InvalidTransition     INVALID_TRANSITION: a state machine does not allow this step
        ├── RuleViolated          RULE_VIOLATED: a rule of the domain forbids it (`rule` names it)
        ├── IdempotencyConflict   IDEMPOTENCY_CONFLICT: the key was used for another input
        ├── LimitExceeded         LIMIT_EXCEEDED: a limit of the deployment (`limit`, `allowed`)
        ├── RateLimited           RATE_LIMITED: too many requests in this minute
        ├── Unavailable           UNAVAILABLE: the outcome is unknown; retry with the same key
        └── InternalError         INTERNAL_SERVER_ERROR: our fault; the request id finds it in the log

No message repeats a value that the client sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, NamedTuple

Language = Literal["id", "en"]


class Text(NamedTuple):
    """A message in the two languages of the API."""

    id: str
    en: str

    def in_(self, language: Language) -> str:
        return self.id if language == "id" else self.en


class WantilanError(Exception):
    """Everything that Wantilan raises on purpose."""


class DeclarationError(WantilanError):
    """A program is declared wrongly. The message names the program, the class and the cure."""

    def __init__(self, message: str, *, program: str | None = None) -> None:
        self.program = program
        super().__init__(f"Declaration error in program {program!r}: {message}" if program else message)


class ConfigurationError(WantilanError):
    """A setting, a key or a database is missing or wrong. The message says which and what to do."""


class Refusal(WantilanError):
    """An operation is refused. Raise one of the classes below; a program may add a code under its prefix.

    `path` is the response path when it is known at the place that raises.
    """

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"

    def __init__(
        self,
        text: Text,
        *,
        path: Sequence[str | int] | None = None,
        extensions: Mapping[str, object] | None = None,
    ) -> None:
        self.text = text
        self.path = list(path) if path is not None else None
        self.extensions = dict(extensions or {})
        super().__init__(text.en)

    def detail(self, language: Language) -> dict[str, object]:
        """What stands in `extensions` beside the code."""
        return self.extensions


class ParseFailed(Refusal):
    code = "GRAPHQL_PARSE_FAILED"


class ValidationFailed(Refusal):
    code = "GRAPHQL_VALIDATION_FAILED"


class FieldFault(NamedTuple):
    """One faulty field of an input. `path` leads from the operation's arguments: `("input", "nik")`."""

    path: tuple[str | int, ...]
    code: str
    text: Text


class BadUserInput(Refusal):
    """Carries every faulty field at once."""

    code = "BAD_USER_INPUT"

    def __init__(
        self,
        text: Text | None = None,
        *,
        fields: Sequence[FieldFault] = (),
        path: Sequence[str | int] | None = None,
    ) -> None:
        self.fields = tuple(fields)
        super().__init__(text or Text("Masukan tidak sah.", "The input is not valid."), path=path)

    def detail(self, language: Language) -> dict[str, object]:
        if not self.fields:
            return {}
        faults = [
            {"path": list(f.path), "code": f.code, "message": f.text.in_(language)} for f in self.fields
        ]
        return {"fields": faults}


class PersistedQueryNotFound(Refusal):
    code = "PERSISTED_QUERY_NOT_FOUND"


class Unauthenticated(Refusal):
    code = "UNAUTHENTICATED"


class Forbidden(Refusal):
    code = "FORBIDDEN"

    def __init__(self, permission: str, *, path: Sequence[str | int] | None = None) -> None:
        self.permission = permission
        super().__init__(
            Text(f"Tidak diizinkan: perlu {permission}.", f"Not permitted: needs {permission}."),
            path=path,
            extensions={"permission": permission},
        )


class NotFound(Refusal):
    code = "NOT_FOUND"

    def __init__(self, *, path: Sequence[str | int] | None = None) -> None:
        super().__init__(
            Text("Tidak ditemukan, atau bukan wewenang Anda.", "Not found, or not yours to change."),
            path=path,
        )


class ProgramNotEnabled(Refusal):
    code = "PROGRAM_NOT_ENABLED"

    def __init__(
        self, program: str, villages: Sequence[str], *, path: Sequence[str | int] | None = None
    ) -> None:
        where = ", ".join(villages)
        super().__init__(
            Text(
                f"Program {program} belum diaktifkan di {where}.",
                f"The program {program} is not enabled in {where}.",
            ),
            path=path,
            extensions={"program": program, "villages": list(villages)},
        )


class Conflict(Refusal):
    code = "CONFLICT"


class InvalidTransition(Refusal):
    code = "INVALID_TRANSITION"


class RuleViolated(Refusal):
    code = "RULE_VIOLATED"

    def __init__(self, rule: str, text: Text, *, path: Sequence[str | int] | None = None) -> None:
        super().__init__(text, path=path, extensions={"rule": rule})


class IdempotencyConflict(Refusal):
    code = "IDEMPOTENCY_CONFLICT"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "Kunci idempotensi ini sudah dipakai untuk masukan lain.",
                "This idempotency key was used for another input.",
            )
        )


class LimitExceeded(Refusal):
    code = "LIMIT_EXCEEDED"

    def __init__(self, limit: str, allowed: int | float, *, path: Sequence[str | int] | None = None) -> None:
        super().__init__(
            Text(
                f"Melewati batas {limit}: paling banyak {allowed}.",
                f"Over the limit {limit}: at most {allowed}.",
            ),
            path=path,
            extensions={"limit": limit, "allowed": allowed},
        )


class RateLimited(Refusal):
    code = "RATE_LIMITED"

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            Text("Terlalu banyak permintaan; coba lagi nanti.", "Too many requests; try again later."),
            extensions={"retryAfter": retry_after},
        )


class Unavailable(Refusal):
    code = "UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "Hasilnya belum diketahui; ulangi dengan kunci idempotensi yang sama.",
                "The outcome is unknown; retry with the same idempotency key.",
            )
        )


class InternalError(Refusal):
    code = "INTERNAL_SERVER_ERROR"

    def __init__(self) -> None:
        super().__init__(Text("Kesalahan di pihak kami.", "Something went wrong on our side."))


class Refusals(WantilanError):
    """Several refusals of one operation, found together: what is wrong with a document is said at once."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(str(r) for r in refusals))
