"""Make a rollup's table anew, as SQLite must for most changes of it, and then write into what it counts."""

from alembic import op
from tests.core.census import ROLLUPS

revision = "census_0002"
down_revision = "census_0001"


def upgrade() -> None:
    table = ROLLUPS[0].model.__table__
    with op.batch_alter_table(table.name, copy_from=table) as batch:
        batch.alter_column("row_count", nullable=False)
    op.execute("UPDATE census_person SET sex = 'L' WHERE sex = 'M'")
