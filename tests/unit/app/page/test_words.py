"""What the page says: plain words for answers and for problems."""

from datetime import UTC, datetime

import pytest
from support.gap_bodies import body, item, transitions

from app.occupations.holdings import SEED
from app.occupations.provenance import aged
from app.page import doubt, messages, words
from app.page.links import Question, address, with_side
from cache.catalogue import Holding

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ASKED = Question("11-9001.00", "15-9002.00")
PARTIAL = Holding(1016, 64, 952, ("29.0",))
WHOLE = Holding(1016, 879, 0, ("29.0",))
HELD = "64 of 1,016 occupations of O*NET 29.0 have skills ratings here."


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


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            body([item("a", 1, 2)]),
            (
                "Kite Makers already have 88 % of what Tide Clerks need, in skills weighted by "
                "importance."
            ),
        ),
        (
            body(covered=[item("a", 2, 1)], readiness=1.0),
            "Kite Makers already have all of what Tide Clerks need, in skills: there is no gap.",
        ),
        (body(readiness=1.0), "Tide Clerks need no skills."),
        (
            body(covered=[item("a", 2, 2)]) | {"to": body()["from"]},
            "Both are Kite Makers. Choose another occupation to see what it needs.",
        ),
    ],
)
def test_readiness_has_a_sentence_for_every_case(answer, sentence) -> None:
    assert sentence == words.readiness(answer)


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
    ],
)
def test_gaps_are_counted_in_words(answer, sentence) -> None:
    assert sentence == words.gaps(answer)


def test_knowledge_is_counted_in_areas() -> None:
    answer = body([item("a", 1, 2), item("b", 1, 2)]) | {"domain": "knowledge"}

    assert words.gaps(answer).startswith("Of the 2 areas of knowledge that Tide Clerks need, 2 are")


def test_the_kind_of_a_gap_is_told() -> None:
    assert "not relevant today" == words.kind(item("a", None, 2))
    assert "higher level" == words.kind(item("a", 1, 2))


@pytest.mark.parametrize(
    ("one", "doubts"),
    [
        (item("a", 1, 2), []),
        (item("a", 1, 2, significant=False), ["may be chance"]),
        (item("a", 1, 2, significant=None), ["chance unknown"]),
        (item("a", 1, 2, low_precision=True), ["low precision"]),
        (
            item("a", 1, 2, significant=False, low_precision=True),
            ["may be chance", "low precision"],
        ),
        (item("a", 2, 1, significant=False), []),
        (item("a", 2, 2, significant=None, low_precision=True), ["low precision"]),
    ],
)
def test_what_makes_a_figure_unsure_is_told(one, doubts) -> None:
    assert doubts == words.doubts(one)


@pytest.mark.parametrize(
    ("figure", "text"), [(0.0, "0.00"), (0.0004, "<0.01"), (0.0051, "0.01"), (0.4286, "0.43")]
)
def test_a_priority_is_nothing_only_where_it_is_nothing(figure, text) -> None:
    assert text == words.priority(item("a", 1, 2) | {"priority": figure})


def test_what_a_priority_is_made_of_is_said_with_its_scales() -> None:
    assert (
        "Priority, from 0 to 1, is the gap as a share of the whole scale of 7, times the "
        "importance to Tide Clerks, where 1 on its scale counts as 0 and 5 as 1."
    ) == words.priority_means(body())


def test_every_doubt_that_there_is_is_explained_once_and_no_other() -> None:
    items = [
        item("a", 1, 2, significant=False),
        item("b", 1, 2, significant=False, low_precision=True),
    ]

    assert ["may be chance", "low precision"] == [doubt for doubt, _ in words.explained(items)]
    assert [] == words.explained([item("c", 1, 2)])
    assert "no standard error" in words.explained([item("d", 1, 2, significant=None)])[0][1]


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
    assert age == words.age(words.moment(then), NOW)


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
    ("zone", "text"), [(2, "job zone 2: Some Preparation Needed"), (5, "job zone 5")]
)
def test_a_job_zone_is_told_in_the_words_of_onet_where_there_are_some(zone, text) -> None:
    assert text == words.job_zone(zone, transitions())


