"""`wantilan program setup`: export, preview, import, publish and withdraw, on both databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.core.shell import Shell

from wantilan.store.database import Database
from wantilan.store.places import ProgramSettings, ProgramSetup
from wantilan.store.walls import WHOLE_COUNTRY
from wantilan.testing.plugin import Templates

BENGKEL, NEIGHBOUR = "51.02.06.2001", "51.02.06.2002"


@pytest.fixture
def shell(wantilan_database_url: str, wantilan_templates: Templates) -> Shell:
    """Two villages; the first has switched the waste program on, the second mail and waste."""
    made = Shell(wantilan_database_url, wantilan_templates.keys)
    made.done("village", "open", BENGKEL, NEIGHBOUR)
    made.done("program", "enable", "waste", BENGKEL, NEIGHBOUR)
    return made


def setup_file(folder: Path, **more: Any) -> Path:
    """A set-up of the waste program in which households are told of their weighings."""
    made = {
        "kind": "wantilan.program.setup", "program": "waste", "version": "0.1.0", "village": BENGKEL,
        "taken_at": "2026-08-01T00:00:00Z", "settings": {"notify_households": True}, "setup": {}, **more,
    }  # fmt: skip
    file = folder / "waste.json"
    file.write_text(json.dumps(made))
    return file


def settings(shell: Shell) -> list[Any]:
    async def look(database: Database) -> list[Any]:
        async with database.transaction(WHOLE_COUNTRY) as session:
            return list(await session.scalars(sa.select(ProgramSettings.values)))

    return shell.inside(look)


def published(shell: Shell) -> list[str]:
    async def look(database: Database) -> list[str]:
        async with database.session() as session:
            return list(await session.scalars(sa.select(ProgramSetup.program)))

    return shell.inside(look)


def do(shell: Shell, what: str, *more: str, village: str = NEIGHBOUR) -> str:
    return shell.done("program", "setup", what, "waste", "--village", village, *more)


def test_a_set_up_leaves_as_a_file_and_arrives_after_a_preview(shell: Shell, tmp_path: Path) -> None:
    file = setup_file(tmp_path)
    told = do(shell, "import", str(file), "--preview")
    assert "~ settings.notify_households  false -> true" in told
    assert "1 part of waste would change." in told
    assert settings(shell) == []
    done = do(shell, "import", str(file))
    assert done == told.replace("would change", "changed")
    assert [one["notify_households"] for one in settings(shell)] == [True]
    assert "0 parts of waste changed." in do(shell, "import", str(file))
    out = tmp_path / "out.json"
    assert f"is in {out}" in do(shell, "export", str(out))
    written = json.loads(out.read_text())
    assert (written["village"], written["settings"]["notify_households"]) == (NEIGHBOUR, True)
    assert json.loads(do(shell, "export")).keys() == written.keys()
    assert "is there already" in shell.refused(
        "program", "setup", "export", "waste", "--village", NEIGHBOUR, str(out)
    )


def test_a_set_up_is_published_and_withdrawn(shell: Shell) -> None:
    assert "the set-up of waste is published." in do(shell, "publish")
    assert published(shell) == ["waste"]
    assert "was published like this already" in do(shell, "publish")
    assert "is withdrawn" in do(shell, "withdraw")
    assert published(shell) == []
    assert "was not published" in do(shell, "withdraw")


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
def test_what_is_no_set_up_of_this_program_is_refused_with_code_and_place(
    shell: Shell, tmp_path: Path
) -> None:
    def refused(**more: Any) -> str:
        file = setup_file(tmp_path, **more)
        return shell.refused("program", "setup", "import", "waste", str(file), "--village", NEIGHBOUR)

    assert "program: OTHER_PROGRAM" in refused(program="mail")
    assert "version: LATER_VERSION" in refused(version="0.2")
    assert "the file: NOT_A_SETUP" in refused(kind="invoice")
    two = refused(taken_at="yesterday", secrets={"a": "rahasia"})
    assert "taken_at: DATETIME" in two
    assert "secrets: EXTRA_FORBIDDEN" in two
    assert "rahasia" not in two
    assert "settings.notify_households: BOOL_PARSING" in refused(settings={"notify_households": "rahasia"})
    file = tmp_path / "waste.json"
    no_texts = [json.dumps({"settings": {"perdes_no": text}}) for text in ("3\0", "\ud800")]
    for text, code in (
        ("[1", "NOT_JSON"), ("[" * 100_000, "NOT_JSON"), ("[]", "NOT_A_SETUP"),
        *((text, "NOT_JSON") for text in no_texts),
    ):  # fmt: skip
        file.write_text(text)
        line = shell.refused("program", "setup", "import", "waste", str(file), "--village", NEIGHBOUR)
        assert f"the file: {code}" in line
    assert settings(shell) == []


def test_refused_are_programs_that_are_off_or_unknown_and_villages_that_are_not_open(
    shell: Shell, tmp_path: Path
) -> None:
    file = str(setup_file(tmp_path, program="mail"))
    assert "is not enabled in" in shell.refused(
        "program", "setup", "import", "mail", file, "--village", BENGKEL
    )
    assert "is not enabled in" in shell.refused("program", "setup", "publish", "mail", "--village", BENGKEL)
    assert "There is no program" in shell.refused(
        "program", "setup", "publish", "nothing", "--village", BENGKEL
    )
    assert "Not open here" in shell.refused(
        "program", "setup", "publish", "waste", "--village", "51.02.06.2003"
    )
    assert published(shell) == []
