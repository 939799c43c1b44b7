"""Which server of several is used, and when it is left for another."""

from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, make_url
from support.clock import Seconds

from cache.db import cluster
from cache.db.cluster import LOST, LOST_ON_A_CLUSTER, RESTS, Hosts, has_others, hosts_of

A, B, C = "db-1:3306", "db-2:3307", "db-3"


def test_hosts_are_tried_as_given_and_those_that_failed_lately_last():
    clock = Seconds()
    hosts = Hosts([A, B, C], clock)
    assert [A, B, C] == hosts.in_order()

    hosts.failed(A)
    clock.now += 1
    hosts.failed(B)
    assert [C, A, B] == hosts.in_order()

    clock.now += RESTS - 1
    assert [A, C, B] == hosts.in_order()
    clock.now += 1
    assert [A, B, C] == hosts.in_order()


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        (f"mysql+mysqldb://app@/skillgap?host={A},{C}", [A, C]),
        (f"mysql+mysqldb://app@/skillgap?host={A}", []),
        ("mysql+mysqldb://app@db-1/skillgap", []),
        ("sqlite:///skillgap.db", []),
    ],
)
def test_a_url_with_several_hosts_is_one_of_a_cluster(url, hosts):
    assert hosts == hosts_of(make_url(url))


class Servers:
    """A driver of servers, of which some cannot be connected to."""

    Error = OperationalError = ConnectionError

    def __init__(self, *away: str) -> None:
        self.away, self.asked = away, []

    def connect(self, host: str, port: int) -> SimpleNamespace:
        self.asked.append((host, port))
        if host in self.away:
            raise self.OperationalError(2002, host)
        return SimpleNamespace(host=host)


def options_of(driver: Servers, hosts: Hosts) -> list[tuple[str, int]]:
    """Connect once by the listener alone, and return what was asked of the driver."""
    driver.asked.clear()
    engine = create_engine("sqlite://")
    cluster._connect_in_order(engine, hosts)
    (listener,) = engine.dialect.dispatch.do_connect
    dialect = SimpleNamespace(loaded_dbapi=driver)
    listener(dialect, SimpleNamespace(info={}), [], {"host": "all", "port": 1})
    return list(driver.asked)


def test_a_connection_is_made_to_the_first_host_that_takes_it_which_is_then_asked_first():
    driver, hosts = Servers("db-1"), Hosts([A, B, C])

    assert [("db-1", 3306), ("db-2", 3307)] == options_of(driver, hosts)
    assert [("db-2", 3307)] == options_of(driver, hosts)


def test_where_no_host_takes_a_connection_the_last_one_s_reason_is_told():
    driver = Servers("db-1", "db-2", "db-3")

    with pytest.raises(ConnectionError, match="db-3"):
        options_of(driver, Hosts([A, B, C]))
    assert [("db-1", 3306), ("db-2", 3307), ("db-3", 3306)] == driver.asked


class Node:
    """A connection that knows what it was told, to a server with such a variable `wsrep_on`."""

    def __init__(self, variable: tuple[str, str] | None) -> None:
        self.told: list[str] = []
        self.execute, self.close = self.told.append, lambda: None
        self.fetchone = lambda: variable

    def cursor(self) -> "Node":
        return self


@pytest.mark.parametrize(
    ("variable", "is_node"),
    [(("wsrep_on", "ON"), True), (("wsrep_on", "OFF"), False), (None, False)],
)
def test_a_galera_node_alone_is_told_to_wait_for_what_others_committed(variable, is_node):
    engine, node = create_engine("sqlite://"), Node(variable)

    cluster._greet(engine, node)

    assert is_node == ("SET SESSION wsrep_sync_wait = 7" in node.told)
    assert is_node == has_others(engine.dialect)


def given_up(number: int, *, on_a_cluster: bool) -> bool:
    dialect = create_engine("sqlite://").dialect
    if on_a_cluster:
        cluster._clusters.add(dialect)
    error = Exception(number, "no")
    context = SimpleNamespace(original_exception=error, dialect=dialect, is_disconnect=False)
    cluster._give_up(context)
    return bool(context.is_disconnect)


@pytest.mark.parametrize("number", [*LOST, *LOST_ON_A_CLUSTER, 1213, 1064])
def test_a_node_that_left_its_cluster_is_given_up_like_a_connection_that_was_lost(number):
    assert (number in LOST) == given_up(number, on_a_cluster=False)
    assert (number in LOST + LOST_ON_A_CLUSTER) == given_up(number, on_a_cluster=True)