@pytest.mark.parametrize(
    ("tier", "text"),
    [
        ("Primary-Short", "closely related"),
        ("Primary-Long", "closely related"),
        ("Supplemental", "related"),
        (None, ""),
    ],
)
def test_related_occupations_are_marked(tier, text) -> None:
    assert text == words.related(tier)


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

    assert said == doubt.certainty(answer)
    assert "" == doubt.certainty(answer | {"to": answer["from"]})
    assert "" == doubt.certainty(answer | {"gaps": []})


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

    assert said == doubt.closer_than(answer)
    assert "" == doubt.closer_than(answer | {"to": answer["from"]})


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


def test_next_steps_say_what_they_rank_and_how_many_of_how_many() -> None:
    assert (
        "Where Kite Makers could go next",
        (
            "The nearest of the 63 other occupations with skills ratings here, out of 1,015 that "
            "O*NET lists, by how well they fit: the mean of how much of what each needs Kite "
            "Makers already have, and how much of what Kite Makers have is used there."
        ),
    ) == words.transitions(transitions("to"))
    assert (
        "Who could become Kite Makers",
        (
            "The nearest of the 63 other occupations with skills ratings here, out of 1,015 that "
            "O*NET lists, by how well they fit: the mean of how much of what Kite Makers need "
            "each already has, and how much of what each has is used there."
        ),
    ) == words.transitions(transitions("from"))


def test_where_all_others_are_listed_or_there_is_none_it_says_so() -> None:
    both = transitions() | {"compared": 3}
    none = transitions() | {"compared": 1, "transitions": []}

    assert words.transitions(both)[1].startswith("The 2 other occupations with skills ratings")
    assert (
        "There is no other occupation with skills ratings here, out of 1,015 that O*NET lists."
        == words.transitions(none)[1]
    )


def test_next_steps_of_a_job_zone_say_which_or_that_there_is_none() -> None:
    steps = transitions()
    none = steps | {"transitions": []}

    assert (
        "The nearest in job zone 2, of the 63 other occupations with skills ratings here, out of "
        "1,015 that O*NET lists, by how well they fit: the mean of how much of what each needs "
        "Kite Makers already have, and how much of what Kite Makers have is used there."
    ) == words.transitions(steps, 2)[1]
    assert (
        "None of the 63 other occupations with skills ratings here, out of 1,015 that O*NET "
        "lists, is known to be in job zone 5. Choose another, or any."
    ) == words.transitions(none, 5)[1]
    no_zones = words.transitions(none | {"job_zones": []}, 5)[1]
    assert no_zones.endswith("is known to be in job zone 5. Choose any.")
    assert words.transitions(none | {"compared": 1}, 5)[1].startswith("There is no other occ")


def test_any_job_zone_that_is_held_can_be_chosen_and_none_where_none_is() -> None:
    found = [
        {"zone": 2, "name": "Job Zone 1-2: Very Little to Some Preparation Needed"},
        {"zone": 7, "name": None},
    ]
    none = transitions() | {"job_zones": []}

    assert [
        (None, "any"),
        (2, "2: Very Little to Some Preparation Needed"),
        (7, "7"),
    ] == words.zones(transitions() | {"job_zones": found}, None)
    assert [] == words.zones(none, None)
    assert [(None, "any")] == words.zones(none, 4)


@pytest.mark.parametrize(
    ("holding", "can_fetch", "text", "command"),
    [
        (PARTIAL, False, HELD, SEED),
        (
            PARTIAL,
            True,
            f"{HELD} Others are fetched from O*NET when they are asked for.",
            "",
        ),
        (WHOLE, False, "879 rated occupations of O*NET 29.0.", ""),
        (WHOLE, True, "879 rated occupations of O*NET 29.0.", ""),
        (Holding(0, 0, 0, ()), False, "No occupation has skills ratings here.", SEED),
    ],
)
def test_it_says_how_much_is_held_and_how_the_others_come_here(
    holding, can_fetch, text, command
) -> None:
    assert (text, command) == words.coverage(holding, "skills", can_fetch=can_fetch)


