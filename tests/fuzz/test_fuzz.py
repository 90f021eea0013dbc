"""Random operations over the real schema are answered as the reference interpreter answers them.

`make fuzz N=5000 SEED=7` asks more of them. The interpreter (`reference`) knows nothing of SQL.
"""

from __future__ import annotations

import os

import pytest
from tests.fuzz.faults import FAULTS, IN_PIECES, SECOND_WALL_HOLDS
from tests.fuzz.generator import leaves
from tests.fuzz.roads import reachable
from tests.fuzz.scene import Scene
from tests.fuzz.trial import Trial

COUNT, SEED = int(os.environ.get("FUZZ_N", "230")), os.environ.get("FUZZ_SEED", "1")
MOST = 1000
"""How many operations may be needed to see everything, or to find a planted fault."""


@pytest.fixture(scope="module")
async def trial(scene: Scene) -> Trial:
    return Trial(scene, SEED)


async def test_the_operations_visit_every_field_with_a_value(trial: Trial) -> None:
    wanted = reachable(trial.reference.schema)
    if not trial.scene.world.host.tasks:
        wanted.discard(("VillageTask", "description"))  # which is that of the declaration
    missed = trial.never_seen(wanted, COUNT, MOST)
    assert not missed, f"never visited with a value that is not null: {named(missed)}"


async def test_the_operations_give_every_argument(trial: Trial) -> None:
    missed = trial.never_seen(arguments(trial), COUNT, MOST)
    assert not missed, f"never given, or only where the answer was null: {named(missed)}"


async def test_most_operations_are_answered_with_data(trial: Trial) -> None:
    """A run of refusals and empty lists would prove nothing."""
    made = [expected for _, expected in trial.cases(COUNT)]
    full = sum(expected.data is not None and leaves(expected.data) > 3 for expected in made)
    refused = sum(bool(expected.refusals) for expected in made)
    assert full > 0.6 * len(made)
    assert 0 < refused < 0.3 * len(made)


async def test_every_answer_is_the_one_of_the_reference(trial: Trial) -> None:
    count = max(COUNT, len(trial.made))
    found = await trial.first_difference(count)
    if found is not None:
        pytest.fail(await trial.report(*found))
    assert trial.too_deep <= 0.02 * count


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_planted_fault_is_found(trial: Trial, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    held = fault in SECOND_WALL_HOLDS and trial.scene.world.dialect == "postgresql"
    with trial.planted(frozen=fault in IN_PIECES):
        FAULTS[fault](monkeypatch)
        found = await trial.first_difference(COUNT if held else MOST)
        monkeypatch.undo()
    assert (found is None) is held


def arguments(trial: Trial) -> set[tuple[str, ...]]:
    schema = trial.reference.schema
    fields = [(name, field, schema.bound[name][field]) for name, field in reachable(schema)]
    return {(name, field, argument) for name, field, bound in fields for argument in bound.graphql.args}


def named(missed: set[tuple[str, ...]]) -> str:
    return ", ".join(sorted(".".join(parts) for parts in missed))
