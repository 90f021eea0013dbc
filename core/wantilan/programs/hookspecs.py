"""The hooks: one by which a program declares itself, and those by which it hears what happens.

    declare   wantilan_program
    act       village_enabled village_disabled resident_registered resident_changed resident_left
    duty      export_resident erase_resident merge_residents transfer_resident
              export_village import_village purge_village export_setup import_setup
    ask       find_holder deliver_message
    run       lifespan check

A plugin implements a hook with `@hookimpl` and takes those of its arguments that it needs, by name. Hooks
that touch data are `async def`. The host calls one program at a time and in the order in which programs are
loaded, so that it knows whose answer and whose failure it has; hook wrappers and pluggy's `firstresult` have
no place in that. A `unit` is one transaction inside its village: the host commits it, or rolls back what a
hook that raised had written.
"""

# mypy: disable-error-code="empty-body"
# A specification has no body: it says what is given, what is answered and what happens then.
from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

import pluggy

from ..store.write import Unit, VillageFacts
from .manifest import Program
from .values import Begin, Deployment, Finding, Happening, Holder, Json, Kept, Message, Record, ResidentFacts

PROJECT = "wantilan"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Act: TypeAlias = Callable[[VillageFacts, Happening, Unit], Awaitable[None]]


@hookspec
def wantilan_program() -> Program:
    """Declare the program.

    When: once in each application that loads the plugin, while it starts. Nothing may be read or connected
    here.
    Result: the one Program object.
    Failure: the program is left out and named; under `--strict` the start stops.
    """


# Act: told to the programs that the village has enabled, after the commit.


@hookspec
async def village_enabled(village: VillageFacts, event: Happening, unit: Unit) -> None:
    """The village has enabled this program.

    When: after the commit, at least once; `event.id` is the same each time. Told to the enabled program only,
    after what happened in the village before.
    Result: what the hook writes through `unit` is committed together with the note that it was told.
    Failure: nothing is written, and the delivery is repeated with back-off and listed by `wantilan program
    events`; the village stays enabled and no other program waits.
    """


@hookspec
async def village_disabled(village: VillageFacts, event: Happening, unit: Unit) -> None:
    """The village has disabled this program. Its data stay: they are hidden, not deleted.

    When: after the commit, at least once; `event.id` is the same each time. Told to the disabled program
    only, after what happened before; what happens from then on waits until it is enabled again.
    Result: what the hook writes through `unit` is committed together with the note that it was told.
    Failure: nothing is written, and the delivery is repeated with back-off and listed by `wantilan program
    events`; the program stays disabled.
    """


@hookspec
async def resident_registered(village: VillageFacts, event: Happening, unit: Unit) -> None:
    """A resident was entered into the village's register; `event.subjects["resident"]` is the id.

    When: after the commit, at least once and in order per village; a program enabled later first hears what
    it missed.
    Result: what the hook writes through `unit` is committed together with the note that it was told.
    Failure: nothing is written, and the delivery is repeated with back-off and listed by `wantilan program
    events`; the resident stays registered and no other program waits.
    """


@hookspec
async def resident_changed(village: VillageFacts, event: Happening, unit: Unit) -> None:
    """What the register says of a resident was changed; `event.subjects["resident"]` is the id.

    When: after the commit, at least once and in order per village. The register may have moved on since: read
    it.
    Result: what the hook writes through `unit` is committed together with the note that it was told.
    Failure: nothing is written, and the delivery is repeated with back-off and listed by `wantilan program
    events`; the change stays and no other program waits.
    """


@hookspec
async def resident_left(village: VillageFacts, event: Happening, unit: Unit) -> None:
    """A resident died, moved away or went missing; `event.subjects["resident"]` is the id.

    When: after the commit, at least once and in order per village. What must never be late (is this card
    valid?) is computed at use from the resident's state instead.
    Result: what the hook writes through `unit` is committed together with the note that it was told.
    Failure: nothing is written, and the delivery is repeated with back-off and listed by `wantilan program
    events`; the resident has left all the same and no other program waits.
    """


ACT: Mapping[str, Act] = {
    hook.__name__: hook
    for hook in (village_enabled, village_disabled, resident_registered, resident_changed, resident_left)
}
"""The act hooks by name, which is also the name of the event that each is told of."""


# Duty: asked of every installed program, enabled or not, inside the transaction.


@hookspec
async def export_resident(resident: ResidentFacts, village: VillageFacts, unit: Unit) -> Mapping[str, Json]:
    """Give all that the program keeps about one resident.

    When: a resident asks for his data; inside the transaction that reads them all at one moment.
    Result: stands under the program's name in the resident's file; an empty mapping if it keeps nothing.
    Failure: there is no file: a file with a part missing would be a lie.
    """


@hookspec
async def erase_resident(resident: ResidentFacts, village: VillageFacts, unit: Unit) -> Sequence[Kept] | None:
    """Make what the program keeps about one resident say nothing about the person; totals stay as they are.

    When: a resident is erased; inside the transaction, before the register forgets him. Asked again for one
    who is erased already, it must change nothing.
    Result: what stays, and why; None where nothing does. Afterwards `export_resident` must give nothing of
    the person.
    Failure: nothing is erased anywhere, and the operation is refused naming the program.
    """


