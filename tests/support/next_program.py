"""The program that comes after this one: a copy of it with one more migration, at work."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.processes import ROOT, SECONDS, environment

from cache.db.onet_tables import SCHEMA_REVISION

NEXT_MIGRATION = '''"""A column that programs before this one do not know.

Revision ID: {revision}
Revises: {before}
"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    op.add_column("cache_entry", sa.Column("noted", sa.String(20), nullable=True))
    op.add_column("landing_rating", sa.Column("noted", sa.String(20), nullable=True))
    op.create_table("note", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("note")
    op.drop_column("landing_rating", "noted")
    op.drop_column("cache_entry", "noted")
'''


def next_program(folder: Path) -> Path:
    """Copy this program, with one more migration, which lets this one go on."""
    for name in ("app", "cache", "onet_client", "migrations", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    number = SCHEMA_REVISION[:4]
    revision = f"{int(number) + 1:04}_lets_{number}"
    migration = NEXT_MIGRATION.format(revision=revision, before=SCHEMA_REVISION)
    (folder / "migrations" / "versions" / f"{revision}.py").write_text(migration)
    tables = folder / "cache" / "db" / "onet_tables.py"
    new = tables.read_text().replace(
        f'SCHEMA_REVISION = "{SCHEMA_REVISION}"', f'SCHEMA_REVISION = "{revision}"'
    )
    tables.write_text(new)
    return folder


@contextmanager
def running(program: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A command of another program than this one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", *arguments],
        cwd=program,
        env=environment(**more) | {"PYTHONPATH": str(program)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)
