"""Times are stored in UTC, and one without an offset is not guessed at."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import mysql, sqlite

from cache.db.onet_tables import UtcDateTime

NOON = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize("dialect", [mysql.dialect(), sqlite.dialect()], ids=lambda d: d.name)
def test_a_time_comes_back_as_it_went_in_whatever_its_zone(dialect):
    kind = UtcDateTime()
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))

    stored = kind.process_bind_param(tokyo, dialect)

    assert NOON.replace(tzinfo=None) == stored
    assert NOON == kind.process_result_value(stored, dialect)


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="must be aware"):
        UtcDateTime().process_bind_param(NOON.replace(tzinfo=None), sqlite.dialect())
