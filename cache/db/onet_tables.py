"""The tables of what O*NET says, for SQLite, MariaDB 10.11 and MySQL 8; with them all the others.

Figures are DECIMAL: a level is 0-7, an importance 1-5 (O*NET Scales Reference). Times are UTC.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cache.db.cache_tables import (
    CacheChange,
    CacheEntry,
    MeaningSource,
    Succession,
    UpstreamGovernor,
    WarmItem,
    WarmJob,
)
from cache.db.columns import (
    CLUSTERED,
    CODE,
    DOMAIN,
    ELEMENT_ID,
    FIGURE,
    RELEASE,
    SCALE_ID,
    TABLE_OPTIONS,
    Base,
    UtcDateTime,
)

__all__ = [
    "AlternateTitle", "Base", "CacheChange", "CacheEntry", "Element", "ElementDescription",
    "JobZone", "LandingRating", "LevelAnchor", "Load", "LoadTable", "MeaningSource", "Occupation",
    "Rating", "RelatedOccupation", "Scale", "Succession", "UpstreamGovernor", "UtcDateTime",
    "WarmItem", "WarmJob",
]  # fmt: skip

SCHEMA_REVISION = "0010"
"""The Alembic revision these tables stand at; a database at another one is not ready."""


class Occupation(Base):
    """An O*NET-SOC occupation, rated or not.

    Its job zone is how much preparation it takes: the higher, the more; NULL where no release
    told it.
    """

    __tablename__ = "occupation"
    __table_args__ = TABLE_OPTIONS

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    title: Mapped[str] = mapped_column(String(150))
    description: Mapped[str | None] = mapped_column(Text)
    job_zone: Mapped[int | None] = mapped_column(SmallInteger)


class AlternateTitle(Base):
    """Another title that people have in an occupation, as O*NET collects them."""

    __tablename__ = "alternate_title"
    __table_args__ = CLUSTERED

    occupation_code: Mapped[str] = mapped_column(
        ForeignKey("occupation.code", ondelete="CASCADE"), primary_key=True
    )
    title: Mapped[str] = mapped_column(String(250), primary_key=True)


class RelatedOccupation(Base):
    """An occupation that O*NET calls related to another: the closest has the lowest position.

    The related code is no foreign key: it may outlive the occupation, and matches none then.
    """

    __tablename__ = "related_occupation"
    __table_args__ = CLUSTERED

    occupation_code: Mapped[str] = mapped_column(
        ForeignKey("occupation.code", ondelete="CASCADE"), primary_key=True
    )
    related_code: Mapped[str] = mapped_column(CODE, primary_key=True)
    tier: Mapped[str] = mapped_column(String(30))
    position: Mapped[int]


class JobZone(Base):
    """O*NET's name of a job zone, such as `Job Zone Four: Considerable Preparation Needed`."""

    __tablename__ = "job_zone"
    __table_args__ = TABLE_OPTIONS

    zone: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(150))


class Element(Base):
    """A content model element, such as the skill 2.B.3.e Programming."""

    __tablename__ = "element"
    __table_args__ = TABLE_OPTIONS

    id: Mapped[str] = mapped_column(ELEMENT_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(150))
    domain: Mapped[str] = mapped_column(DOMAIN, index=True)


class ElementDescription(Base):
    """O*NET's description of an element, or of a group of elements, of any domain.

    The element need not be rated here, so this is no part of the table of elements. No entry owns
    it, nor a level anchor, so no purge touches them.
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


class Scale(Base):
    """A scale and the values it may take."""

    __tablename__ = "scale"
    __table_args__ = (CheckConstraint("minimum < maximum", name="range"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(SCALE_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    minimum: Mapped[float] = mapped_column(FIGURE)
    maximum: Mapped[float] = mapped_column(FIGURE)


class _Figures:
    """The columns a rating has, published or just landed."""

    n: Mapped[int | None]
    recommend_suppress: Mapped[bool | None]
    not_relevant: Mapped[bool | None]
    date_updated: Mapped[date | None] = mapped_column(Date)
    domain_source: Mapped[str | None] = mapped_column(String(30))
    value: Mapped[float] = mapped_column(FIGURE)
    standard_error: Mapped[float | None] = mapped_column(FIGURE)
    lower_ci: Mapped[float | None] = mapped_column(FIGURE)
    upper_ci: Mapped[float | None] = mapped_column(FIGURE)


class Rating(_Figures, Base):
    """One published value; an occupation's ratings are one range of the primary key."""

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("standard_error >= 0", name="standard_error"),
        CheckConstraint("lower_ci <= upper_ci", name="ci"),
        CheckConstraint("n >= 0", name="n"),
        CLUSTERED,
    )

    occupation_code: Mapped[str] = mapped_column(ForeignKey("occupation.code"), primary_key=True)
    element_id: Mapped[str] = mapped_column(ForeignKey("element.id"), primary_key=True)
    scale_id: Mapped[str] = mapped_column(ForeignKey("scale.id"), primary_key=True)


class Load(Base):
    """One run of the importer over one text release; one that was killed stays running."""

    __tablename__ = "load"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'published', 'refused')", name="state"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    release: Mapped[str | None] = mapped_column(RELEASE)
    source: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    complete: Mapped[bool]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rows: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    entries: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)


class LoadTable(Base):
    """How far a load has read one of the upstream's tables, so that it can go on from there."""

    __tablename__ = "load_table"
    __table_args__ = TABLE_OPTIONS

    load_id: Mapped[int] = mapped_column(ForeignKey("load.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    ordinal: Mapped[int]
    landed: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    next_url: Mapped[str | None] = mapped_column(String(1000))


class LandingRating(_Figures, Base):
    """A rating row as it was read, by load, file and line; no key but its place."""

    __tablename__ = "landing_rating"
    __table_args__ = CLUSTERED

    load_id: Mapped[int] = mapped_column(ForeignKey("load.id"), primary_key=True)
    file: Mapped[str] = mapped_column(String(60), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    occupation_code: Mapped[str] = mapped_column(CODE)
    element_name: Mapped[str] = mapped_column(String(150))
    element_id: Mapped[str] = mapped_column(ELEMENT_ID)
    scale_id: Mapped[str] = mapped_column(SCALE_ID)
