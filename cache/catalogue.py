"""What the database lists, beside the entries themselves: occupations and releases."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, or_, select

from cache import database
from cache.models import CacheEntry, Load, Occupation


@dataclass(frozen=True, slots=True)
class Listed:
    """An occupation in a listing; `rated` is None where the cache does not know."""

    code: str
    title: str
    rated: bool | None


@dataclass(frozen=True, slots=True)
class Described:
    """An occupation by itself; O*NET's descriptions are one paragraph, or None here."""

    code: str
    title: str
    description: str | None


class Catalogue:
    """Reads of the occupation list."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def occupation(self, code: str) -> Described | None:
        """Read one occupation, rated or not."""
        query = select(Occupation.code, Occupation.title, Occupation.description)

        def work(connection: Connection) -> Described | None:
            row = connection.execute(query.where(Occupation.code == code)).first()
            return Described(*row) if row else None

        return database.read(self._engine, work)

    def search(self, domain: str, text: str, limit: int, offset: int) -> tuple[int, list[Listed]]:
        """Count the occupations whose title or code contains `text`, and list some, by code."""
        pattern = "%" + "".join("!" + c if c in "!%_" else c for c in text.lower()) + "%"
        matches = or_(
            func.lower(Occupation.title).like(pattern, escape="!"),
            Occupation.code.like(pattern, escape="!"),
        )
        entry = (CacheEntry.occupation_code == Occupation.code) & (CacheEntry.domain == domain)
        count = select(func.count()).select_from(Occupation).where(matches)
        page = (
            select(Occupation.code, Occupation.title, CacheEntry.state)
            .outerjoin(CacheEntry, entry)
            .where(matches)
            .order_by(Occupation.code)
            .limit(limit)
            .offset(offset)
        )
        rated = {"rated": True, "empty": False}

        def work(connection: Connection) -> tuple[int, list[Listed]]:
            total = connection.execute(count).scalar_one()
            rows = connection.execute(page).all()
            return total, [Listed(code, title, rated.get(state)) for code, title, state in rows]

        return database.read(self._engine, work)

    def titles(self, rated_in: str | None = None) -> dict[str, str]:
        """Read titles by code: of all occupations, or of those with ratings in a domain."""
        query = select(Occupation.code, Occupation.title)
        if rated_in is not None:
            query = query.join(CacheEntry, CacheEntry.occupation_code == Occupation.code).where(
                CacheEntry.domain == rated_in, CacheEntry.state == "rated"
            )

        def work(connection: Connection) -> dict[str, str]:
            return dict(connection.execute(query).all())

        return database.read(self._engine, work)

    def lists(self, code: str) -> bool | None:
        """Tell whether a loaded release lists the code; None where none was loaded."""
        loaded = select(Load.id).where(Load.state == "published").limit(1)
        listed = select(Occupation.code).where(Occupation.code == code)

        def work(connection: Connection) -> bool | None:
            if connection.execute(loaded).first() is None:
                return None
            return connection.execute(listed).first() is not None

        return database.read(self._engine, work)
