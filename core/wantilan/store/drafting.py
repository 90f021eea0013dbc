"""Drafting the next numbered step of a lineage from its declared tables. For authors; the step is then
theirs.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import UpgradeOps
from alembic.runtime.migration import MigrationContext

from ..errors import ConfigurationError
from .database import database_url, write_engine
from .migrations import Lineage, migrate
from .tables import Table, sql_table
from .types import Amount, Change, Instant

STEP = '''"""{title}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = {down}


def upgrade() -> None:
    {body}
'''


async def draft_step(lineages: Sequence[Lineage], title: str) -> Path:
    """Write the next step of the last lineage, from what its tables are to what its steps make.

    Raises ConfigurationError when there is nothing to do.
    """
    lineage = lineages[-1]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        await migrate(url, lineages, None)
        engine = write_engine(database_url(url))
        async with engine.connect() as connection:
            body = await connection.run_sync(lambda sync: _rendered(sync, lineage))
        await engine.dispose()
    if body.strip() in ("", "pass"):
        raise ConfigurationError(f"The steps of {lineage.name!r} already make its tables.")
    script = lineage.script()
    heads = script.get_heads()
    number = len(list(script.walk_revisions())) + 1
    revision = f"{lineage.name}_{number:04d}"
    path = Path(script.dir) / f"{number:04d}_{re.sub(r'[^a-z0-9]+', '_', title.lower()).strip('_')}.py"
    imports = "from sqlalchemy.dialects import postgresql\n" if "postgresql." in body else ""
    down = repr(heads[0]).replace("'", '"') if heads else "None"
    path.write_text(STEP.format(title=title, imports=imports, revision=revision, down=down, body=body))
    return path


def _rendered(connection: sa.Connection, lineage: Lineage) -> str:
    own = {sql_table(model).name for model in lineage.models}

    def ours(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        table = item if kind == "table" else getattr(item, "table", None)
        return table is None or table.name in own

    options = {
        "include_object": ours,
        "render_item": _item,
        "sqlalchemy_module_prefix": "sa.",
        "alembic_module_prefix": "op.",
        "user_module_prefix": None,
    }
    context = MigrationContext.configure(connection, opts=options)
    made = produce_migrations(context, Table.metadata).upgrade_ops
    assert isinstance(made, UpgradeOps)
    lines = render_python_code(made, render_item=_item).replace("=Text()", "=sa.Text()").splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith("# ###")).strip()


def _item(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """Our own column types as what they are in the database: a step outlives our classes."""
    if kind == "type" and isinstance(item, Amount | Change):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, Instant):
        return "sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True, precision=3), 'postgresql')"
    return False
