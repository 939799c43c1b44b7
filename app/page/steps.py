"""What the page says of next steps: functions from the answer of transitions to plain words."""

from typing import NamedTuple

from app.page.words import Body, percent
from app.transitions.choice import in_words
from app.transitions.job_zones import called
from onet_client.content_model import domain_words


def job_zone(zone: int, body: Body) -> str:
    """Name a job zone, in O*NET's words where the answer has them."""
    names = {one["zone"]: one["name"] for one in body["job_zones"]}
    return f"job zone {called(zone, names.get(zone))}"


def related(tier: str | None) -> str:
    """Say how closely related O*NET lists an occupation; empty where it does not."""
    if tier is None:
        return ""
    return "closely related" if tier.startswith("Primary") else "related"


class Lead(NamedTuple):
    """What goes before a list: its heading, and what it ranks by what and leaves out."""

    heading: str
    text: str


def transitions(body: Body, zone: int | None = None) -> Lead:
    """Introduce the transitions.

    Args:
        body: the answer of /occupations/{code}/transitions.
        zone: the job zone that it was asked for; None for all.
    """
    title, shown = body["occupation"]["title"], len(body["transitions"])
    others, listed = body["compared"] - 1, body["occupations_listed"] - 1  # without itself
    domains = in_words(map(domain_words, body["domains"]), "or")
    if body["direction"] == "to":
        heading = f"Where {title} could go next"
        needed = f"how much of what each needs {title} already have"
        used = f"how much of what {title} have is used there"
    else:
        heading = f"Who could become {title}"
        needed = f"how much of what {title} need each already has"
        used = "how much of what each has is used there"
    ranked = f"how well they fit: the mean of {needed}, and {used}"
    rated = f"with {domains} ratings here, out of {listed:,} that O*NET lists"
    if not others:
        return Lead(heading, f"There is no other occupation {rated}.")
    all_others = f"{others:,} other occupations {rated}"
    if not shown:
        none = f"None of the {all_others}, is known to be in job zone {zone}."
        others_too = "another, or any" if body["job_zones"] else "any"
        return Lead(heading, f"{none} Choose {others_too}.")
    if zone:
        return Lead(heading, f"The nearest in job zone {zone}, of the {all_others}, by {ranked}.")
    which = "The nearest of the" if shown < others else "The"
    return Lead(heading, f"{which} {all_others}, by {ranked}.")


def zones(body: Body, chosen: int | None) -> list[tuple[int | None, str]]:
    """Return the job zones to choose from, each with its name; none where none are held.

    Where one is chosen, `any` always is among them.
    """
    held = [(one["zone"], called(one["zone"], one["name"])) for one in body["job_zones"]]
    return [(None, "any"), *held] if held or chosen else []


def both_ways(item: Body) -> str:
    """Say what the two parts of a fit are."""
    ready, used = percent(item["readiness"]), percent(item["utilization"])
    return f"{ready} of what is needed is there, {used} of what is there is needed"


def elements(body: Body) -> dict[str, str]:
    """Return the elements that transitions name, by id, in the order of their names."""
    named = [
        (one["name"], one["id"])
        for transition in body["transitions"]
        for one in (*transition["carries_over"], *transition["gaps"])
    ]
    return {id_: name for name, id_ in sorted(set(named))}
