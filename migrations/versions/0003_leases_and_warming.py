"""refresh requests, and jobs that are read and claimed by lease.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-23 20:05:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
MYSQL = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ENTRY_TIMES = ("validated_at", "retry_at", "refresh_requested_at")
JOB_STATES = "state IN ('queued', 'running', 'done', 'failed')"
ITEM_STATES = "state IN ('queued', 'done', 'empty', 'failed')"


def upgrade() -> None:
    for name in ENTRY_TIMES:
        op.add_column("cache_entry", sa.Column(name, TIMESTAMP, nullable=True))
    op.create_index(
        op.f("ix_cache_entry_refresh_requested_at"), "cache_entry", ["refresh_requested_at"]
    )
    op.create_table(
        "load_table",
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("landed", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("next_url", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("fk_load_table_load_id_load")),
        sa.PrimaryKeyConstraint("load_id", "name", name=op.f("pk_load_table")),
        **MYSQL,
    )
    # Nothing has written jobs yet, so there is nothing to keep.
    _drop_jobs()
    op.create_table(
        "warm_job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("active_key", sa.String(length=64), nullable=True),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("domain", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("finished_at", TIMESTAMP, nullable=True),
        sa.Column("release", sa.String(length=20), nullable=True),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_expires_at", TIMESTAMP, nullable=True),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.CheckConstraint(JOB_STATES, name=op.f("ck_warm_job_state")),
        sa.CheckConstraint("scope IN ('codes', 'stale', 'all')", name=op.f("ck_warm_job_scope")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("fk_warm_job_load_id_load")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warm_job")),
        sa.UniqueConstraint("active_key", name=op.f("uq_warm_job_active_key")),
        **MYSQL,
    )
    op.create_index(op.f("ix_warm_job_load_id"), "warm_job", ["load_id"])
    _create_items(sa.Column("generation", sa.Integer(), nullable=False))


def downgrade() -> None:
    _drop_jobs()
    op.create_table(
        "warm_job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("domain", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("finished_at", TIMESTAMP, nullable=True),
        sa.CheckConstraint(JOB_STATES, name=op.f("ck_warm_job_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warm_job")),
        **MYSQL,
    )
    op.create_index(op.f("ix_warm_job_request_key"), "warm_job", ["request_key"])
    _create_items()
    op.drop_table("load_table")
    op.drop_index(op.f("ix_cache_entry_refresh_requested_at"), table_name="cache_entry")
    for name in ENTRY_TIMES:
        op.drop_column("cache_entry", name)


def _drop_jobs() -> None:
    op.drop_table("warm_item")
    op.drop_table("warm_job")


def _create_items(*more: sa.Column) -> None:
    op.create_table(
        "warm_item",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("occupation_code", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        *more,
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_expires_at", TIMESTAMP, nullable=True),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.CheckConstraint(ITEM_STATES, name=op.f("ck_warm_item_state")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["warm_job.id"], name=op.f("fk_warm_item_job_id_warm_job")
        ),
        sa.PrimaryKeyConstraint("job_id", "occupation_code", name=op.f("pk_warm_item")),
        **MYSQL,
    )
    op.create_index(
        op.f("ix_warm_item_job_id_state_lease_expires_at"),
        "warm_item",
        ["job_id", "state", "lease_expires_at"],
    )
