"""what opened the breaker, for all processes to tell.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-28 09:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("upstream_governor", sa.Column("opened_by", sa.String(200), nullable=True))


def downgrade() -> None:
    op.drop_column("upstream_governor", "opened_by")
