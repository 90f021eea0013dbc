"""Judging an input: every faulty field is found before the first one is told."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..errors import BadUserInput, FieldFault, Text
from .naming import camel_case
from .relay import GlobalId, decode_id
from .scalars import Faulty
from .shapes import shape_of


class Judge:
    """Collects the faults of one input.

    judge = Judge(input)
    if judge.good("birth_date") and input.birth_date > unit.today:
        judge.refuse("birth_date", "IN_FUTURE", Text("…", "…"))
    judge.check()
    """

    def __init__(self, input: Any, *at: str | int) -> None:
        self.input, self.at = input, at or ("input",)
        self.faults: list[FieldFault] = []
        self._faulty: set[str] = set()
        self._collect(input, self.at, "")

    def good(self, *names: str) -> bool:
        """Whether the scalars found no fault with these fields."""
        return not any(name in self._faulty for name in names)

    def refuse(self, name: str, code: str, text: Text) -> None:
        """Note a fault of a field, by its Python name."""
        self._faulty.add(name)
        self.faults.append(FieldFault((*self.at, camel_case(name)), code, text))

    def spoil(self, name: str) -> None:
        """Note that a field is faulty whose faults were noted at places inside it."""
        self._faulty.add(name)

    def key(self, entity: type, name: str) -> GlobalId | None:
        """The decoded id in a field; None when it is left out, or (a fault is noted) no id of this entity."""
        text = getattr(self.input, name)
        found = decode_id(text)
        if text is None or (
            found is not None and found.tag == shape_of(entity).tag and found.village is not None
        ):
            return found
        self.refuse(name, "NOT_AN_ID", Text("Bukan id yang sesuai.", "Not an id of the right kind."))
        return None

    def keys(self, entity: type, name: str) -> list[GlobalId]:
        """The decoded ids of a list; a fault is noted for each that is no id of this entity, at its place."""
        found = []
        for i, text in enumerate(getattr(self.input, name) or ()):
            key = decode_id(text)
            if key is not None and key.tag == shape_of(entity).tag and key.village is not None:
                found.append(key)
                continue
            self.spoil(name)
            fault = Text("Bukan id yang sesuai.", "Not an id of the right kind.")
            self.faults.append(FieldFault((*self.at, camel_case(name), i), "NOT_AN_ID", fault))
        return found

    def check(self) -> None:
        """Raises BadUserInput with all faults, if there is one."""
        if self.faults:
            raise BadUserInput(fields=self.faults)

    def _collect(self, value: Any, path: tuple[str | int, ...], name: str) -> None:
        if isinstance(value, Faulty):
            self._faulty.add(name)
            self.faults.append(FieldFault(path, value.code, value.text))
        elif isinstance(value, list):
            for i, item in enumerate(value):
                self._collect(item, (*path, i), name)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            for field in dataclasses.fields(value):
                self._collect(getattr(value, field.name), (*path, camel_case(field.name)), name or field.name)
