"""alternate titles, job zones and related occupations.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-23 23:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CLUSTERED = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "sqlite_with_rowid": False,
}


def upgrade() -> None:
    op.add_column("occupation", sa.Column("job_zone", sa.SmallInteger(), nullable=True))
    _create(
        "alternate_title",
        sa.Column("title", sa.String(length=250), nullable=False),
        key="title",
    )
    _create(
        "related_occupation",
        sa.Column("related_code", sa.String(length=10), nullable=False),
        sa.Column("tier", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        key="related_code",
    )


def downgrade() -> None:
    op.drop_table("related_occupation")
    op.drop_table("alternate_title")
    op.drop_column("occupation", "job_zone")


def _create(table: str, *columns: sa.Column, key: str) -> None:
    """Make a table of what an occupation has several of."""
    op.create_table(
        table,
        sa.Column("occupation_code", sa.String(length=10), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["occupation_code"],
            ["occupation.code"],
            name=op.f(f"fk_{table}_occupation_code_occupation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("occupation_code", key, name=op.f(f"pk_{table}")),
        **CLUSTERED,
    )
