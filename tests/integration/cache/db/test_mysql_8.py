"""Every statement can be written for MySQL 8, whose SQL is not all that MariaDB understands."""

import pytest
from sqlalchemy import ClauseElement, event
from sqlalchemy.dialects import mysql
from support.clock import LIMITS, FakeClock
from support.fills import CODE, fill, publish, rated
from support.made_up_release import RATED, write_lists
from support.release_files import change

from cache.catalogue import Catalogue
from cache.db.database import check_ready
from cache.entries.store import Store
from cache.release.seed import is_seeded, seed
from onet_client.release_files import ReleaseError


@pytest.fixture
def mysql_8():
    dialect = mysql.dialect(paramstyle="format")
    dialect.server_version_info = (8, 0, 36)
    return dialect


@pytest.fixture
def statements(engine):
    """All that is executed, as it was before it became text."""
    found: list[ClauseElement] = []

    @event.listens_for(engine, "before_execute")
    def keep(connection, statement, *_):
        found.append(statement)

    return found


@pytest.mark.parametrize("engine", [pytest.param("mysql", marks=pytest.mark.mysql)], indirect=True)
def test_every_statement_compiles_for_mysql_8(engine, statements, mysql_8, made_up_release):
    catalogue, clock = Catalogue(engine), FakeClock()
    check_ready(engine)
    write_lists(made_up_release)
    for release in ("28.1", "28.2"):
        seed(engine, made_up_release, limits=LIMITS, now=clock)
        seed(engine, made_up_release, limits=LIMITS, now=clock)
        change(made_up_release / "Read Me.txt", release, "28.2")
    change(made_up_release / "Skills.txt", "\t4.12\t", "\t9.99\t")
    with pytest.raises(ReleaseError):
        seed(engine, made_up_release, limits=LIMITS, now=clock)
    for new in (fill(), rated(), fill(state="empty"), rated()):
        publish(engine, new)
    Store(engine).read("skills", [CODE])
    catalogue.listing("skills", 5, 0)
    catalogue.titles("skills")
    catalogue.rated("skills", RATED)
    catalogue.newest_load()
    catalogue.alternate_titles()
    catalogue.job_zones()
    catalogue.job_zone_names()
    catalogue.holding("skills")
    catalogue.related(RATED[0])
    catalogue.occupation(RATED[0])
    catalogue.listed(RATED)
    assert is_seeded(engine)

    texts = [str(statement.compile(dialect=mysql_8)) for statement in statements]

    assert {"SELECT", "INSERT", "UPDATE", "DELETE"} == {text.split()[0] for text in texts}
    assert any("ON DUPLICATE KEY UPDATE" in text for text in texts)
    # What MariaDB has and MySQL has not; SQLAlchemy writes it for either.
    assert [] == [text for text in texts if " RETURNING " in text]
