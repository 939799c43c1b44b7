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

from cache.db.clock import database_time, has_passed
from cache.db.columns import Base

ERROR_LENGTH: Final = 255
"""Characters of an error that a row keeps."""
UNLEASED: Final[dict[str, Any]] = {"lease_owner": None, "lease_expires_at": None}
"""The columns of a row that nobody works on."""


def lease_until(now: datetime, seconds: float, owner: str | None = None) -> dict[str, Any]:
    """Return the columns of a lease from `now` on; without an owner the row is put off so long."""
    return {"lease_owner": owner, "lease_expires_at": now + timedelta(seconds=seconds)}


class RowLeases:
    """The leases of a table, which has the columns `lease_owner` and `lease_expires_at`.

    Every method works in the caller's transaction and returns how many rows it changed. Its
    `key` is the values of the bind parameters that name the rows.
    """

    def __init__(
        self,
        model: type[Base],
        rows: Sequence[ColumnElement[bool]],
        fence: Sequence[ColumnElement[bool]] = (),
        **taken: Any,
    ) -> None:
        """Name the rows by conditions with bind parameters.

        Args:
            model: the table.
            rows: the rows that one lease is for.
            fence: what has to be true of them, too, for the lease to be taken.
            taken: columns that change when it is taken.
        """
        table: Any = model.__table__
        self._expires_at = table.c.lease_expires_at
        # Built once, since building them takes longer than running them.
        self._take = update(table).where(*rows, *fence, self.expired(bindparam("now")))
        if taken:
            self._take = self._take.values(taken)
        owned = (*rows, table.c.lease_owner == bindparam("owner"))
        self._change, self._delete = update(table).where(*owned), delete(table).where(*owned)

    def expired(self, now: datetime | BindParameter[Any]) -> ColumnElement[bool]:
        """Select the rows whose lease anyone may take at `now`, the database's time."""
        return has_passed(self._expires_at, now)

    def take(
        self,
        connection: Connection,
        key: Mapping[str, Any],
        owner: str,
        now: datetime,
        seconds: float,
    ) -> int:
        """Take the lease for so many seconds, where it is free at `now`, the database's time."""
        return connection.execute(
            self._take, {**key, "now": now, **lease_until(now, seconds, owner)}
        ).rowcount

    def renew(
        self,
        connection: Connection,
        key: Mapping[str, Any],
        owner: str,
        seconds: float,
        **changes: Any,
    ) -> int:
        """Let the owner's lease last so many seconds from now on, and change other columns."""
        lease = lease_until(database_time(connection), seconds, owner)
        return self.change(connection, key, owner, **changes, **lease)

    def give_back(
        self,
        connection: Connection,
        key: Mapping[str, Any],
        owner: str,
        *,
        put_off: float | None = None,
        **changes: Any,
    ) -> int:
        """Give the owner's lease back, and change other columns.

        Nobody can take it for `put_off` seconds: until then it is a lease that nobody owns.
        """
        lease = UNLEASED if put_off is None else lease_until(database_time(connection), put_off)
        return self.change(connection, key, owner, **changes, **lease)

    def change(
        self, connection: Connection, key: Mapping[str, Any], owner: str, **changes: Any
    ) -> int:
        """Change other columns under the owner's lease."""
        change = self._change.values(changes)
        return connection.execute(change, {**key, "owner": owner}).rowcount

    def delete(self, connection: Connection, key: Mapping[str, Any], owner: str) -> int:
        """Delete the rows under the owner's lease."""
        return connection.execute(self._delete, {**key, "owner": owner}).rowcount
