"""Templates of messages: what a program tells residents in both languages, and how values are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import Language, Text, WantilanError
from ..store.types import Grams, Rupiah

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
BRACE = re.compile(r"[{}]")
MONTHS: Mapping[Language, tuple[str, ...]] = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
MARKS: Mapping[Language, tuple[str, str]] = {"id": (".", ","), "en": (",", ".")}
"""Between thousands, and before what is less than one."""
LONGEST_VALUE = 500


class TemplateMisused(WantilanError, TypeError):
    """A program gives a template what does not fit it. The message names values and never tells them."""


@dataclass(frozen=True)
class MessageTemplate:
    """One thing that residents are told: `MessageTemplate("waste.intake_received", subject=Text(…), body=
    Text("… {mass} …", "… {mass} …"), values={"mass": Grams})`.

    `values` names each value and its type: `str`, `int`, `Grams`, `Rupiah`, `date` or `datetime`. They are
    written as people write them in each language, a `datetime` in the village's time zone.
    """

    name: str
    subject: Text
    body: Text
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def filled(self, given: Mapping[str, object], zone: ZoneInfo) -> tuple[Text, Text]:
        """Subject and body. Raises TemplateMisused for a value that is missing, unknown or of another type,
        and for a template that no program could have declared.
        """
        for fault in template_faults(self):
            raise TemplateMisused(fault)
        _check(self, given)

        def fill(text: str, language: Language) -> str:
            return PLACEHOLDER.sub(lambda found: written(self, given, found[1], language, zone), text)

        subject, body = (Text(fill(text.id, "id"), fill(text.en, "en")) for text in (self.subject, self.body))
        return Text(*(_in_one_line(part) for part in subject)), body


def written(
    template: MessageTemplate, given: Mapping[str, object], name: str, language: Language, zone: ZoneInfo
) -> str:
    return WRITERS[template.values[name]](given[name], language, zone)


def _check(template: MessageTemplate, given: Mapping[str, object]) -> None:
    said = f"Message template {template.name!r}"
    missing, unknown = sorted(template.values.keys() - given), sorted(given.keys() - template.values)
    if missing or unknown:
        parts = [("lacks", missing), ("does not know", unknown)]
        told = " and ".join(f"{verb} {', '.join(names)}" for verb, names in parts if names)
        raise TemplateMisused(
            f"{said} {told}. It takes: {', '.join(sorted(template.values)) or 'no values'}."
        )
    for name, kind in template.values.items():
        if not _is_of(given[name], kind):
            raise TemplateMisused(
                f"{said}: {name} must be a {_called(kind)}, not a {type(given[name]).__name__}."
            )


def _is_of(value: object, kind: Any) -> bool:
    if kind in (int, Grams, Rupiah):
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is datetime:
        return isinstance(value, datetime) and value.tzinfo is not None
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, kind)


def _called(kind: Any) -> str:
    return "datetime with a zone" if kind is datetime else str(kind.__name__)


# How values are written


def _number(value: int, language: Language) -> str:
    return f"{value:,}".replace(",", MARKS[language][0])


def _grams(value: Any, language: Language, zone: ZoneInfo) -> str:
    if abs(value) < 1000:
        return f"{value} g"
    whole, rest = divmod(abs(value), 1000)
    less = f"{MARKS[language][1]}{rest:03}".rstrip("0") if rest else ""
    return f"{'-' if value < 0 else ''}{_number(whole, language)}{less} kg"


def _rupiah(value: Any, language: Language, zone: ZoneInfo) -> str:
    return f"{'-' if value < 0 else ''}Rp{_number(abs(value), language)}"


def _day(value: Any, language: Language, zone: ZoneInfo) -> str:
    return f"{value.day} {MONTHS[language][value.month - 1]} {value.year}"


def _moment(value: Any, language: Language, zone: ZoneInfo) -> str:
    there = value.astimezone(zone)
    hour = f"pukul {there:%H.%M}" if language == "id" else f"at {there:%H:%M}"
    return f"{_day(there, language, zone)} {hour}"


def _text(value: Any, language: Language, zone: ZoneInfo) -> str:
    return " ".join(str(value).split())[:LONGEST_VALUE]


WRITERS: Mapping[Any, Callable[[Any, Language, ZoneInfo], str]] = {
    str: _text,
    int: lambda value, language, zone: _number(value, language),
    Grams: _grams,
    Rupiah: _rupiah,
    date: _day,
    datetime: _moment,
}


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


# What may be wrong with a declaration


def template_faults(template: MessageTemplate) -> Iterator[str]:
    """A sentence or two for each fault, with the cure."""
    said = f"Message template {template.name!r}"
    if not NAME.fullmatch(template.name):
        yield f"{said} must be small letters, digits and underscores, with dots between words."
    for name, kind in template.values.items():
        if kind not in WRITERS:
            known = ", ".join(one.__name__ for one in WRITERS)
            yield f"{said}: the value {name!r} must be one of {known}."
    used: set[str] = set()
    for part in ("subject", "body"):
        text = getattr(template, part)
        if not isinstance(text, Text) or not all(isinstance(one, str) and one.strip() for one in text):
            yield f'{said} must have its {part} in both languages: {part}=Text("…", "…").'
            continue
        for language, one in zip(("Indonesian", "English"), text, strict=True):
            used.update(PLACEHOLDER.findall(one))
            yield from _text_faults(f"{said}, {language} {part}", template, one)
    for name in sorted(template.values.keys() - used):
        yield f"{said} takes {name!r} and says it nowhere. Write {{{name}}}, or leave the value out."


def _text_faults(said: str, template: MessageTemplate, text: str) -> Iterator[str]:
    for name in dict.fromkeys(PLACEHOLDER.findall(text)):
        if name not in template.values:
            yield f"{said} says {{{name}}}, which is no value. Declare it: values={{{name!r}: …}}."
    if BRACE.search(PLACEHOLDER.sub("", text)):
        yield f"{said} has a brace that is no {{value}}. Write a value's name in it, or leave it out."
