"""The workspace: what may stand in the tree, and what the public API is."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

import wantilan

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def has_address(text: str) -> bool:
    return re.search(r"[a-z]+://", text) is not None


def test_no_lock_file_carries_an_address() -> None:
    locks = [
        p for p in tracked() if p.name.endswith(".lock") or p.name in ("package-lock.json", "pylock.toml")
    ]
    assert sorted(p.name for p in locks) == ["package-lock.json", "package-lock.json", "requirements.lock"]
    assert not [p.name for p in locks if has_address(p.read_text())]
    assert has_address("https://example.org/simple")  # the control: the scan would see one


def test_every_pin_has_a_hash() -> None:
    pins = (ROOT / "requirements.lock").read_text().replace("\\\n", " ").splitlines()
    assert pins
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins if pin.strip())


def test_everything_in_all_exists_and_stands_there_once() -> None:
    assert len(set(wantilan.__all__)) == len(wantilan.__all__)
    for name in wantilan.__all__:
        assert getattr(wantilan, name) is not None


def imported_from(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


@pytest.mark.parametrize("plugin", sorted(p.name for p in (ROOT / "plugins").iterdir() if p.is_dir()))
def test_a_plugin_reaches_core_through_its_front_door_only(plugin: str) -> None:
    sources = list((ROOT / "plugins" / plugin).rglob("*.py"))
    assert sources
    for source in sources:
        inside = {name for name in imported_from(source) if name.startswith("wantilan.")}
        assert not inside, f"{source.name} imports {inside}"
        names = {
            alias.name
            for node in ast.walk(ast.parse(source.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module == "wantilan"
            for alias in node.names
        }
        assert names <= set(wantilan.__all__)


def test_the_four_distributions_declare_what_they_need() -> None:
    core = (ROOT / "core" / "pyproject.toml").read_text()
    assert 'name = "wantilan"' in core
    for plugin in (ROOT / "plugins").iterdir():
        text = (plugin / "pyproject.toml").read_text()
        assert '"wantilan>=0.1,<0.2"' in text
        assert "wantilan.programs" in text
