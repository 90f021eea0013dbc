"""`wantilan schema`: snapshots that say what the declarations say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import pytest
from tests.core.shell import Shell, write_program

from wantilan.cli.schema import LONGEST_DIFF, short_diff


@pytest.fixture
def shell() -> Shell:
    return Shell("sqlite:///never/opened.db")


command = import_module("wantilan.cli.schema")
snapshots: Callable[[], Mapping[str, str]] = command.snapshots
made_once = lru_cache(maxsize=1)(snapshots)


@pytest.fixture
def declared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands go by what the first of them declared: each by itself declares everything anew, in seconds."""
    monkeypatch.setattr(command, "snapshots", made_once)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The snapshots."""
    folder = tmp_path / "written"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "snapshots", made_once)
        Shell("sqlite:///never/opened.db").done("schema", "--write", str(folder))
    return folder


def test_written_snapshots_are_up_to_date_and_always_the_same(
    shell: Shell, written: Path, tmp_path: Path
) -> None:
    shell.done("schema", "--write", str(tmp_path / "b"))
    assert shell.done("schema", "--check", str(written)) == "core.graphql and full.graphql are up to date.\n"
    for name in ("core.graphql", "full.graphql"):
        assert (written / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_core_knows_no_program_and_full_knows_them_all(
    shell: Shell, written: Path, declared_once: None
) -> None:
    core, full = (written / "core.graphql").read_text(), (written / "full.graphql").read_text()
    assert "type Resident" in core and "Waste" not in core
    assert "type VillageWaste" in full
    assert shell.done("schema") == full


def test_a_snapshot_that_differs_exits_with_1_and_a_short_diff(
    shell: Shell, written: Path, declared_once: None
) -> None:
    path = written / "core.graphql"
    path.write_text(path.read_text().replace("type Resident ", "type Villager "))
    result = shell("schema", "--check", str(written))
    assert result.exit_code == 1
    assert "-type Villager" in result.stderr and "+type Resident" in result.stderr
    assert "core.graphql is not what the declarations say; run make schema." in result.stderr


def test_a_snapshot_that_is_not_there_is_named(shell: Shell, tmp_path: Path, declared_once: None) -> None:
    result = shell("schema", "--check", str(tmp_path))
    assert result.exit_code == 1
    assert "core.graphql (not there) and full.graphql (not there)" in result.stderr
    assert len(result.stderr.splitlines()) < 2 * LONGEST_DIFF + 10


def test_a_program_that_was_left_out_makes_no_snapshot(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_program(tmp_path, "broken", "raise RuntimeError")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "'broken'" in shell.refused("schema", "--write", str(tmp_path / "a"))
    assert not (tmp_path / "a").exists()


def test_write_and_check_exclude_each_other(shell: Shell, tmp_path: Path) -> None:
    shell.refused("schema", "--write", str(tmp_path), "--check", str(tmp_path), code=2)


def test_a_long_diff_is_cut() -> None:
    lines = short_diff("", "\n".join(map(str, range(100))), "a").splitlines()
    assert len(lines) == LONGEST_DIFF + 1
    assert lines[-1].endswith("more lines")
