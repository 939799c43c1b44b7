"""what became of codes that O*NET does not list any more.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-24 00:10:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
CLUSTERED = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "sqlite_with_rowid": False,
}


def upgrade() -> None:
    op.create_table(
        "succession",
        sa.Column("old_code", sa.String(length=10), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("new_code", sa.String(length=10), nullable=True),
        sa.Column("title", sa.String(length=150), nullable=True),
        sa.Column("asked_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("old_code", "position", name=op.f("pk_succession")),
        **CLUSTERED,
    )


def downgrade() -> None:
    op.drop_table("succession")
