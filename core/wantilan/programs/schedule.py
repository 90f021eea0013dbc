"""Cron expressions in a time zone: when a job is due next, when it was due last.

The library is cronsim, which reads an expression as Debian's cron does. What is due every hour (`*/20 * * *
*`) goes by the time that passes: through a change of the clocks it goes on evenly. A time of day is meant
once a day, also on the day on which the clocks pass over it (then as soon as they have) or show it twice
(then the first time).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim

FIELDS = 5
MOST_MISSED = 1_000
"""Up to so many missed times are counted."""
WIDEST_SHIFT = timedelta(hours=3)
"""More than clocks are ever changed by."""
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class BadCron(ValueError):
    """An expression cannot be read, or names a moment that never comes. The message says what to write."""


@dataclass(frozen=True)
class Schedule:
    """`Schedule.of("0 6 * * *", "Asia/Makassar")`. All moments are UTC."""

    cron: str
    zone: ZoneInfo

    @classmethod
    def of(cls, cron: str, time_zone: str) -> Schedule:
        return cls(cron, ZoneInfo(time_zone))

    def after(self, moment: datetime) -> datetime:
        """The first moment that is later."""
        return next(self._following(moment))

    def last(self, moment: datetime) -> datetime:
        """The last moment that is not later."""
        backward = CronSim(_written(self.cron), (moment + WIDEST_SHIFT).astimezone(self.zone), reverse=True)
        return next(found for found in (one.astimezone(UTC) for one in backward) if found <= moment)

    def missed(self, first: datetime, last: datetime) -> int:
        """How many moments lie in between, both excluded, and the first one: of all but the last nobody saw
        to it. Counted up to `MOST_MISSED`.
        """
        if first >= last:
            return 0
        between = islice(self._following(first), MOST_MISSED)
        return min(MOST_MISSED, 1 + sum(1 for one in between if one < last))

    def _following(self, moment: datetime) -> Iterator[datetime]:
        """Later moments, each once: where the clocks pass over an hour, several times of day fall on one."""
        before = moment
        for found in CronSim(_written(self.cron), moment.astimezone(self.zone)):
            one = found.astimezone(UTC)
            if one > before:
                before = one
                yield one


def check_cron(cron: object) -> None:
    """Raise BadCron unless an expression has five fields that can be read and meet some day."""
    if not isinstance(cron, str) or len(cron.split()) != FIELDS:
        raise BadCron("has not five fields (minute, hour, day of month, month, day of week)")
    try:
        next(CronSim(_written(cron), _SOME_DAY))
    except StopIteration:
        raise BadCron("names a day that never comes") from None
    except Exception as error:  # what the library does not foresee, it fails on in other ways
        said = str(error)
        raise BadCron(f"cannot be read ({said})" if said else "cannot be read") from None


def _written(cron: str) -> str:
    """As the library must see it so that every time of day counts as one: `*/15 2 * * *` and `0 */2 * * *`
    too, which it would take for what is due every hour, by their stars.
    """
    minute, hour, *rest = cron.split()
    if hour == "*":
        return cron
    return " ".join((_counted(minute, 59), _counted(hour, 23), *rest))


def _counted(field: str, most: int) -> str:
    return f"0-{most}{field[1:]}" if field.startswith("*") else field
