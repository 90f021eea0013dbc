"""Whether an answer is the one that was expected, and where it first differs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.fuzz.expectation import Expected, Fault


def compared(body: Mapping[str, Any], expected: Expected) -> str | None:
    told = [fault(error) for error in body.get("errors", ())]
    if expected.refusals:
        return refused(body, told, expected)
    if sorted(told, key=repr) != sorted(expected.errors, key=repr):
        return f"errors: {told}\nexpected: {expected.errors}"
    closed = {
        one["program"]: set(one["villages"]) for one in body.get("extensions", {}).get("notEnabled", ())
    }
    if closed != expected.not_enabled:
        return f"notEnabled: {closed}\nexpected: {expected.not_enabled}"
    return first(body.get("data"), expected.data, "data")


def refused(body: Mapping[str, Any], told: list[Fault], expected: Expected) -> str | None:
    """No data, and a reason that holds."""
    if body.get("data") is not None:
        return f"there is data, and a refusal was expected: {expected.refusals}"
    possible = {*expected.refusals, *expected.errors}
    if not told or not set(told) <= possible or not set(told) & set(expected.refusals):
        return f"refused with {told}\nexpected one of {expected.refusals}"
    return None


def fault(error: Mapping[str, Any]) -> Fault:
    return error["extensions"]["code"], tuple(error.get("path") or ())


def first(found: Any, expected: Any, at: str) -> str | None:
    """The first place at which two answers differ; the order of keys counts."""
    if isinstance(found, dict) and isinstance(expected, dict):
        if list(found) != list(expected):
            return f"{at}: keys {list(found)}\nexpected {list(expected)}"
        return next((d for key in found if (d := first(found[key], expected[key], f"{at}.{key}"))), None)
    if isinstance(found, list) and isinstance(expected, list):
        inner = next(
            (
                d
                for i, (a, b) in enumerate(zip(found, expected, strict=False))
                if (d := first(a, b, f"{at}.{i}"))
            ),
            None,
        )
        if inner is None and len(found) != len(expected):
            return f"{at}: {len(found)} items\nexpected {len(expected)}: {said(expected)}"
        return inner
    if found != expected or type(found) is not type(expected):
        return f"{at}: {said(found)}\nexpected {said(expected)}"
    return None


def said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:400]
