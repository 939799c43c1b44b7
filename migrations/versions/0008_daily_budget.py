"""the day's budget of requests upstream, and the share of codes that no list has.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-25 09:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = {
    "guess_slot": sa.Double(),
    "day": sa.Integer(),
    "spent": sa.Integer(),
    "guessed": sa.Integer(),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        column = sa.Column(name, kind, nullable=False, server_default="0")
        op.add_column("upstream_governor", column)


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("upstream_governor", name)
