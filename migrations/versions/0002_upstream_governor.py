"""upstream governor.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-23 18:59:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MYSQL = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "upstream_governor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_slot", sa.Double(), nullable=False),
        sa.Column("paused_until", sa.Double(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.Double(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_upstream_governor_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upstream_governor")),
        **MYSQL,
    )


def downgrade() -> None:
    op.drop_table("upstream_governor")
