"""What taking a set-up over changes, as clients see it."""

from __future__ import annotations

import strawberry

from ..programs.setups.changes import Changed, SetupChangeKind


@strawberry.type(description="One part of a set-up that is different after it was taken over.")
class SetupChange:
    path: list[str] = strawberry.field(description="Where it stands: the keys that lead to it.")
    change: SetupChangeKind = strawberry.field(description="What happens to it.")
    before: str | None = strawberry.field(
        description="Its value before, as JSON, cut at 200 characters; null for what was not there."
    )
    after: str | None = strawberry.field(
        description="Its value afterwards, as JSON, cut at 200 characters; null for what is there no more."
    )

    @classmethod
    def of(cls, one: Changed) -> SetupChange:
        return cls(path=list(one.path), change=one.change, before=one.before, after=one.after)
