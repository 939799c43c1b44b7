"""What the page says where there is no answer."""

import pytest

from app.occupations.holdings import NOTHING_LISTED
from app.page import messages
from app.page.links import Question

ASKED = Question("11-9001.00", "15-9002.00")
NEAR = [{"code": "15-9003.00", "title": "Moon Clerks"}]
PAINTERS = [
    {"code": "29-9003.00", "title": "Moon Painters", "matched": "Painter"},
    {"code": "29-9004.00", "title": "Sun Painters", "matched": "Sun Painters"},
]
SHARED = "More than one occupation has this title."
HELD = "64 of 1,016 occupations of O*NET 29.0 have skills ratings here."


def links(message: messages.Message) -> list[tuple[str, str]]:
    return [(link.text, link.href) for link in message.links]


def told(
    name: str, asked: Question = ASKED, *, title: str = "", rated=None, **members: object
) -> messages.Message:
    problem = {
        "type": f"urn:problem-type:skillgap:{name}",
        "request_id": "ab12",
        "code": "15-9002.00",
        "occupation": "to",
        **members,
    }
    return messages.of(messages.Explained(problem, 30, title, rated or {}), asked)


def doubted(candidates, *, detail=SHARED, rated=None, **members: object) -> messages.Message:
    errors = [{"parameter": side, "detail": detail} for side in candidates]
    asked = Question("painter", "clerk")
    more = {"errors": errors, "candidates": candidates, **members}
    return told("invalid-parameter", asked, rated=rated, **more)


def test_an_unknown_code_has_suggestions_as_links() -> None:
    message = told("occupation-not-found", suggestions=NEAR)

    assert "O*NET has no occupation 15-9002.00" == message.heading
    assert [("Moon Clerks", "./?from=11-9001.00&to=15-9003.00")] == links(message)


def test_an_occupation_without_ratings_has_alternatives_as_links() -> None:
    message = told("no-ratings", title="Tide Clerks", alternatives=NEAR, occupation="from")

    assert "No skills ratings for Tide Clerks (15-9002.00)" == message.heading
    assert [("Moon Clerks", "./?from=15-9003.00&to=15-9002.00")] == links(message)


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
    assert [("Try again", "./?from=11-9001.00&to=15-9002.00")] == links(message)


def test_a_domain_that_onet_does_not_offer_leads_to_skills_instead_of_trying_again() -> None:
    asked = Question("kite masters", "15-9002.00", "abilities", "from")
    message = told("upstream-unavailable", asked, title="Tide Clerks", not_offered="abilities")

    assert "The abilities ratings of Tide Clerks (15-9002.00) are not here" == message.heading
    assert (
        "O*NET Web Services as configured here does not offer abilities ratings. Go on with skills:"
    ) == message.text
    assert [("Compare skills", "./?from=kite+masters&to=15-9002.00&direction=from")] == links(
        message
    )


def test_skills_that_onet_does_not_offer_lead_nowhere() -> None:
    message = told("upstream-unavailable", not_offered="skills")

    assert "does not offer skills ratings. Ask whoever runs the service" in message.text
    assert () == message.links


def test_without_an_upstream_it_leads_to_what_has_ratings_here() -> None:
    message = told("upstream-not-configured", title="Tide Clerks", alternatives=NEAR, held=HELD)

    assert "The skills ratings of Tide Clerks (15-9002.00) are not here" == message.heading
    assert (
        f"{HELD} This service has no access to O*NET Web Services; whoever runs it can bring all "
        "by “flask seed latest”, or set that up. Choose a suggestion without the words “ratings "
        "not here yet”, or go on with one of these:"
    ) == message.text
    assert [("Moon Clerks", "./?from=11-9001.00&to=15-9003.00")] == links(message)


@pytest.mark.parametrize(("domain", "ways"), [("skills", []), ("knowledge", ["Compare skills"])])
def test_without_an_upstream_and_any_ratings_it_says_so_and_leads_to_skills(domain, ways) -> None:
    asked, held = ASKED._replace(domain=domain), "No occupation has ratings here."
    message = told("upstream-not-configured", asked, alternatives=[], held=held)

    assert message.text.startswith("No occupation has ratings here. This service has no access")
    assert "bring all by “flask seed latest”" in message.text
    assert "suggestion" not in message.text
    assert ways == [link.text for link in message.links]
    assert bool(ways) == message.text.endswith("Go on with skills:")


def test_the_codes_that_replaced_one_are_named_by_their_titles_alone() -> None:
    by_code = [{"code": "29-9003.00", "title": "Moon Painters", "matched": "15-9999.00"}]
    message = doubted({"to": by_code}, detail="O*NET replaced this code by more than one.")

    assert "“clerk”. O*NET replaced this code by more than one." in message.text
    assert ["Moon Painters"] == [link.text for link in message.links]


def test_a_title_of_nothing_says_how_to_find_one() -> None:
    message = doubted({"to": []})

    assert "No occupation is called “clerk”" == message.heading
    assert "suggestions" in message.text

    empty = doubted({"to": []}, hint=NOTHING_LISTED)

    assert "This service lists no occupation yet" in empty.text


def test_what_both_sides_may_mean_is_chosen_together() -> None:
    message = doubted({"from": PAINTERS, "to": PAINTERS[:1]})

    assert "Which occupations do you mean?" == message.heading
    assert {"from": SHARED, "to": SHARED} == message.faults
    assert () == message.links
    assert [
        ("from", "The job you have: “painter”", ["29-9003.00", "29-9004.00"]),
        ("to", "The job you want: “clerk”", ["29-9003.00"]),
    ] == [(one.side, one.legend, [each.code for each in one.choices]) for one in message.doubts]


def test_what_is_not_rated_comes_last_and_says_so() -> None:
    message = doubted({"from": PAINTERS}, rated={"29-9003.00": False, "29-9004.00": None})

    assert [
        ("Sun Painters", "ratings not here yet"),
        ("Moon Painters (Painter)", "no ratings"),
    ] == [(link.text, link.more) for link in message.links]


def test_where_one_side_is_unknown_and_one_in_doubt_both_are_told() -> None:
    message = doubted({"from": [], "to": PAINTERS})

    assert "No occupation is called “painter”. You asked for “clerk”." in message.text
    assert "No occupation is called “painter”." == message.faults["from"]
    assert "./?from=painter&to=29-9003.00" == message.links[0].href


@pytest.mark.parametrize(
    ("name", "faults"),
    [("occupation-not-found", ["to"]), ("no-ratings", ["to"]), ("internal-error", [])],
)
def test_a_problem_of_one_occupation_is_one_of_its_field(name, faults) -> None:
    assert faults == list(told(name).faults)
