"""Reports of the demo's past months."""

from __future__ import annotations

from .history import History


async def report_months(history: History) -> None:
    """Nothing yet."""
