"""The `wantilan` command: one noun per module. Nothing imports from here."""

from __future__ import annotations

import click

from ..programs.manifest import API_VERSION
from .demo import demo
from .documents import documents
from .explain import explain
from .files import files
from .jobs import jobs
from .keys import keys
from .messages import messages
from .migrate import migrate
from .program import program
from .regions import regions
from .resident import resident
from .role import role
from .rollup import rollup
from .root import Root
from .schema import schema
from .search import search
from .serve import serve
from .statistics import statistics
from .token import token
from .village import village


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(
    package_name="wantilan", message=f"wantilan %(version)s, plugin API {API_VERSION}", prog_name="wantilan"
)
@click.option("--debug", is_flag=True, help="Show the traceback when something fails.")
def main(debug: bool) -> None:
    """One GraphQL API for many villages: this command sets a deployment up and serves it.

    Settings are read from WANTILAN_* in the environment, or from wantilan.toml in the working directory.

    \b
    Examples:
      wantilan demo                                    try it, with invented people
      wantilan migrate                                 make or renew the tables
      wantilan village open 51.02.06.2001              let a village take part
      wantilan program enable waste 51.02.06.2001      switch a program on there
      wantilan serve                                   answer questions at /graphql
    """


for command in (
    migrate,
    serve,
    demo,
    village,
    resident,
    program,
    files,
    jobs,
    role,
    token,
    keys,
    regions,
    schema,
    explain,
    documents,
    rollup,
    search,
    statistics,
    messages,
):
    main.add_command(command)