@hookspec
async def merge_residents(
    kept: ResidentFacts, merged: ResidentFacts, village: VillageFacts, unit: Unit
) -> None:
    """Let what hangs on `merged` hang on `kept`: the two records were one person.

    When: an officer merges two records of one village; inside the transaction, before `merged` is closed.
    Result: none; no row of the program may point at `merged` afterwards, except history that says so.
    Failure: nothing is merged anywhere, and the operation is refused naming the program.
    """


@hookspec
async def transfer_resident(
    leaving: ResidentFacts, arriving: ResidentFacts, source: Unit, target: Unit
) -> None:
    """A resident moves from one village of this deployment to another: take along what belongs to the person.

    When: the transfer is accepted; inside the one transaction that holds both villages. `leaving` is the
    record that is closed in the village of `source`, `arriving` the new one in the village of `target`.
    Result: none. What belongs to the office that he leaves (weighings, minutes) stays there.
    Failure: nobody is transferred, and the operation is refused naming the program.
    """


@hookspec
def export_village(village: VillageFacts, unit: Unit) -> AsyncIterator[Record]:
    """Give all that the program keeps for one village, row by row: an `async def` that yields.

    When: a village is moved or backed up; inside one transaction that reads everything at one moment.
    Result: the records are written into the export in the order in which they come.
    Failure: the export is discarded, and the program is named.
    """


@hookspec
async def import_village(village: VillageFacts, records: AsyncIterator[Record], unit: Unit) -> None:
    """Take in what `export_village` of this program gave elsewhere.

    When: a village arrives in this deployment, which keeps nothing of it yet; inside the transaction.
    Result: none.
    Failure: nothing is imported of any program, and the program is named.
    """


@hookspec
async def purge_village(village: VillageFacts, unit: Unit) -> None:
    """Delete all that the program keeps for one village.

    When: a village that was moved elsewhere, or a trial, is removed for good; inside the transaction.
    Result: none; the host then counts the rows of the program's tables and refuses if one is left.
    Failure: nothing is deleted anywhere, and the program is named.
    """


@hookspec
async def export_setup(village: VillageFacts, unit: Unit) -> Mapping[str, Json]:
    """Give what the village has set up in the program, without persons: tariffs, schedules, categories.

    When: a village publishes how it has set up this program, or writes it into a file; inside a transaction.
    Result: objects by codes and names that mean the same elsewhere; an empty mapping if there is nothing.
    Failure: nothing is published and there is no file, and the program is named.
    """


@hookspec
async def import_setup(village: VillageFacts, setup: Mapping[str, Json], unit: Unit) -> None:
    """Take over what `export_setup` of this program gave for another village.

    When: a village takes over the set-up of this program, or looks what that would change, which is undone
    again; inside the transaction. `setup` was edited by people: judge it like an input.
    Result: none; nothing is deleted, and to repeat it must change nothing.
    Failure: nothing is taken over. BadUserInput reaches the client with its fields, their paths from the top
    of the set-up; whatever else is raised names the program.
    """


# Ask: asked of installed programs that the village has enabled.


@hookspec
async def find_holder(code: str, village: VillageFacts, unit: Unit) -> Holder | None:
    """Say who holds a code that was read at a counter: from a card, a tag, a printed QR.

    When: another program or the core meets such a code; its village part has set the wall already. A code of
    the form that `new_code` gives is handed over as it is kept, any other without the spaces around it.
    Result: None if the code is not of this program. The first answer counts and later programs are not asked.
    It only looks: nothing that the hook writes stays.
    Failure: the program is passed over and the failure is logged without the code.
    """


@hookspec
async def deliver_message(message: Message, village: VillageFacts, begin: Begin) -> bool:
    """Bring one message to one resident by the program's channel.

    When: after the commit of what the message tells; every channel that the village had enabled by then is
    asked, and asked again after a failure with the same `message.id`. In a demo nobody is asked: nothing may
    leave the machine. No transaction is open: `async with begin() as unit:` is one, as often as wanted. None
    should be while the channel talks to somebody outside, since others wait for it.
    Result: True if this channel took the message, False if it does not reach this resident.
    Failure: recorded for this channel and repeated with back-off, about two days long; the other channels are
    not affected.
    """


# Run.


@hookspec
def lifespan(deployment: Deployment) -> AbstractAsyncContextManager[None]:
    """Surround the running server: an `async def` that yields once, below `@asynccontextmanager`.

    When: entered before the first request of each process, left after the last one, in reverse order.
    Result: none.
    Failure: while entering, the program is named and the start stops; while leaving, it is logged and the
    others are still left.
    """


@hookspec
def check(village: VillageFacts, unit: Unit) -> AsyncIterator[Finding]:
    """Look whether the program's data in one village are sound: an `async def` that yields.

    When: `wantilan program check`, for each village that enabled the program; whatever it writes is rolled
    back.
    Result: each finding is printed; one of severity ERROR makes the command exit with an error.
    Failure: reported as a finding of severity ERROR; the other villages and programs are still checked.
    """
