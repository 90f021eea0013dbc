"""When the things of the demo happen: after the last start, and up to now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

YEAR = timedelta(days=365)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Deed:
    """Something that happens at a moment, which `do` is told. A weighing marks how far the demo has come:
    what is there up to the last one is not done again.
    """

    at: datetime
    do: Callable[[datetime], None]
    weighs: bool = False


def due(
    deeds_of: Callable[[date], Iterable[Deed]], last: datetime | None, now: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, Deed]]:
    """What happened after the last weighing (None: for a year) and up to the last one before now.

    A day's deeds are asked for when those of the day before are done. The first weighing of today is never
    later than now: there is one on every day that has begun, if there is one on that day at all.
    """
    today = now.astimezone(zone).date()
    last_day = last.astimezone(zone).date() if last is not None else None
    day = last_day or today - YEAR + DAY
    while day <= today:
        deeds = sorted(deeds_of(day), key=lambda deed: (deed.at, deed.weighs))
        first = next((deed for deed in deeds if deed.weighs), None)
        waiting: list[tuple[datetime, Deed]] = []
        for deed in deeds:
            at = min(deed.at, now) if deed is first else deed.at
            known = last is not None and (at <= last or (deed is first and day == last_day))
            if at > now or known:
                continue
            waiting.append((at, deed))
            if deed.weighs:
                yield from waiting
                waiting = []
        if day < today:
            yield from waiting
        day += DAY
