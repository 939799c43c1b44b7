"""first tables.

Revision ID: 0001
Revises:
Create Date: 2026-11-23 17:07:54.492153
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
MYSQL = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "element",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("domain", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_element")),
        **MYSQL,
    )
    op.create_index(op.f("ix_element_domain"), "element", ["domain"], unique=False)

    op.create_table(
        "load",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release", sa.String(length=20), nullable=True),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("started_at", TIMESTAMP, nullable=False),
        sa.Column("finished_at", TIMESTAMP, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'published', 'refused')", name=op.f("ck_load_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_load")),
        **MYSQL,
    )
    op.create_table(
        "occupation",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_occupation")),
        **MYSQL,
    )
    op.create_table(
        "scale",
        sa.Column("id", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("minimum", sa.Numeric(precision=7, scale=4, asdecimal=False), nullable=False),
        sa.Column("maximum", sa.Numeric(precision=7, scale=4, asdecimal=False), nullable=False),
        sa.CheckConstraint("minimum < maximum", name=op.f("ck_scale_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale")),
        **MYSQL,
    )
    op.create_table(
        "warm_job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("domain", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("finished_at", TIMESTAMP, nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_warm_job_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warm_job")),
        **MYSQL,
    )
    op.create_index(op.f("ix_warm_job_request_key"), "warm_job", ["request_key"], unique=False)

    op.create_table(
        "cache_entry",
        sa.Column("domain", sa.String(length=20), nullable=False),
        sa.Column("occupation_code", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=True),
        sa.Column("release", sa.String(length=20), nullable=True),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_url", sa.String(length=255), nullable=True),
        sa.Column("fetched_at", TIMESTAMP, nullable=True),
        sa.Column("expires_at", TIMESTAMP, nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_expires_at", TIMESTAMP, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=255), nullable=True),
        sa.CheckConstraint("origin IN ('seed', 'api')", name=op.f("ck_cache_entry_origin")),
        sa.CheckConstraint(
            "state IN ('absent', 'rated', 'empty', 'unknown')", name=op.f("ck_cache_entry_state")
        ),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("fk_cache_entry_load_id_load")),
        sa.PrimaryKeyConstraint("domain", "occupation_code", name=op.f("pk_cache_entry")),
        **MYSQL,
    )
    op.create_index(op.f("ix_cache_entry_load_id"), "cache_entry", ["load_id"], unique=False)
    op.create_index(
        op.f("ix_cache_entry_occupation_code"), "cache_entry", ["occupation_code"], unique=False
    )
    op.create_index(
        op.f("ix_cache_entry_state_expires_at"),
        "cache_entry",
        ["state", "expires_at"],
        unique=False,
    )

    op.create_table(
        "landing_rating",
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=60), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("occupation_code", sa.String(length=10), nullable=False),
        sa.Column("element_name", sa.String(length=150), nullable=False),
        sa.Column("element_id", sa.String(length=20), nullable=False),
        sa.Column("scale_id", sa.String(length=5), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("recommend_suppress", sa.Boolean(), nullable=True),
        sa.Column("not_relevant", sa.Boolean(), nullable=True),
        sa.Column("date_updated", sa.Date(), nullable=True),
        sa.Column("domain_source", sa.String(length=30), nullable=True),
        sa.Column("value", sa.Numeric(precision=7, scale=4, asdecimal=False), nullable=False),
        sa.Column(
            "standard_error", sa.Numeric(precision=7, scale=4, asdecimal=False), nullable=True
        ),
        sa.Column("lower_ci", sa.Numeric(precision=7, scale=4, asdecimal=False), nullable=True),
        sa.Column("upper_ci", sa.Numeric(precision=7, scale=4, asdecimal=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["load_id"], ["load.id"], name=op.f("fk_landing_rating_load_id_load")
        ),
        sa.PrimaryKeyConstraint("load_id", "file", "line", name=op.f("pk_landing_rating")),
        sqlite_with_rowid=False,
        **MYSQL,
    )
    op.create_table(
        "rating",
        sa.Column("occupation_code", sa.String(length=10), nullable=False),
        sa.Column("element_id", sa.String(length=20), nullable=False),
        sa.Column("scale_id", sa.String(length=5), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("recommend_suppress", sa.Boolean(), nullable=True),
        sa.Column("not_relevant", sa.Boolean(), nullable=True),
        sa.Column("date_updated", sa.Date(), nullable=True),
        sa.Column("domain_source", sa.String(length=30), nullable=True),
        sa.Column("value", sa.Numeric(precision=7, scale=4, asdecimal=False), nullable=False),
        sa.Column(
            "standard_error", sa.Numeric(precision=7, scale=4, asdecimal=False), nullable=True
        ),
        sa.Column("lower_ci", sa.Numeric(precision=7, scale=4, asdecimal=False), nullable=True),
        sa.Column("upper_ci", sa.Numeric(precision=7, scale=4, asdecimal=False), nullable=True),
        sa.CheckConstraint("lower_ci <= upper_ci", name=op.f("ck_rating_ci")),
        sa.CheckConstraint("n >= 0", name=op.f("ck_rating_n")),
        sa.CheckConstraint("standard_error >= 0", name=op.f("ck_rating_standard_error")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_rating_value")),
        sa.ForeignKeyConstraint(
            ["element_id"], ["element.id"], name=op.f("fk_rating_element_id_element")
        ),
        sa.ForeignKeyConstraint(
            ["occupation_code"],
            ["occupation.code"],
            name=op.f("fk_rating_occupation_code_occupation"),
        ),
        sa.ForeignKeyConstraint(["scale_id"], ["scale.id"], name=op.f("fk_rating_scale_id_scale")),
        sa.PrimaryKeyConstraint(
            "occupation_code", "element_id", "scale_id", name=op.f("pk_rating")
        ),
        sqlite_with_rowid=False,
        **MYSQL,
    )
    op.create_table(
        "warm_item",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("occupation_code", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_expires_at", TIMESTAMP, nullable=True),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'done', 'empty', 'failed')", name=op.f("ck_warm_item_state")
        ),
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
        unique=False,
    )


def downgrade() -> None:

    op.drop_table("warm_item")
    op.drop_table("rating")
    op.drop_table("landing_rating")

    op.drop_table("cache_entry")

    op.drop_table("warm_job")
    op.drop_table("scale")
    op.drop_table("occupation")
    op.drop_table("load")

    op.drop_table("element")
