"""The governor that all processes on one database share."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, event, make_url, text, update

from cache.db.clock import database_time
from cache.db.database import connect
from cache.db.onet_tables import UpstreamGovernor
from cache.db.unavailable import DatabaseUnavailable
from cache.fill.shared_governor import DatabaseGovernor, read_pace
from onet_client.errors import BudgetSpent, CircuitOpen
from onet_client.governor import DAY, FAILURES_TO_OPEN, OPEN_SECONDS

RATE = 5.0


def rewind(engine: Engine, **seconds: float) -> None:
    """Move times of the row into the past, as if so many seconds had gone by."""
    columns = UpstreamGovernor.__table__.c
    values = {name: columns[name] - gone for name, gone in seconds.items()}
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(UpstreamGovernor).values(values))


def test_a_slot_taken_by_one_is_taken_for_all(engine: Engine) -> None:
    one, other = DatabaseGovernor(engine, RATE), DatabaseGovernor(engine, RATE)

    assert one.acquire() == 0.0
    assert 0.0 < other.acquire() <= 1.2 / RATE


def test_a_pause_of_one_stops_all(engine: Engine) -> None:
    one, other = DatabaseGovernor(engine, RATE), DatabaseGovernor(engine, RATE)
    one.pause(7)

    assert 6.0 < other.acquire() <= 7.0


def test_failures_of_all_together_open_the_breaker_for_all(engine: Engine) -> None:
    governors = [DatabaseGovernor(engine, RATE) for _ in range(FAILURES_TO_OPEN)]
    for number, governor in enumerate(governors):
        governor.failure(f"no answer, {number}" + "!" * 300)
    governors[0].failure("what came after it")

    with pytest.raises(CircuitOpen, match=r"at last: no answer, 4!+$") as refused:
        DatabaseGovernor(engine, RATE).acquire()
    assert refused.value.retry_after is not None
    assert OPEN_SECONDS - 1 < refused.value.retry_after <= OPEN_SECONDS


def test_an_open_breaker_lets_one_probe_through_over_all(engine: Engine) -> None:
    for _ in range(FAILURES_TO_OPEN):
        DatabaseGovernor(engine, RATE).failure("no answer")
    rewind(engine, open_until=OPEN_SECONDS)

    def probe(_turn: int) -> bool:
        try:
            return DatabaseGovernor(engine, RATE).acquire() == 0.0
        except CircuitOpen:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(probe, range(40))) == 1


def test_a_success_closes_the_breaker_for_all(engine: Engine) -> None:
    for _ in range(FAILURES_TO_OPEN):
        DatabaseGovernor(engine, RATE).failure("no answer")
    with engine.connect() as connection:
        assert "no answer" == read_pace(connection, 1).breaker_cause
    DatabaseGovernor(engine, RATE).success()

    assert DatabaseGovernor(engine, RATE).acquire() == 0.0
    with engine.connect() as connection:
        assert None is read_pace(connection, 1).breaker_cause


def test_a_success_that_changes_nothing_writes_nothing(engine: Engine) -> None:
    written: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *a: written.append(a[2]))
    DatabaseGovernor(engine, RATE).success()

    assert [] == [statement for statement in written if statement.startswith("UPDATE")]


def test_many_at_once_take_one_slot(engine: Engine) -> None:
    rate = 0.01  # so that no second slot comes due meanwhile
    for _ in range(10):
        DatabaseGovernor(engine, rate).acquire()
        rewind(engine, next_slot=1.2 / rate)
        with ThreadPoolExecutor(8) as pool:
            waits = list(pool.map(lambda _: DatabaseGovernor(engine, rate).acquire(), range(16)))
        assert waits.count(0.0) == 1


def test_a_days_budget_is_one_for_all_and_lasts_until_the_next_day(engine: Engine) -> None:
    governors = [DatabaseGovernor(engine, 1e6, daily_budget=40) for _ in range(4)]

    def spend(governor: DatabaseGovernor) -> int:
        for went in range(41):
            try:
                while governor.acquire() > 0.0:
                    pass
            except BudgetSpent:
                return went
        return 41

    with ThreadPoolExecutor(4) as pool:
        assert 40 == sum(pool.map(spend, governors))
    with pytest.raises(BudgetSpent) as refused:
        governors[0].acquire()
    assert refused.value.retry_after is not None
    assert 0.0 < refused.value.retry_after <= DAY
    rewind(engine, day=1)
    assert 40 == spend(governors[0])


def test_guesses_of_all_spend_a_share_of_the_one_budget(engine: Engine) -> None:
    guesses = DatabaseGovernor(engine, 1e6, daily_budget=10, guesses=True)
    assert 0.0 == guesses.acquire()

    with pytest.raises(BudgetSpent, match="no list has"):
        DatabaseGovernor(engine, 1e6, daily_budget=10, guesses=True).acquire()
    assert 0.0 == DatabaseGovernor(engine, 1e6, daily_budget=10).acquire()


def test_without_the_database_nothing_goes(tmp_path) -> None:
    governor = DatabaseGovernor(connect(make_url(f"sqlite:///{tmp_path}/none.db")), RATE)
    with pytest.raises(DatabaseUnavailable):
        governor.acquire()


@pytest.mark.mysql
@pytest.mark.parametrize("zone", ["+00:00", "+05:45", "-09:00"])
def test_the_clock_is_utc_whatever_the_time_zone_of_the_session(
    mysql_database: str, zone: str
) -> None:
    engine = connect(make_url(mysql_database))
    with engine.connect() as connection:
        connection.execute(text(f"SET time_zone = '{zone}'"))
        assert database_time(connection).timestamp() == pytest.approx(time.time(), abs=2)
    engine.dispose()
