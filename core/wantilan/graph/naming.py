"""Names: snake_case in Python, lowerCamelCase in GraphQL."""

from __future__ import annotations


def camel_case(name: str) -> str:
    """`kartu_cerdas` -> `kartuCerdas`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def snake_case(name: str) -> str:
    """`kartuCerdas` -> `kartu_cerdas`."""
    return "".join("_" + c.lower() if c.isupper() else c for c in name)
