"""The pages of the documentation as what can be run: fenced blocks with tags, and a terminal for their commands.

A fence says what its block is: "```graphql as=operator_bengkel", "```python file=wantilan_papan/rules.py". Words without
`=` are tags that are on. `…` in an expected answer stands for anything.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.core.shell import Shell

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = tuple(sorted((ROOT / "docs").glob("*.md")))
PAGES = (README, ROOT / "core" / "README.md", *sorted((ROOT / "plugins").glob("*/README.md")), *DOCS)

ANYTHING = "…"
_FENCE = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block. `line` is where it begins in its page."""

    page: Path
    line: int
    language: str
    tags: Mapping[str, str]
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(*pages: Path, language: str | None = None, **tags: str) -> list[Block]:
    """The blocks of some pages (all of them, by default), chosen by language and tags."""
    return [
        block
        for page in pages or PAGES
        for block in _read(page)
        if language in (None, block.language) and tags.items() <= block.tags.items()
    ]


def _read(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        words = [word.partition("=") for word in found[2].split()]
        tags = {name: value for name, _, value in words}
        yield Block(page, text.count("\n", 0, found.start()) + 1, found[1], tags, found[3])


def following(question: Block, language: str) -> Block | None:
    """The block after a block, if it is of this language."""
    mine = _read(question.page)
    after = next((block for block in mine if block.line > question.line), None)
    return after if after is not None and after.language == language else None


def answer_of(question: Block) -> Block | None:
    """The JSON block that follows a block, if one does before the next question."""
    return following(question, "json")


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def tables(page: Path) -> list[list[list[str]]]:
    """The tables of a page: rows of cells, the heading first."""
    found: list[list[list[str]]] = [[]]
    for line in prose(page).splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            if not set(line) <= set("|- "):
                found[-1].append(cells)
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


def table_of(page: Path, *heading: str) -> list[list[str]]:
    """The rows of every table whose heading begins with these words."""
    chosen = [table for table in tables(page) if tuple(table[0][: len(heading)]) == heading]
    assert chosen, f"{page.name} has no table {heading}"
    return [row for table in chosen for row in table[1:]]


def plain(cell: str) -> str:
    return cell.strip("`")


# Answers


def differences(expected: object, found: object, at: str = "") -> list[str]:
    """Where an answer is not the expected one. `…` is anything; what we count for the client is left out."""
    if expected == ANYTHING:
        return []
    if isinstance(expected, dict) and isinstance(found, dict):
        known = found.keys() if at or "extensions" in expected else found.keys() - {"extensions"}
        if expected.keys() != known:
            return [f"{at}: {sorted(expected)} is not {sorted(known)}"]
        return [d for key in expected for d in differences(expected[key], found[key], f"{at}.{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [d for i, (one, other) in pairs for d in differences(one, other, f"{at}.{i}")]
    return [] if expected == found else [f"{at}: {expected!r} is not {found!r}"]


def misshapes(expected: object, found: object, at: str = "") -> list[str]:
    """Where an answer has another shape: other fields or types. Lists may be longer, a null may be filled."""
    if expected is None:
        return []
    if isinstance(expected, dict) and isinstance(found, dict):
        known = found.keys() if at else found.keys() - {"extensions"}
        if expected.keys() != known:
            return [f"{at}: {sorted(expected)} is not {sorted(known)}"]
        return [d for key in expected for d in misshapes(expected[key], found[key], f"{at}.{key}")]
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) > len(found):
            return [f"{at}: only {len(found)} there"]
        pairs = enumerate(zip(expected, found, strict=False))
        return [d for i, (one, other) in pairs for d in misshapes(one, other, f"{at}.{i}")]
    return [] if type(expected) is type(found) else [f"{at}: {expected!r} has not the shape of {found!r}"]


def values_in(answer: object) -> Iterator[tuple[str, object]]:
    """Each name of an answer with what stands under it, as far as that is no object and no list: outer names
    first, and of a list its first row first.
    """
    if isinstance(answer, list):
        for row in answer:
            yield from values_in(row)
    elif isinstance(answer, dict):
        yield from ((name, value) for name, value in answer.items() if not isinstance(value, dict | list))
        for value in answer.values():
            yield from values_in(value)


# Commands

Web = Callable[[str, Mapping[str, str], str | bytes | None], str]
"""What answers `curl`: address, headers and body in (bytes: of a file that is PUT), the answer's body out."""

_ASSIGNMENT = re.compile(r"[A-Z_]+=.*", re.DOTALL)
_INNER = re.compile(r"\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)|\$([A-Z_]+)")
OUTSIDE = frozenset({"cat", "sed"})
"""Programs of the system that a page may use."""


class Terminal:
    """Runs the commands of pages, as much of a shell as they use; anything else is an error.

    `wantilan` runs in this process, `make` is left to the reader, `serve` and `demo` are only read.
    """

    def __init__(self, folder: Path, shell: Shell, web: Web | None = None, **replaced: str) -> None:
        self.folder, self.shell, self.web, self.replaced = folder, shell, web, replaced
        self.exported: dict[str, str] = {}

    def run(self, text: str) -> str:
        """What the commands of a block say."""
        for old, new in self.replaced.items():
            text = text.replace(old, new)
        lines = text.replace("\\\n", " ").splitlines()
        return "".join(self.command(line) for line in lines if line.strip() and not line.startswith("#"))

    def command(self, line: str) -> str:
        words = self.words(line)
        if words[0] == "export":
            words = words[1:]
        if all(_ASSIGNMENT.fullmatch(word) for word in words):
            self.exported.update(tuple(word.split("=", 1)) for word in words)  # type: ignore[misc]
            return ""
        target = words.pop() if len(words) > 2 and words[-2] == ">" else None
        said = self.said(words[:-1] if target else words)
        if target is not None:
            (self.folder / target).write_text(said)
            return ""
        return said

    def said(self, words: list[str]) -> str:
        name, rest = words[0].rpartition("/")[2], words[1:]
        if name == "wantilan":
            return self.wantilan(rest)
        if name == "curl":
            return self.curl(rest)
        if name in OUTSIDE:
            return subprocess.run(
                [name, *rest], cwd=self.folder, capture_output=True, text=True, check=True
            ).stdout
        if name in ("make", "umask"):
            return ""
        raise AssertionError(f"a page uses {name!r}, which its test cannot run")

    def wantilan(self, words: list[str]) -> str:
        if words[0] in ("serve", "demo"):
            from wantilan.cli import main

            command = main.commands[words[0]]
            command.make_context(words[0], words[1:])
            return ""
        unset = {"WANTILAN_DATABASE_URL": None, "WANTILAN_OWNER_URL": None, "WANTILAN_KEYS": None}
        return self.shell.done(*words, **{**unset, **self.exported})

    def curl(self, words: list[str]) -> str:
        assert self.web is not None, "nothing answers here"
        headers: dict[str, str] = {}
        body: str | bytes | None = None
        address, target = "", None
        rest = iter(words)
        for word in rest:
            if word == "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            elif word == "-d":
                body = next(rest)
            elif word == "-T":
                body = (self.folder / next(rest)).read_bytes()
            elif word == "-o":
                target = next(rest)
            elif word != "-s":
                address = word
        said = self.web(address, headers, body)
        if target is None:
            return said
        (self.folder / target).write_bytes(said.encode("latin-1"))
        return ""

    def words(self, line: str) -> list[str]:
        """The words of a line, `$NAME` and `$(command)` filled in, except between single quotes."""
        filled: list[str] = []

        def fill(found: re.Match[str]) -> str:
            value = self.command(found[1]).rstrip("\n") if found[1] else self.exported[found[2]]
            filled.append(value)
            return f"\x00{len(filled) - 1}\x00"

        parts = re.split(r"""("[^"]*\$\([^)]*\)[^"]*"|\$\(.*?\)(?=\s|$)|'[^']*')""", line)
        text = "".join(part if part.startswith("'") else _INNER.sub(fill, part) for part in parts)
        return [
            re.sub(r"\x00(\d+)\x00", lambda found: filled[int(found[1])], word) for word in shlex.split(text)
        ]
