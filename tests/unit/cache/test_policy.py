"""What an entry is worth at a moment: every boundary, a second and a microsecond around it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.policy import Entry, Freshness, Limits, freshness

EXPIRY = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
LIMITS = Limits(
    ttl=7_776_000, stale_while_revalidate=604_800, stale_if_error=31_536_000, negative_ttl=86_400
)
REVALIDATE = EXPIRY + timedelta(seconds=604_800)
ERROR = EXPIRY + timedelta(seconds=31_536_000)
STEPS = [timedelta(seconds=1), timedelta(microseconds=1)]


def entry(state: str = "rated") -> Entry:
    return Entry("skills", "11-9001.00", state, expires_at=EXPIRY)


@pytest.mark.parametrize("step", STEPS, ids=["second", "microsecond"])
@pytest.mark.parametrize(
    ("state", "boundary", "worth"),
    [
        pytest.param("rated", EXPIRY, ["fresh", "stale", "stale"], id="expiry"),
        pytest.param("rated", REVALIDATE, ["stale", "stale", "old"], id="revalidate"),
        pytest.param("rated", ERROR, ["old", "old", "absent"], id="if error"),
        pytest.param("empty", EXPIRY, ["empty", "absent", "absent"], id="expiry of no ratings"),
        pytest.param("unknown", EXPIRY, ["unknown", "absent", "absent"], id="expiry of no code"),
    ],
)
def test_an_entry_changes_its_worth_exactly_at_each_boundary(step, state, boundary, worth):
    moments = [boundary - step, boundary, boundary + step]

    assert worth == [freshness(entry(state), moment, LIMITS).value for moment in moments]


@pytest.mark.parametrize(
    "nothing",
    [
        pytest.param(Entry("skills", "11-9001.00"), id="never filled"),
        pytest.param(Entry("skills", "11-9001.00", "absent", expires_at=EXPIRY), id="purged"),
        pytest.param(Entry("skills", "11-9001.00", "rated"), id="without an expiry"),
    ],
)
def test_what_has_nothing_to_serve_is_absent_at_any_time(nothing):
    moments = [EXPIRY - timedelta(days=1), EXPIRY, EXPIRY + timedelta(days=1)]

    assert [Freshness.ABSENT] * 3 == [freshness(nothing, at, LIMITS) for at in moments]


def test_windows_of_no_length_leave_only_the_moment_of_expiry():
    limits = Limits(ttl=1, stale_while_revalidate=0, stale_if_error=0, negative_ttl=1)
    later = EXPIRY + timedelta(microseconds=1)

    assert Freshness.STALE is freshness(entry(), EXPIRY, limits)
    assert Freshness.ABSENT is freshness(entry(), later, limits)


def test_a_revalidate_window_longer_than_the_error_window_is_still_served():
    limits = Limits(ttl=1, stale_while_revalidate=100, stale_if_error=10, negative_ttl=1)

    assert Freshness.STALE is freshness(entry(), EXPIRY + timedelta(seconds=100), limits)
    assert Freshness.ABSENT is freshness(entry(), EXPIRY + timedelta(seconds=101), limits)


def test_a_moment_is_the_same_in_any_time_zone():
    tokyo = timezone(timedelta(hours=9))
    just_before = (EXPIRY - timedelta(microseconds=1)).astimezone(tokyo)

    assert Freshness.FRESH is freshness(entry(), just_before, LIMITS)
    assert Freshness.STALE is freshness(entry(), EXPIRY.astimezone(tokyo), LIMITS)


LONG = datetime(2026, 8, 2, 12, 0, 0, 123456, tzinfo=UTC)
SHORT = datetime(2026, 5, 5, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "origin", "expiry"),
    [
        ("rated", "seed", LONG),
        ("rated", "api", LONG),
        ("empty", "seed", LONG),
        ("empty", "api", SHORT),
        ("unknown", "api", SHORT),
    ],
)
def test_expiry_counts_from_the_moment_of_fetching_by_the_kind_of_answer(state, origin, expiry):
    assert expiry == LIMITS.expiry(EXPIRY, state, origin)


@given(
    past=st.integers(-(10**13), 10**14),
    revalidate=st.integers(0, 10**7),
    error=st.integers(0, 10**8),
)
def test_the_worth_at_any_microsecond_is_that_of_whole_numbers(past, revalidate, error):
    limits = Limits(1, float(revalidate), float(error), 1)
    if past < 0:
        expected = Freshness.FRESH
    elif past <= revalidate * 10**6:
        expected = Freshness.STALE
    elif past <= error * 10**6:
        expected = Freshness.OLD
    else:
        expected = Freshness.ABSENT

    assert expected is freshness(entry(), EXPIRY + timedelta(microseconds=past), limits)
