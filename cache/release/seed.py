"""Lands a text release, validates it, and publishes it in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select, update

from cache.db import database
from cache.db.held import IS_PUBLISHED, holds_entries, was_published
from cache.db.onet_tables import CacheEntry, Load
from cache.policy import Limits
from cache.release.lists import count_lists
from cache.release.meanings import read_meanings_of
from cache.release.publish import ReleaseLoad, publish_release
from cache.release.reader import Release, open_release
from onet_client.content_model import MEANING_TABLES
from onet_client.release_files import FileProblem, ReleaseError


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What a seeding did.

    Attributes:
        changed: False where the database held the same release already.
        rated: by domain that the release holds, occupations with ratings; `empty` likewise
            those that a complete release has none for.
        lists: what it lists beside ratings, such as `alternate titles`, and how many.
        left_out: files that ratings can do without, and why they are not used.
        kept: the domains that the release does not hold and the database does.
    """

    source: str
    release: str | None
    complete: bool
    changed: bool
    occupations: int
    ratings: int
    rated: Mapping[str, int]
    empty: Mapping[str, int]
    lists: Mapping[str, int]
    left_out: Sequence[FileProblem]
    kept: Sequence[str]


def is_seeded(engine: Engine) -> bool:
    """Return whether a release was published into the database, and not all was purged since."""
    return database.read(engine, lambda c: was_published(c) and holds_entries(c))


def seed(
    engine: Engine,
    path: Path,
    *,
    limits: Limits,
    now: Callable[[], datetime],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> SeedReport:
    """Load a release; a second run over the same one changes nothing.

    A partial release replaces what it holds and leaves the rest; a complete one replaces
    every seeded entry and marks the occupations it has no ratings for as empty. `progress` is
    called with the rows landed so far and the rows there are.

    Raises:
        ReleaseError: where the release is refused; what was published stays as it was.
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    with open_release(path) as release:
        digest, lines = release.fingerprint
        unchanged = _unchanged(engine, release, digest, now())
        if unchanged is not None:
            return unchanged
        load_id = _begin(engine, release, digest, now())

        def publish(connection: Connection) -> SeedReport:
            load = ReleaseLoad(load_id, now(), limits.expiry(now(), "rated", "seed"))
            ratings = publish_release(connection, release, load, lambda done: progress(done, lines))
            return _report(connection, release, load_id, ratings, changed=True)

        try:
            return database.write(engine, publish)
        except ReleaseError as error:
            _record_refusal(engine, load_id, error, now())
            raise


def _begin(engine: Engine, release: Release, digest: str, now: datetime) -> int:
    load = {
        "release": release.name,
        "source": Path(release.source).resolve().name[:255],
        "digest": digest,
        "complete": release.complete,
        "started_at": now,
        "state": "running",
    }
    begin = insert(Load).values(load)
    return database.write(engine, lambda connection: int(connection.execute(begin).lastrowid))


def _record_refusal(engine: Engine, load_id: int, error: ReleaseError, now: datetime) -> None:
    refused = {"state": "refused", "rejected": error.rejected, "reason": str(error)}
    change = update(Load).where(Load.id == load_id).values(refused | {"finished_at": now})
    database.write(engine, lambda connection: connection.execute(change))


def _unchanged(engine: Engine, release: Release, digest: str, now: datetime) -> SeedReport | None:
    """Report the last published load where it is this release and all its entries stand."""
    last = select(Load.id, Load.digest, Load.rows, Load.entries).where(IS_PUBLISHED)

    def work(connection: Connection) -> SeedReport | None:
        load = connection.execute(last.order_by(Load.id.desc()).limit(1)).first()
        if load is None or load.digest != digest:
            return None
        standing = select(func.count()).where(
            CacheEntry.load_id == load.id, CacheEntry.expires_at > now
        )
        if connection.execute(standing).scalar_one() != load.entries:
            return None
        return _report(connection, release, load.id, load.rows, changed=False)

    return database.read(engine, work)


def _report(
    connection: Connection, release: Release, load_id: int, ratings: int, *, changed: bool
) -> SeedReport:
    count = (
        select(CacheEntry.domain, CacheEntry.state, func.count())
        .where(CacheEntry.load_id == load_id)
        .group_by(CacheEntry.domain, CacheEntry.state)
    )
    found = {(domain, state): number for domain, state, number in connection.execute(count)}
    rated, empty = (
        {domain: found.get((domain, state), 0) for domain in release.domains}
        for state in ("rated", "empty")
    )
    others = select(CacheEntry.domain).where(
        CacheEntry.state == "rated", CacheEntry.domain.not_in(release.domains)
    )
    rows, left_out = read_meanings_of(release)
    meanings = {MEANING_TABLES[table]: len(rows[table]) for table in rows}
    return SeedReport(
        source=release.source,
        release=release.name,
        complete=release.complete,
        changed=changed,
        occupations=len(release.occupations()),
        ratings=ratings,
        rated=rated,
        empty=empty,
        lists=count_lists(connection, release) | meanings,
        left_out=left_out,
        kept=sorted(connection.execute(others.distinct()).scalars()),
    )
