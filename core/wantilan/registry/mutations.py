"""Changes of the core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MUTATIONS: tuple[Callable[..., Any], ...] = ()
