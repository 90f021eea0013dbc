"""What is done in a batch, in which order, and with what: pure functions."""

from __future__ import annotations

from collections.abc import Iterable

from wantilan import Grams, InvalidTransition, RuleViolated, Text

from ..models import WasteBatchKind as Kind
from ..models import WasteBatchState as State
from ..models import WasteStream as Stream

TRANSITIONS: frozenset[tuple[Kind, State, State]] = frozenset(
    {
        *((kind, State.OPEN, State.CURING) for kind in Kind),
        *((kind, State.CURING, State.FINISHED) for kind in Kind),
        (Kind.SORT, State.OPEN, State.FINISHED),
    }
)
"""Every step that there is; what was sorted need not ripen."""

NOT_NOW = Text("Langkah ini tidak berlaku sekarang.", "A batch in this state takes no such step.")
TAKES_NO_MORE = Text("Olahan ini tidak menerima lagi.", "The batch takes in nothing more.")
B3_KEPT_APART = Text(
    "B3 hanya boleh dipilah, lalu diserahkan.", "Hazardous waste may be sorted and handed over, no more."
)
B3_LOST = Text(
    "B3 yang masuk harus keluar sebagai B3.", "What went in as hazardous waste must come out as such."
)
ORGANIC_ONLY = Text("Hanya sampah organik.", "Organic waste only.")
NOTHING_IN_IT = Text("Belum ada yang masuk.", "Nothing has gone into it yet.")
MORE_OUT_THAN_IN = Text("Lebih banyak dari yang masuk.", "More than went in.")


def check_step(kind: Kind, state: State, to: State) -> None:
    """Raises InvalidTransition when a batch does not go from one state to the other."""
    if (kind, state, to) not in TRANSITIONS:
        raise InvalidTransition(NOT_NOW)


def check_fed(state: State) -> None:
    """Raises InvalidTransition when a batch takes in nothing more."""
    if state is not State.OPEN:
        raise InvalidTransition(TAKES_NO_MORE)


def check_input(kind: Kind, streams: Iterable[Stream]) -> None:
    """Raises RuleViolated when a batch of this kind takes no such waste: hazardous waste is never composted,
    nor fed to larvae, nor made into anything (invariant 11 of the notes).
    """
    found = set(streams)
    if Stream.B3 in found and kind is not Kind.SORT:
        raise RuleViolated("waste.b3", B3_KEPT_APART)
    if kind in (Kind.COMPOST, Kind.MAGGOT) and found - {Stream.ORGANIK}:
        raise RuleViolated("waste.organic", ORGANIC_ONLY)


def check_output(kind: Kind, b3_in: int, outputs: Iterable[tuple[Stream, int]]) -> None:
    """Raises RuleViolated when hazardous waste would vanish in a batch, or come out where it never went in.

    What was sorted may hold more of it than was known; less would be a way around the rule.
    """
    b3_out = sum(mass for stream, mass in outputs if stream is Stream.B3)
    if b3_out < b3_in:
        raise RuleViolated("waste.b3", B3_LOST)
    if b3_out and kind is not Kind.SORT:
        raise RuleViolated("waste.b3", B3_KEPT_APART)


def loss_of(input: Grams, output: int) -> Grams | None:
    """What is lost: water, gas, spillage. None when more came out than went in (invariant 6 of the notes)."""
    return Grams(input - output) if output <= input else None


def loses_much(kind: Kind, input: Grams, loss: Grams, percent: int) -> bool:
    """Whether a sorting lost more than so many percent: sorted waste neither dries nor rots."""
    return kind is Kind.SORT and loss * 100 > input * percent
