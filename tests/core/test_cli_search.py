"""`wantilan search rebuild`, and the check that says where it is needed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.core.shell import Shell

from wantilan import uuid7
from wantilan.registry.codes import Sex
from wantilan.registry.models import Hamlet, Resident, ResidentToken
from wantilan.registry.searching import index_residents
from wantilan.store.database import Database
from wantilan.store.secrets import Keys
from wantilan.store.write import Unit, village_facts
from wantilan.testing import BENGKEL, NEIGHBOUR


async def people(database: Database) -> None:
    """Two residents of Bengkel, of whom the search knows one."""
    async with database.transaction(BENGKEL) as session:
        facts = await village_facts(session, BENGKEL)
        assert facts is not None
        unit = Unit(session, facts, None)
        hamlet = Hamlet(id=uuid7(), name="Banjar Kaja", name_key="banjar kaja")
        await unit.add(hamlet)
        for number, name in enumerate(("I Wayan Contoh", "Ni Luh Rahasia")):
            person = Resident(
                id=uuid7(), full_name=name, name_key=name.lower(), sex=Sex.PEREMPUAN, birth_date=date(1990, 1, 1),
                hamlet_id=hamlet.id, registered_at=datetime(2026, 1, 1, tzinfo=UTC),
            )  # fmt: skip
            await unit.add(person)
            if not number:
                await index_residents(unit)


async def tokens(database: Database) -> set[str]:
    async with database.transaction(BENGKEL) as session:
        return set(await session.scalars(sa.select(ResidentToken.token)))


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    made = Shell(f"sqlite:///{tmp_path}/var/village.db", Keys.generate())
    made.done("migrate")
    made.done("village", "open", BENGKEL)
    made.done("village", "open", NEIGHBOUR)
    made.inside(people)
    return made


def test_the_check_names_what_rebuild_makes_anew(shell: Shell) -> None:
    found = shell("program", "check", "--program", "registry")
    assert found.exit_code == 1
    assert f"error: {BENGKEL} registry: The search has old words of 1 resident(s)." in found.stdout
    assert "Rahasia" not in found.output and NEIGHBOUR not in found.stdout
    assert "rahasia" not in shell.inside(tokens)
    assert shell.done("search", "rebuild") == "2 residents are found by what is written now.\n"
    assert {"rahasia", "luh", "conto", "kaja"} <= shell.inside(tokens)
    assert "0 errors" in shell.done("program", "check", "--program", "registry")


def test_rebuild_is_done_again_and_in_one_village(shell: Shell) -> None:
    shell.done("search", "rebuild")
    before = shell.inside(tokens)
    assert shell.done("search", "rebuild", "--village", NEIGHBOUR).startswith("0 residents are found")
    assert shell.done("search", "rebuild", "--village", BENGKEL).startswith("2 residents are found")
    assert shell.inside(tokens) == before
    assert "51.02.06.2003 is not open here" in shell.refused(
        "search", "rebuild", "--village", "51.02.06.2003"
    )
