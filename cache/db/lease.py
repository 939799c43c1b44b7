"""Leases: who works on a row, and until when by the database's clock.

A lease is taken by a conditional update, so that nothing is locked while its owner works: of any
number of processes one gets it. It is free again once it was given back or has expired, so what
a killed owner had is taken over. A late owner has nothing any more: it can neither renew its
lease, nor give it back, nor change the row under it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, delete, update
from sqlalchemy.orm import DeclarativeBase

from cache.db.clock import database_time, has_passed

Rows = Mapping[str, Any]

ERROR_LENGTH: Final = 255
"""Characters of an error that a row keeps."""
UNLEASED: Final[dict[str, Any]] = {"lease_owner": None, "lease_expires_at": None}
"""The columns of a row that nobody works on."""


def lease_until(now: datetime, seconds: float, owner: str | None = None) -> dict[str, Any]:
    """Return the columns of a lease from `now` on; without an owner the row is put off."""
    return {"lease_owner": owner, "lease_expires_at": now + timedelta(seconds=seconds)}


class RowLeases:
    """The leases of a table, which has the columns `lease_owner` and `lease_expires_at`.

    Every method works in the caller's transaction and returns how many rows it changed: none
    where the lease is another's. `rows` has the values of the bind parameters that name rows.
    """

    def __init__(
        self,
        model: type[DeclarativeBase],
        named: Sequence[ColumnElement[bool]],
        fence: Sequence[ColumnElement[bool]] = (),
        **taken: Any,
    ) -> None:
        """Build the statements once, since building them takes longer than running them.

        Args:
            model: the table.
            named: conditions that name rows, with bind parameters.
            fence: what has to be true of them, too, for the lease to be taken.
            taken: columns that change when it is taken.
        """
        table: Any = model.__table__
        self._expires_at = table.c.lease_expires_at
        self._take = update(table).where(*named, *fence, self.expired(bindparam("now")))
        if taken:
            self._take = self._take.values(taken)
        owned = (*named, table.c.lease_owner == bindparam("owner"))
        self._change, self._delete = update(table).where(*owned), delete(table).where(*owned)

    def expired(self, now: datetime | BindParameter[Any]) -> ColumnElement[bool]:
        """Select the rows whose lease can be taken at `now`, the database's time."""
        return has_passed(self._expires_at, now)

    def take(
        self, connection: Connection, rows: Rows, owner: str, now: datetime, seconds: float
    ) -> int:
        """Take the lease for so many seconds, where it is free at `now`, the database's time."""
        lease = {"now": now, **lease_until(now, seconds, owner)}
        return connection.execute(self._take, {**rows, **lease}).rowcount

    def renew(
        self, connection: Connection, rows: Rows, owner: str, seconds: float, **changes: Any
    ) -> int:
        """Let the owner's lease last so many seconds from now on, and change other columns."""
        lease = lease_until(database_time(connection), seconds, owner)
        return self.change(connection, rows, owner, **changes, **lease)

    def give_back(
        self, connection: Connection, rows: Rows, owner: str, delay: float | None, **changes: Any
    ) -> int:
        """Give the owner's lease back, and change other columns.

        With a delay it can be taken in so many seconds only: until then nobody owns it.
        """
        lease = UNLEASED if delay is None else lease_until(database_time(connection), delay)
        return self.change(connection, rows, owner, **changes, **lease)

    def change(self, connection: Connection, rows: Rows, owner: str, **changes: Any) -> int:
        """Change other columns under the owner's lease."""
        change = self._change.values(changes)
        return connection.execute(change, {**rows, "owner": owner}).rowcount

    def delete(self, connection: Connection, rows: Rows, owner: str) -> int:
        """Delete the rows under the owner's lease."""
        return connection.execute(self._delete, {**rows, "owner": owner}).rowcount
