"""a mark of what changed, for copies in processes.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-23 20:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MYSQL = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "cache_change",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_cache_change_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cache_change")),
        **MYSQL,
    )
    op.add_column(
        "cache_entry", sa.Column("changed_in", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index(op.f("ix_cache_entry_changed_in"), "cache_entry", ["changed_in"])


def downgrade() -> None:
    op.drop_index(op.f("ix_cache_entry_changed_in"), table_name="cache_entry")
    op.drop_column("cache_entry", "changed_in")
    op.drop_table("cache_change")
