"""Whether a database is fit to be served from, read off itself: the server never imports alembic."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from ..programs.manifest import Program
from ..store.rollup_triggers import outdated
from ..store.tables import sql_table

ROLE = sa.text(
    """
    SELECT r.rolsuper, r.rolbypassrls, EXISTS (
        SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
        AND pg_catalog.pg_has_role(r.oid, c.relowner, 'MEMBER'))
    FROM pg_catalog.pg_roles r WHERE r.rolname = :role
    """
)  # fmt: skip


def not_migrated(connection: sa.Connection, programs: Iterable[Program]) -> list[str]:
    """The programs of which a declared table or column is not there, or a rollup is not kept, in order."""
    inspector = sa.inspect(connection)
    there = {
        name: {column["name"] for column in columns}
        for (_, name), columns in inspector.get_multi_columns().items()
    }
    return [
        program.name
        for program in programs
        if not _is_there(program, there) or outdated(connection, program.rollups)
    ]


def _is_there(program: Program, there: dict[str, set[str]]) -> bool:
    tables = [sql_table(model) for model in program.models]
    return all({column.name for column in table.columns} <= there.get(table.name, set()) for table in tables)


def without_wall(connection: sa.Connection, role: str) -> str | None:
    """Why the second wall would not hold for this role on PostgreSQL; None when it holds.

    A superuser and a role with BYPASSRLS are never asked; an owner of tables could take the wall down.
    """
    found = connection.execute(ROLE, {"role": role}).one_or_none()
    if found is None:
        return f"the role {role!r} does not exist; CREATE ROLE it with LOGIN and nothing else"
    superuser, bypass, owner = found
    if superuser:
        return f"the role {role!r} is a superuser; give the application a role of its own"
    if bypass:
        return f"the role {role!r} has BYPASSRLS; ALTER ROLE … NOBYPASSRLS"
    if owner:
        return f"the role {role!r} owns the tables; let WANTILAN_OWNER_URL name another role"
    return None
