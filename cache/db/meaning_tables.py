"""The tables of what elements and their levels mean, and of where that was read.

They are references, not ratings: no entry owns them, so no purge touches them.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cache.db.columns import CLUSTERED, ELEMENT_ID, RELEASE, TABLE_OPTIONS, Base, UtcDateTime


class ElementDescription(Base):
    """O*NET's description of an element, or of a group of elements, of any domain.

    The element need not be rated here, so this is no part of the table of elements.
    """

    __tablename__ = "element_description"
    __table_args__ = TABLE_OPTIONS

    element_id: Mapped[str] = mapped_column(ELEMENT_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(150))
    description: Mapped[str | None] = mapped_column(Text)


class LevelAnchor(Base):
    """An example of what a level (0-7) of an element takes; most elements have three."""

    __tablename__ = "level_anchor"
    __table_args__ = CLUSTERED

    element_id: Mapped[str] = mapped_column(ELEMENT_ID, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(String(1000))


class MeaningSource(Base):
    """Where the rows of one of the two tables above were read, by O*NET's name of its table.

    No rows: the release has none. The lease is that of the process that asks O*NET for them.
    """

    __tablename__ = "meaning_source"
    __table_args__ = (
        CheckConstraint("origin IN ('seed', 'api')", name="origin"),
        TABLE_OPTIONS,
    )

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    origin: Mapped[str | None] = mapped_column(String(10))
    release: Mapped[str | None] = mapped_column(RELEASE)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rows: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
