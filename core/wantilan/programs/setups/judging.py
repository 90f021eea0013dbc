"""A set-up was edited by people: it is judged like an input, every fault with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ...errors import BadUserInput, FieldFault, Text
from ..manifest import Program
from ..values import Json
from .taking import MOST_BYTES, Setup

M = TypeVar("M", bound=BaseModel)

Where: TypeAlias = tuple[str | int, ...]
KIND = "wantilan.program.setup"
"""What a file of a set-up says of itself, so that nothing else is taken for one."""


class SetupFile(BaseModel):
    """A set-up as a file of JSON."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["wantilan.program.setup"]
    program: str
    version: str
    village: str
    taken_at: datetime
    settings: dict[str, Any]
    setup: dict[str, Any]


def file_text(setup: Setup, village: str, at: datetime) -> str:
    """The file of a set-up; the same set-up gives the same lines, in the same order."""
    made = {
        "kind": KIND,
        "program": setup.program,
        "version": setup.version,
        "village": village,
        "taken_at": at.isoformat(),
        "settings": setup.settings,
        "setup": setup.setup,
    }
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def read_file(text: str, program: str) -> Setup:
    """A file as `file_text` wrote it. Raises BadUserInput for what is none, or is one of another program."""
    if len(text) > 2 * MOST_BYTES:
        raise _one("TOO_LONG", Text("Terlalu panjang.", "Too long for a set-up."))
    try:
        given = json.loads(text)
        for word in _words(given):
            word.encode()  # half a character raises ValueError
            if "\0" in word:
                raise ValueError
    except (ValueError, RecursionError):
        raise _one("NOT_JSON", Text("Bukan JSON.", "Not JSON of texts.")) from None
    if not isinstance(given, dict) or given.get("kind") != KIND:
        raise _one("NOT_A_SETUP", Text("Bukan penyiapan program.", "Not the set-up of a program."))
    found = read_setup(SetupFile, given)
    if found.program != program:
        fault = Text("Penyiapan program lain.", "The set-up of another program.")
        raise BadUserInput(fields=[FieldFault(("program",), "OTHER_PROGRAM", fault)])
    return Setup(found.program, found.version, found.setup, found.settings)


def _words(value: object) -> Iterator[str]:
    """Every text and key. No database keeps a NUL or half a character."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _words(one)


def read_setup(model: type[M], setup: Mapping[str, Json]) -> M:
    """A set-up as an instance of a pydantic model, for `import_setup`: every fault at once, with its place.

    Raises BadUserInput; no message repeats a value.
    """
    try:
        return model.model_validate(setup)
    except ValidationError as error:
        faults = [_fault(one) for one in error.errors(include_input=False, include_url=False)]
        raise BadUserInput(fields=faults) from None


def located(faults: Sequence[FieldFault], where: Where) -> list[FieldFault]:
    """Faults of a part, by their places in the whole."""
    return [FieldFault((*where, *path), code, text) for path, code, text in faults]


def version_faults(program: Program, version: str, where: Where) -> Iterator[FieldFault]:
    """A set-up of a later version may say what this one does not understand."""
    if _numbers(version) > _numbers(program.version):
        text = Text(
            "Dibuat oleh versi program yang lebih baru dari yang terpasang di sini.",
            "Made by a later version of the program than the one installed here.",
        )
        yield FieldFault((*where, "version"), "LATER_VERSION", text)


def _numbers(version: str) -> tuple[int, ...]:
    """`0.10.2rc1` -> (0, 10, 2): the numbers of a release, without trailing zeros."""
    release = re.match(r"\d+(?:\.\d+)*", version, re.ASCII)
    numbers = [int(part[:9]) for part in release[0].split(".")] if release else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _one(code: str, text: Text) -> BadUserInput:
    return BadUserInput(fields=[FieldFault((), code, text)])


def _fault(error: Any) -> FieldFault:
    kind = str(error["type"])
    text = Text("Nilai ini tidak sah.", f"Not a valid value ({kind.replace('_', ' ')}).")
    return FieldFault(tuple(error["loc"]), kind.upper(), text)
