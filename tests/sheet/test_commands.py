"""The same from the command line: five thousand rows in little memory, killed in the middle, two at once."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from tests.core.shell import Shell
from tests.opensid.invented import invented
from tests.sheet.scene import Office, head, person, read, rows_of
from tests.system.crashing import ROOT, environment

from wantilan.registry.opensid import SheetForm, write_sheet
from wantilan.testing import BENGKEL

on_sqlite = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
MOST_MEGABYTES = 300
VILLAGE = ("--village", BENGKEL)


MEASURED = """import atexit, importlib, sys
path, module = sys.argv[1:3]
sys.argv[:3] = [module]
def peak():
    lines = open("/proc/self/status").read().splitlines()
    open(path, "w").write(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
atexit.register(peak)
importlib.import_module(module).main()
"""
"""Runs a module's `main` and writes down how much memory it had at most: what the parent is told of a child begins
with the parent's own, from the time between fork and exec.
"""


def commanded(office: Office, *arguments: str, module: str = "wantilan.cli") -> tuple[int, str, float]:
    """How a command in a process of its own ended, what it said, and how many megabytes it had at most."""
    with tempfile.NamedTemporaryFile("r") as peak:
        ended = subprocess.run(
            [sys.executable, "-c", MEASURED, peak.name, module, *arguments], env=environment(office.world),
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        return ended.returncode, ended.stdout, int(peak.read() or 0) / 1024


def shell_of(office: Office) -> Shell:
    settings = office.world.application.settings
    assert settings.keys is not None
    return Shell(settings.database_url, settings.keys.get_secret_value())


@on_sqlite
async def test_five_thousand_rows_go_in_and_come_out_unchanged_in_little_memory(
    office: Office, tmp_path: Path
) -> None:
    sheet = invented(5_000, seed=11, form=SheetForm.XLSX, registrable=True)
    good = [row for row in sheet.expected if row is not None]
    file, report = sheet.write(tmp_path / "sheet.xlsx"), tmp_path / "report.csv"

    def command(*arguments: str, code: int = 0) -> str:
        ended, said, megabytes = commanded(office, "resident", *arguments)
        assert ended == code, said
        assert megabytes < MOST_MEGABYTES, f"{arguments}: {megabytes:.0f} MB"
        return said

    given = ("import", str(file), *VILLAGE, "--apply", "--skip-faulty", "--report", str(report))
    said = await asyncio.to_thread(command, *given)
    assert re.search(rf"^{len(good)} +new residents$", said, re.M) and "Written." in said
    found = [line.split(",") for line in report.read_text("utf-8-sig").splitlines() if ",FAULT," in line]
    assert sorted(((int(row[0]), row[2], row[5]) for row in found), key=str) == sheet.faults
    out = tmp_path / "out.csv"
    await asyncio.to_thread(command, "export", *VILLAGE, "--format", "csv", "-o", str(out))
    async with office.world.unit(BENGKEL) as unit:
        today = unit.today
    assert Counter(await asyncio.to_thread(rows_of, out, today)) == Counter(good)
    assert out.stat().st_mode & 0o077 == 0, "nobody else reads it"
    before = await office.register()
    said = await asyncio.to_thread(command, "import", str(out), *VILLAGE, "--apply")
    assert re.search(rf"^{len(good)} +unchanged residents$", said, re.M)
    assert await office.register() == before


async def test_killed_in_the_middle_nothing_of_it_is_there_and_it_can_be_done_again(
    office: Office, tmp_path: Path
) -> None:
    sheet = invented(120, seed=2, form=SheetForm.CSV, faulty=False, registrable=True)
    file = sheet.write(tmp_path / "sheet.csv")
    before = await office.register()
    given = ("resident", "import", str(file), *VILLAGE, "--apply")
    ended, _, _ = await asyncio.to_thread(commanded, office, "3", *given, module="tests.sheet.victim")
    assert ended == -9 and await office.register() == before
    said = await asyncio.to_thread(shell_of(office).done, *given)
    assert "Written." in said
    assert Counter(await office.rows()) == Counter(sheet.expected)


async def test_two_who_apply_the_same_sheet_at_once_write_it_once(office: Office, tmp_path: Path) -> None:
    sheet = invented(60, seed=3, form=SheetForm.CSV, faulty=False, registrable=True)
    async with office.world.unit(BENGKEL) as unit:
        found = await read(sheet.write(tmp_path / "sheet.csv"), unit.today)
    outcomes = await asyncio.gather(*(office.apply_sheet(found) for _ in range(2)))
    assert sorted(len(outcome.plan.new) for outcome in outcomes) == [0, 60]
    assert Counter(await office.rows()) == Counter(sheet.expected)


@on_sqlite
async def test_commands_say_what_they_did_and_refuse_what_they_cannot(office: Office, tmp_path: Path) -> None:
    shell = shell_of(office)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    with good.open("wb") as file:
        write_sheet(file, [head(1), person(2)], SheetForm.CSV)
    bad.write_text(good.read_text("utf-8-sig").replace("I Wayan Contoh C", "I Wayan 7"))
    run = asyncio.to_thread
    empty = await office.register()
    said = await run(shell.done, "resident", "import", str(good), *VILLAGE)
    assert re.search(r"^2 +new residents$", said, re.M) and "New hamlet: Banjar Kaja" in said
    assert "Nothing was changed." in said and await office.register() == empty
    result = await run(shell, "resident", "import", str(bad), *VILLAGE)
    assert result.exit_code == 1 and "NAME_CHARACTERS" in result.output and "I Wayan 7" not in result.output
    refused = await run(shell.refused, "resident", "import", str(bad), *VILLAGE, "--apply")
    assert "Nothing was changed" in refused and await office.register() == empty
    assert "Written." in await run(
        shell.done, "resident", "import", str(bad), *VILLAGE, "--apply", "--skip-faulty"
    )
    assert len(await office.rows()) == 1
    assert "Written." in await run(shell.done, "resident", "import", str(good), *VILLAGE, "--apply")
    out = tmp_path / "out.jsonl"
    said = await run(shell.done, "resident", "export", *VILLAGE, "--format", "jsonl", "-o", str(out))
    assert said == "2 residents written.\n" and len(out.read_text().splitlines()) == 2
    for given, word in (
        (("import", str(good), "--village", "51.02.06.2009"), "not open"),
        (("export", "--village", "51.02.06.2009", "-o", str(out)), "not open"),
    ):
        assert word in await run(shell.refused, "resident", *given)
    assert (await run(shell, "resident", "export", *VILLAGE, "-o", str(out), "--columns", "x")).exit_code == 2
    without = await run(shell.refused, "resident", "import", str(good), *VILLAGE, WANTILAN_KEYS=None)
    assert "WANTILAN_KEYS" in without
