"""What the page says: plain words for answers."""

from datetime import UTC, datetime

import pytest
from support.gap_bodies import body, item

from app.occupations.provenance import aged
from app.page import words
from cache.catalogue import Holding

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.004, "less than 1 %"),
        (0.01, "1 %"),
        (0.8824, "88 %"),
        (0.885, "89 %"),
        (0.9951, "99 %"),
        (0.9999, "99 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_told_in_whole_percent_and_all_only_where_it_is_all(share, text) -> None:
    assert text == words.percent(share)


def test_an_occupation_that_needs_nothing_says_so() -> None:
    assert "Tide Clerks need no skills." == words.readiness(body(readiness=1.0))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            body([item("a", 1, 2), item("b", None, 2)], [item("c", 2, 1)]),
            (
                "Of the 3 skills that Tide Clerks need, 2 are at a higher level, 1 of them not "
                "relevant to Kite Makers today."
            ),
        ),
        (
            body([item("a", 1, 2)], [item("c", 2, 1)]),
            "Of the 2 skills that Tide Clerks need, 1 is at a higher level.",
        ),
        (
            body(covered=[item("c", 2, 1), item("d", 2, 1)]),
            "Of the 2 skills that Tide Clerks need, none is at a higher level.",
        ),
        (
            body([item("a", 1, 2), item("b", 1, 2)]) | {"domain": "knowledge"},
            "Of the 2 areas of knowledge that Tide Clerks need, 2 are at a higher level.",
        ),
    ],
)
def test_gaps_are_counted_in_words(answer, sentence) -> None:
    assert sentence == words.gaps(answer)


@pytest.mark.parametrize(
    ("one", "doubts"),
    [
        (item("a", 1, 2), []),
        (item("a", 1, 2, significant=False), []),
        (item("a", 1, 2, significant=None), ["chance unknown"]),
        (item("a", 1, 2, low_precision=True), ["low precision"]),
        (
            item("a", 1, 2, significant=False, low_precision=True),
            ["low precision"],
        ),
        (item("a", 2, 1, significant=False), []),
        (item("a", 2, 2, significant=None, low_precision=True), ["low precision"]),
    ],
)
def test_what_makes_a_figure_unsure_is_told(one, doubts) -> None:
    assert doubts == words.doubts(one)


def test_every_doubt_that_there_is_is_explained_once_and_no_other() -> None:
    items = [
        item("a", 1, 2, significant=None),
        item("b", 1, 2, significant=None, low_precision=True),
    ]

    assert ["chance unknown", "low precision"] == [doubt for doubt, _ in words.explained(items)]
    assert [] == words.explained([item("c", 1, 2)])
    assert "no standard error" in words.explained([item("d", 1, 2, significant=None)])[0][1]


def test_gaps_that_may_be_chance_are_counted_and_set_apart() -> None:
    gaps = [item("a", 1, 4), item("b", 1, 3, significant=None), item("c", 1, 2, significant=False)]
    answer = body(gaps)

    assert gaps[:2] == words.by_chance(answer, chance=False)
    assert gaps[2:] == words.by_chance(answer, chance=True)
    assert words.gaps(answer).endswith("3 are at a higher level; 1 of the gaps may be chance.")


@pytest.mark.parametrize(
    ("figure", "text"), [(0.0, "0.0"), (0.0004, "<0.1"), (0.0006, "0.1"), (0.4286, "42.9")]
)
def test_a_gain_is_nothing_only_where_it_is_nothing(figure, text) -> None:
    assert text == words.gain(figure)


def test_what_gains_are_is_said_with_what_there_is() -> None:
    assert "with all of them, 88 % would become 100 %." in words.gain_means(body())


def test_a_day_ends_at_midnight() -> None:
    assert datetime(2026, 5, 5, tzinfo=UTC) == words.midnight(NOW)
    assert datetime(2026, 5, 5, tzinfo=UTC) == words.midnight(NOW.replace(hour=0))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Kites: O*NET 29.0, loaded from its files on 1 May 2026 (3 days ago)."),
        (
            {"origin": "api", "release": None},
            (
                "Kites: O*NET, release unknown, fetched from O*NET Web Services on 1 May 2026 "
                "(3 days ago)."
            ),
        ),
        (
            {"state": "stale"},
            (
                "Kites: O*NET 29.0, loaded from its files on 1 May 2026 (3 days ago). That is "
                "longer ago than it should be; newer figures follow when O*NET gives them."
            ),
        ),
    ],
)
def test_it_is_told_where_figures_come_from_and_how_old_they_are(changes, sentence) -> None:
    assert sentence == words.provenance("Kites", body()["sources"]["from"] | changes, NOW)


@pytest.mark.parametrize(
    ("then", "age"),
    [
        ("2026-05-04T11:59:59Z", "today"),
        ("2026-05-05T00:00:00Z", "today"),
        ("2026-05-03T23:59:59Z", "yesterday"),
        ("2026-03-06T12:00:00Z", "59 days ago"),
        ("2026-03-05T12:00:00Z", "2 months ago"),
        ("2025-05-04T12:00:00Z", "12 months ago"),
        ("2024-05-04T12:00:00Z", "2 years ago"),
    ],
)
def test_ages_are_told_in_days_then_months_then_years(then, age) -> None:
    assert age == words.age(datetime.fromisoformat(then), NOW)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "in a second"),
        (5, "in 5 seconds"),
        (60, "in a minute"),
        (61, "in 2 minutes"),
        (3600, "in an hour"),
        (7201, "in 3 hours"),
    ],
)
def test_retry_after_is_told_in_words_and_never_too_early(seconds, text) -> None:
    assert text == words.wait(seconds)


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        (
            [0.8673, 0.9038],
            "With the raters' errors counted, it lies between 87 % and 90 % (at 95 %).",
        ),
        ([0.8801, 0.8831], "The raters' errors make next to no difference to that (at 95 %)."),
        (None, "O*NET gives no standard errors by which to say how sure that is."),
    ],
)
def test_how_sure_a_readiness_is_is_said(bounds, said) -> None:
    answer = body([item("a", 1, 2)])
    answer["summary"]["readiness_interval"] = bounds

    assert said == words.certainty(answer)
    assert "" == words.certainty(answer | {"to": answer["from"]})
    assert "" == words.certainty(answer | {"gaps": []})


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.64, "64 % of the occupations rated here are less ready for Tide Clerks."),
        (0.0, "None of the occupations rated here are less ready for Tide Clerks."),
        (1.0, "Nearly all occupations rated here are less ready for Tide Clerks."),
        (None, ""),
    ],
)
def test_a_readiness_is_compared_with_that_of_all_others(share, said) -> None:
    answer = body([item("a", 1, 2)])
    answer["summary"]["closer_than"] = share

    assert said == words.closer_than(answer)
    assert "" == words.closer_than(answer | {"to": answer["from"]})


@pytest.mark.parametrize(
    ("rated", "said"),
    [
        ("2016-04", "The oldest rating of Tide Clerks is of 2016."),
        ("2016-05", ""),
        ("2025-01", ""),
        (None, ""),
    ],
)
def test_a_rating_older_than_ten_years_is_told_with_its_year(rated, said) -> None:
    assert said == aged("Tide Clerks", rated, datetime(2026, 5, 31, tzinfo=UTC))


def test_of_a_whole_release_there_is_nothing_more_to_fetch() -> None:
    whole = Holding(1016, 879, 0, ("29.0",))

    assert ("879 rated occupations of O*NET 29.0.", "") == words.coverage(
        whole, "skills", can_fetch=True
    )
