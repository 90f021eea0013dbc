"""The documentation is complete: what there is stands in it, and what stands in it is there."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType
from tests.system.pages import DOCS, PAGES, README, ROOT, blocks, plain, prose, table_of

import wantilan
from wantilan import errors, testing
from wantilan.cli import main
from wantilan.graph import coerce, conditions, gate, limits, meter, persisted
from wantilan.programs import hookspecs
from wantilan.programs.host import Host
from wantilan.programs.manifest import Program
from wantilan.registry import spelling
from wantilan.settings import Files, Limits, Settings
from wantilan.testing import Reply, World

AUTHORS = ROOT / "docs" / "write-a-program.md"
DOCUMENTS = ROOT / "docs" / "documents.md"
ERRORS = ROOT / "docs" / "errors.md"
LIMITS = ROOT / "docs" / "limits.md"
NAMES = ROOT / "docs" / "names.md"
OPERATE = ROOT / "docs" / "operate.md"


def code_in(text: str) -> set[str]:
    """Every name between backticks."""
    return {name for span in re.findall(r"`([^`]+)`", text) for name in re.findall(r"[A-Za-z_]\w*", span)}


# README


def test_the_readme_has_at_most_120_lines() -> None:
    assert len(README.read_text().splitlines()) <= 120


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        assert "://" not in target, "pages name no address"
        name, _, anchor = target.partition("#")
        linked = page.parent / name if name else page
        assert linked.exists(), target
        assert not anchor or anchor in headings(linked), target


def headings(page: Path) -> set[str]:
    found = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_every_target_of_the_makefile_stands_in_the_readme_and_the_other_way_round() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets == set(re.findall(r"make ([a-z]+)", README.read_text()))


# Blocks


RUNS: dict[str, tuple[frozenset[str], ...]] = {
    "shell": (frozenset({"on"}),),
    "graphql": (frozenset({"as"}), frozenset({"by"}), frozenset({"on"}), frozenset({"file"})),
    "json": (frozenset(), frozenset({"shape"}), frozenset({"answer"}), frozenset({"file"})),
    "js": (frozenset({"client"}),),
    "python": (frozenset(), frozenset({"file"}), frozenset({"hooks"})),
    "toml": (frozenset({"file"}), frozenset({"settings"})),
    "sql": (frozenset({"on"}),),
    "text": (frozenset(),),
}
"""What tests/system/test_docs.py, tests/live/test_page.py and `make clients` run or compare; a block with other tags would stand there untested."""


def test_every_block_is_of_a_kind_that_the_tests_run() -> None:
    found = blocks()
    assert len(found) > 30
    for block in found:
        assert block.tags.keys() in RUNS.get(block.language, ()), str(block)


# Program authors


def signature_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    empty = ast.parse("...").body
    function.body, function.decorator_list = empty, []
    return ast.unparse(function)


def signatures(source: str) -> dict[str, str]:
    """Name -> the function's head as Python would write it."""
    nodes = ast.parse(source).body
    return {n.name: signature_of(n) for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


def hooks() -> set[str]:
    return {name for name, value in vars(hookspecs).items() if hasattr(value, f"{hookspecs.PROJECT}_spec")}


def test_every_hook_is_documented_with_its_exact_signature() -> None:
    written = {name: text for b in blocks(AUTHORS, hooks="") for name, text in signatures(b.text).items()}
    source = inspect.getsource(hookspecs)
    assert written == {name: text for name, text in signatures(source).items() if name in hooks()}
    assert len(written) > 15


def test_every_hook_is_called_today_as_the_page_says() -> None:
    assert "All of them are called today." in prose(AUTHORS)
    others = [p for p in (ROOT / "core" / "wantilan").rglob("*.py") if p.name != "hookspecs.py"]
    sources = "".join(path.read_text() for path in others)
    called = set(re.findall(r"\bhookspecs\.(\w+)", sources)) & hooks()
    announced = set(re.findall(r"announce\(\s*\"(\w+)\"", sources)) & hookspecs.ACT.keys()
    assert called | announced == hooks()


def test_every_public_name_is_documented() -> None:
    known = code_in(prose(AUTHORS))
    assert set(wantilan.__all__) <= known
    assert "build_host" not in known  # the control: what is not public is not among them
    (listed,) = re.findall(r"## All names\n(.*?)\n## ", prose(AUTHORS), re.DOTALL)
    assert code_in(listed) - {"wantilan"} == set(wantilan.__all__)


def test_everything_that_tests_are_given_is_documented() -> None:
    known = code_in(prose(AUTHORS)) | code_in("`" + "` `".join(b.text for b in blocks(AUTHORS)) + "`")
    for cls in (World, Reply):
        own = {name for name in vars(cls) if not name.startswith("_")} - {"engine", "host", "keys"}
        assert own <= known, own - known
    assert set(testing.__all__) - {"PostgresServer", "postgres_server"} <= known


def test_everything_that_a_program_takes_is_documented() -> None:
    rows = table_of(AUTHORS, "field", "what")
    written = {name for row in rows for name in code_in(row[0])}
    assert written == {field.name for field in fields(Program)}


# Errors and limits


def refusals(cls: type[errors.Refusal] = errors.Refusal) -> Iterator[type[errors.Refusal]]:
    for below in cls.__subclasses__():
        if below.__module__ == errors.__name__:
            yield below
            yield from refusals(below)


def test_the_list_of_codes_is_that_of_the_error_tree() -> None:
    written = [(plain(code), plain(name)) for code, name, *_ in table_of(ERRORS, "code", "class")]
    assert sorted(written) == sorted((cls.code, cls.__name__) for cls in refusals())


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def test_the_table_of_limits_is_that_of_the_settings() -> None:
    written = [tuple(map(plain, row[:3])) for row in table_of(LIMITS, "limit", "default", "setting")]
    prefix = Limits.model_config["env_prefix"]
    assert written == [
        (camel(name), str(field.default), f"{prefix}{name}".upper())
        for name, field in Limits.model_fields.items()
    ]


def test_the_fixed_limits_are_those_of_the_code() -> None:
    written = {plain(row[0]): int(row[1]) for row in table_of(LIMITS, "limit", "number")}
    assert written == {
        "nesting": limits.NESTING,
        "repeats": limits.REPEATS,
        "filterConditions": conditions.CONDITIONS,
        "filterLevels": conditions.LEVELS,
        "searchCharacters": spelling.LONGEST_SEARCH,
        "searchWords": spelling.MOST_WORDS,
        "inputDepth": coerce.INPUT_DEPTH,
    }


def test_what_the_pages_say_of_documents_by_name_is_what_the_code_does() -> None:
    page = prose(DOCUMENTS)
    for number in (persisted.SIZE, persisted.CHARACTERS, gate.MOST_OF_ONE, gate.MOST):
        assert re.search(rf"\b{number:,}\b", page), number
    assert f"each full {meter.CHARACTERS_PER_COST} of its characters" in prose(LIMITS)


# Operators


def test_the_table_of_settings_is_that_of_the_code() -> None:
    written = {plain(row[0]): plain(row[1]) for row in table_of(OPERATE, "setting", "default")}
    assert written.keys() == {f"WANTILAN_{name}".upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        shown = {None: "none", False: "off"}.get(field.default, str(field.default))
        if field.default_factory is None:
            assert written[f"WANTILAN_{name}".upper()] == shown


def test_the_table_of_files_is_that_of_the_settings() -> None:
    written = [tuple(map(plain, row[:2])) for row in table_of(OPERATE, "files", "default")]
    assert written == [
        (f"WANTILAN_FILES_{name}".upper(), "none" if field.default in (None, "") else str(field.default))
        for name, field in Files.model_fields.items()
    ]


def test_the_table_of_roles_is_that_of_the_catalogue(wantilan_host: Host) -> None:
    written = {plain(row[0]): plain(row[1]) for row in table_of(OPERATE, "role", "held at")}
    assert written == {
        name: ", ".join(sorted(place.value for place in role.places))
        for name, role in wantilan_host.catalogue.roles.items()
    }


def commands(group: click.Group = main, way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*way, name))
        else:
            yield (*way, name)


def mentioned(page: Path) -> Iterator[list[str]]:
    """The words behind each `wantilan` that a page shows, in its blocks and between backticks."""
    shown = [
        line for b in blocks(page, language="shell") for line in b.text.replace("\\\n", " ").splitlines()
    ]
    shown += re.findall(r"`((?:\.venv/bin/)?wantilan [^`]+)`", prose(page))
    for line in shown:
        found = re.search(r"(?:^|\$\(|/)wantilan ([^>()]+)", line)
        if found:
            yield shlex.split(found[1])


def resolved(words: list[str]) -> tuple[str, ...]:
    """The command that these words call. Fails when there is none, or when it has no such option."""
    command: click.Command = main
    way: list[str] = []
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-") and word not in ("…", "papan"):
            assert word in command.commands, f"there is no command wantilan {' '.join([*way, word])}"
            command = command.commands[word]
            way.append(word)
        elif word.startswith("--"):
            options = {option for p in command.params for option in p.opts} | {"--help"}
            assert word in options, f"wantilan {' '.join(way)} has no {word}"
    return tuple(way)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_on_a_page_exists(page: Path) -> None:
    for words in mentioned(page):
        resolved(words)


def test_a_command_that_does_not_exist_is_noticed() -> None:
    with pytest.raises(AssertionError, match="no command wantilan village close"):
        resolved(["village", "close", "51.02.06.2001"])
    with pytest.raises(AssertionError, match="has no --force"):
        resolved(["migrate", "--force"])


def test_every_command_stands_on_the_page_for_operators() -> None:
    assert set(commands()) == {
        way for words in mentioned(OPERATE) if len(way := resolved(words)) and way in set(commands())
    }


# Names


def test_every_name_of_the_table_is_in_the_schema(wantilan_host: Host) -> None:
    types = wantilan_host.schema.graphql.type_map
    rows = table_of(NAMES, "in the notes", "in the API")
    paths = [path for row in rows for path in re.findall(r"`([^`]+)`", row[1])]
    for path in paths:
        owner, _, field = path.partition(".")
        named = types.get(owner)
        assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType), path
        assert field in named.fields, path
    assert len(paths) > 30


def test_every_mutation_stands_in_the_table_of_names(wantilan_host: Host) -> None:
    mutation = wantilan_host.schema.graphql.mutation_type
    assert mutation is not None
    rows = table_of(NAMES, "in the notes", "in the API")
    written = {name for row in rows for name in re.findall(r"`Mutation\.(\w+)`", row[1])}
    assert written == set(mutation.fields)


def test_the_pages_are_those_that_the_readme_leads_to() -> None:
    assert {page.name for page in DOCS} == set(re.findall(r"docs/([\w-]+\.md)", README.read_text()))
