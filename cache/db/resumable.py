"""Migrations on MySQL that may be cut short anywhere, and run again.

MySQL's DDL is in no transaction, so a migration that is cut short leaves some statements done. Run
again, they find their work there, which is no error then. What else a migration does, such as an
UPDATE, has to bear being done twice.
"""

import re
from typing import Any, Final

from alembic.ddl.mysql import MySQLImpl
from sqlalchemy.exc import DBAPIError

from cache.db.unavailable import error_number

ADDED: Final = (1050, 1060, 1061, 1826, 3822)
"""MySQL's numbers for a table, column, key, foreign key or check that is there already."""
DROPPED: Final = (1051, 1091, 1146)
"""And for one, or for the table that it was of, that is not there any more."""
DROPS: Final = re.compile(r"\bDROP\b")


class ResumableMySQL(MySQLImpl):
    """Alembic's way with MySQL; being defined, it takes the place of Alembic's own."""

    __dialect__ = "mysql"

    def _exec(self, *args: Any, **named: Any) -> Any:
        try:
            return super()._exec(*args, **named)
        except DBAPIError as error:
            if not _is_done(error):
                raise
        return None


def _is_done(error: DBAPIError) -> bool:
    drops = DROPS.search(error.statement or "") is not None
    return error_number(error) in (DROPPED if drops else ADDED)
