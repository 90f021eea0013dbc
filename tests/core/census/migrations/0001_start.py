"""Start."""

from alembic import op
from sqlalchemy.schema import CreateTable
from tests.core.census import ROLLUPS, CensusPerson

revision = "census_0001"
down_revision = None


def upgrade() -> None:
    for model in (CensusPerson, *(rollup.model for rollup in ROLLUPS)):
        op.execute(CreateTable(model.__table__))