def test_a_step_names_what_carries_over_beside_what_is_missing() -> None:
    first, second = transitions()["transitions"]

    both = "90 % of what is needed is there, 80 % of what is there is needed"
    assert both == words.both_ways(first)
    assert "Carries over: Writing Waves" == words.carried(first)
    assert "Missing most: Reading Tides" == words.weightiest(first)
    assert ("Nothing carries over", "No gaps") == (words.carried(second), words.weightiest(second))


def test_an_address_holds_all_that_is_asked_and_no_more() -> None:
    assert "./" == address(Question())
    assert "./?from=11-9001.00&to=15-9002.00" == address(ASKED)
    assert "./?from=caf%C3%A9+%26+co&domain=knowledge&direction=from" == address(
        Question("café & co", "", "knowledge", "from")
    )
    assert "./?to=x&job_zone=4" == address(Question("", "x", job_zone=4))


def test_another_occupation_takes_the_place_of_one_side() -> None:
    assert Question("29-9003.00", "15-9002.00") == with_side(ASKED, "from", "29-9003.00")
    assert Question("11-9001.00", "29-9003.00") == with_side(ASKED, "to", "29-9003.00")


def told(
    name: str, asked: Question = ASKED, *, title: str = "", **members: object
) -> messages.Message:
    problem = {
        "type": f"urn:problem-type:skillgap:{name}",
        "request_id": "ab12",
        "code": "15-9002.00",
        "occupation": "to",
        **members,
    }
    return messages.of(problem, asked, 30, title)


def test_where_nothing_is_asked_there_are_examples_to_follow() -> None:
    message = messages.welcome()

    assert 3 == len(message.links)
    assert "./?from=29-1141.00&to=15-1211.01" == message.links[0].href


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        (Question("x"), "Fill in “To” as well, the occupation to get to, and press Compare."),
        (Question("", "x"), "Fill in “From” as well, the occupation to start from, and press"),
    ],
)
def test_where_one_occupation_is_missing_it_says_which(asked, missing) -> None:
    assert missing in messages.half_asked(asked).text


def test_an_unknown_code_has_suggestions_as_links() -> None:
    near = [{"code": "15-9003.00", "title": "Moon Clerks"}]
    message = told("occupation-not-found", suggestions=near)

    assert "O*NET has no occupation 15-9002.00" == message.heading
    assert [("Moon Clerks", "./?from=11-9001.00&to=15-9003.00")] == list(message.links)


def test_an_occupation_without_ratings_has_alternatives_as_links() -> None:
    near = [{"code": "29-9003.00", "title": "Moon Painters"}]
    message = told("no-ratings", title="Tide Clerks", alternatives=near, occupation="from")

    assert "No skills ratings for Tide Clerks (15-9002.00)" == message.heading
    assert [("Moon Painters", "./?from=29-9003.00&to=15-9002.00")] == list(message.links)


@pytest.mark.parametrize(
    ("name", "words_of_it"),
    [
        ("upstream-unavailable", "O*NET Web Services gives no usable answer. Try again in 30 sec"),
        ("database-unavailable", "cannot reach its database, whatever is asked. Try again in 30"),
        ("internal-error", "tell whoever runs the service this number: ab12."),
    ],
)
def test_what_may_pass_says_when_and_how_to_try_again(name, words_of_it) -> None:
    message = told(name)

    assert words_of_it in message.text
    assert [("Try again", "./?from=11-9001.00&to=15-9002.00")] == list(message.links)


def test_a_domain_that_onet_does_not_offer_leads_to_skills_instead_of_trying_again() -> None:
    asked = Question("kite masters", "15-9002.00", "abilities", "from")
    message = told("upstream-unavailable", asked, title="Tide Clerks", not_offered="abilities")

    assert "The abilities ratings of Tide Clerks (15-9002.00) are not here" == message.heading
    assert (
        "O*NET Web Services as configured here does not offer abilities ratings. Go on with skills:"
    ) == message.text
    assert [("Compare skills", "./?from=kite+masters&to=15-9002.00&direction=from")] == list(
        message.links
    )


