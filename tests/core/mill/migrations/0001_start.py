"""Start."""

from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable
from tests.core.mill import MODELS, ROLLUPS

revision = "mill_0001"
down_revision = None


def upgrade() -> None:
    for model in (*MODELS, *(rollup.model for rollup in ROLLUPS)):
        op.execute(CreateTable(model.__table__))
        for index in model.__table__.indexes:
            op.execute(CreateIndex(index))
