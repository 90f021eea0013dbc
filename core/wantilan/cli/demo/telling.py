"""What the demo prints when it answers: where, one question to ask, and how to stop."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from ...programs.host import Host
from .villages import BENGKEL

RESIDENT_PARTS = {"kartu_cerdas": "kartuCerdas { card { status } }"}
VILLAGE_PARTS = {
    "waste": "waste { massByStream { stream mass } }",
    "cctv_registry": "cctv { cameras { totalCount } }",
}
ASKER = "operator_bengkel"


def question(host: Host) -> str:
    """One question that crosses core and every program that is installed here."""
    of_resident = " ".join(["fullName nik", *_parts(host, RESIDENT_PARTS)])
    of_village = " ".join(_parts(host, VILLAGE_PARTS))
    return (
        f'{{ village(code: "{BENGKEL}") {{ name region {{ name }} hamlets {{ name }} '
        f"residents(first: 3) {{ totalCount nodes {{ {of_resident} }} }} "
        f"{of_village}{' ' if of_village else ''}programs {{ name enabled }} }} }}"
    )


def _parts(host: Host, parts: dict[str, str]) -> list[str]:
    return [text for name, text in parts.items() if host.program(name) is not None]


def curl(url: str, host: Host, tokens_file: Path) -> str:
    """The question as one command for sh. It reads the token from its file and so never shows it."""
    read_token = f'sed -n \'s/.*"{ASKER}": "\\([^"]*\\)".*/\\1/p\' {shlex.quote(str(tokens_file))}'
    return (
        f"curl -s {url}/graphql -H 'content-type: application/json' "
        f'-H "authorization: Bearer $({read_token})" '
        f"-d {shlex.quote(json.dumps({'query': question(host)}))}"
    )


def welcome(url: str, host: Host, tokens_file: Path) -> str:
    return f"""
Wantilan answers at {url}/graphql

Ask it (one line, for another terminal):

{curl(url, host, tokens_file)}

GraphiQL: open {url}/graphql in a browser, and put a token under Headers:
  {{"authorization": "Bearer …"}}
Tokens of every role: {tokens_file}

All people are invented. Stop with Ctrl-C; the data is kept."""