def test_skills_that_onet_does_not_offer_lead_nowhere() -> None:
    message = told("upstream-unavailable", not_offered="skills")

    assert "does not offer skills ratings. Ask whoever runs the service" in message.text
    assert () == message.links


def test_without_an_upstream_it_leads_to_what_has_ratings_here() -> None:
    near = [{"code": "15-9003.00", "title": "Moon Clerks"}]
    message = told("upstream-not-configured", title="Tide Clerks", alternatives=near, held=HELD)

    assert "The skills ratings of Tide Clerks (15-9002.00) are not here" == message.heading
    assert (
        f"{HELD} This service has no access to O*NET Web Services; whoever runs it can bring all "
        "by “flask seed latest”, or set that up. Choose a suggestion without the words “ratings "
        "not here yet”, or go on with one of these:"
    ) == message.text
    assert [("Moon Clerks", "./?from=11-9001.00&to=15-9003.00")] == list(message.links)


@pytest.mark.parametrize(("domain", "ways"), [("skills", []), ("knowledge", ["Compare skills"])])
def test_without_an_upstream_and_any_ratings_it_says_so_and_leads_to_skills(domain, ways) -> None:
    asked, held = ASKED._replace(domain=domain), "No occupation has ratings here."
    message = told("upstream-not-configured", asked, alternatives=[], held=held)

    assert message.text.startswith("No occupation has ratings here. This service has no access")
    assert "bring all by “flask seed latest”" in message.text
    assert "suggestion" not in message.text
    assert ways == [link.text for link in message.links]
    assert bool(ways) == message.text.endswith("Go on with skills:")


def test_a_title_of_several_occupations_has_them_as_links() -> None:
    found = [
        {"code": "29-9003.00", "title": "Moon Painters", "matched": "Painter"},
        {"code": "29-9004.00", "title": "Sun Painters", "matched": "Sun Painters"},
    ]
    wrong = [{"parameter": "from", "detail": "More than one occupation has this title."}]
    asked = Question("painter", "15-9002.00")
    message = told("invalid-parameter", asked, errors=wrong, candidates={"from": found})

    assert "Which occupation do you mean?" == message.heading
    said = "You asked for “painter”. More than one occupation has this title. It could be:"
    assert said == message.text
    assert [
        ("Moon Painters (Painter)", "./?from=29-9003.00&to=15-9002.00"),
        ("Sun Painters", "./?from=29-9004.00&to=15-9002.00"),
    ] == list(message.links)


def test_the_codes_that_replaced_one_are_named_by_their_titles_alone() -> None:
    found = [{"code": "29-9003.00", "title": "Moon Painters", "matched": "15-9999.00"}]
    wrong = [{"parameter": "to", "detail": "O*NET replaced this code by more than one."}]
    asked = Question("11-9001.00", "15-9999.00")
    message = told("invalid-parameter", asked, errors=wrong, candidates={"to": found})

    assert "“15-9999.00”. O*NET replaced this code by more than one." in message.text
    assert ["Moon Painters"] == [link.text for link in message.links]


def test_a_title_of_nothing_says_how_to_find_one() -> None:
    wrong = [{"parameter": "to", "detail": "Not the title of one occupation."}]
    asked = Question("11-9001.00", "xyzzy")
    message = told("invalid-parameter", asked, errors=wrong, candidates={"to": []})

    assert "No occupation is called “xyzzy”" == message.heading
    assert "suggestions" in message.text


def test_any_other_bad_parameter_is_named() -> None:
    wrong = [
        {"parameter": "to", "detail": "Longer than maximum length 200."},
        {"parameter": "domain", "detail": "Must be one of: skills."},
    ]

    assert (
        "Check what is asked above. To: Longer than maximum length 200. "
        "domain: Must be one of: skills." == told("invalid-parameter", errors=wrong).text
    )
