"""descriptions of elements, anchors of levels, and where they were read.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-28 10:00:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE_OPTIONS = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
CLUSTERED = TABLE_OPTIONS | {"sqlite_with_rowid": False}
TIMESTAMP = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")


def upgrade() -> None:
    op.create_table(
        "element_description",
        sa.Column("element_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("element_id", name=op.f("pk_element_description")),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "level_anchor",
        sa.Column("element_id", sa.String(length=20), nullable=False),
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("element_id", "level", name=op.f("pk_level_anchor")),
        **CLUSTERED,
    )
    op.create_table(
        "meaning_source",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=True),
        sa.Column("release", sa.String(length=20), nullable=True),
        sa.Column("read_at", TIMESTAMP, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_expires_at", TIMESTAMP, nullable=True),
        sa.CheckConstraint("origin IN ('seed', 'api')", name=op.f("ck_meaning_source_origin")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meaning_source")),
        **TABLE_OPTIONS,
    )


def downgrade() -> None:
    for table in ("meaning_source", "level_anchor", "element_description"):
        op.drop_table(table)
