"""`wantilan documents`: a manifest of trusted documents is held against the schema before it stops a start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.core.shell import Shell

from wantilan.graph.persisted import sha256
from wantilan.graph.trusted import FORMAT
from wantilan.testing.plugin import Templates

GOOD = "query Villages { villages { totalCount } }"
WASTE = 'query Waste { village(code: "51.02.06.2001") { waste { facilities { name } } } }'


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell("sqlite:///never/opened.db")


def write(name: str, manifest: object) -> str:
    Path(name).write_text(json.dumps(manifest), encoding="utf-8")
    return name


def test_a_manifest_that_fits_is_counted(shell: Shell) -> None:
    plain = write("plain.json", {sha256(text): text for text in (GOOD, WASTE)})
    assert shell.done("documents", "check", plain) == "2 documents fit the schema.\n"
    operations = [{"id": sha256(GOOD), "name": "Villages", "type": "query", "body": GOOD}]
    apollo = write("apollo.json", {"format": FORMAT, "version": 1, "operations": operations})
    assert shell.done("documents", "check", apollo) == "1 document fits the schema.\n"


def test_every_document_that_would_not_run_has_a_line(shell: Shell) -> None:
    file = write("some.json", {"a1": GOOD, "b2": "query B { nope }", "c3": "{", "d4": "{ villages { nodes { " + "name " * 2000 + "} } }"})  # fmt: skip
    result = shell("documents", "check", file)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["b2", "c3", "d4", "Error"]
    assert (
        "Cannot query field 'nope'" in lines[0] and "Syntax error" in lines[1] and "limit tokens" in lines[2]
    )
    assert lines[3] == "Error: 3 of 4 documents do not run here."


def test_the_limits_of_the_deployment_count(shell: Shell) -> None:
    file = write("deep.json", {"a1": WASTE})
    assert "1 of 1 document does not run here." in shell.refused(
        "documents", "check", file, WANTILAN_LIMIT_DEPTH="3"
    )


def test_a_file_that_is_no_manifest_is_one_line(shell: Shell) -> None:
    assert "none.json: cannot be read" in shell.refused("documents", "check", "none.json")
    assert "must be a JSON object" in shell.refused("documents", "check", write("list.json", []))
    shell.refused("documents", "check", code=2)


@pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
def test_serve_does_not_start_with_a_manifest_that_does_not_fit(
    wantilan_database_url: str, wantilan_templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(wantilan_database_url, wantilan_templates.keys)
    file = write("faulty.json", {"b2": "{ nope }"})
    line = shell.refused("serve", "--port", "1", WANTILAN_TRUSTED_DOCUMENTS=file)
    assert line.startswith("Error: faulty.json: document 'b2' does not run here. Cannot query field 'nope'")
    assert "cannot be read" in shell.refused("serve", "--port", "1", WANTILAN_TRUSTED_DOCUMENTS="none.json")
    right = write("right.json", {"a1": GOOD})
    control = shell("serve", "--host", "256.0.0.1", "--port", "1", WANTILAN_TRUSTED_DOCUMENTS=right)
    assert "cannot be had" in control.stderr, "it got as far as its port"
