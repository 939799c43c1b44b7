"""Alembic's entry point: the database is the one of the settings, or the caller's connection."""

from alembic import context
from sqlalchemy import Connection

import cache.db.migrate  # noqa: F401 - that is how Alembic is told of its way with MySQL
from app.settings import Settings
from cache.db.database import connect
from cache.db.onet_tables import Base


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        transactional_ddl=connection.dialect.name == "sqlite",
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def _print_sql() -> None:
    context.configure(
        url=Settings.from_environment().database_url.render_as_string(hide_password=False),
        target_metadata=Base.metadata,
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if context.is_offline_mode():
    _print_sql()
elif given is not None:
    _migrate(given)
else:
    engine = connect(Settings.from_environment().database_url)
    with engine.execution_options(writes=True).connect() as opened:
        _migrate(opened)
    engine.dispose()
