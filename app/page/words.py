"""What the page says of an answer: functions from a body of the API to plain words."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import floor
from typing import Any, Final, NamedTuple

from app.occupations.holdings import SEED, is_whole, sentence
from app.occupations.provenance import aged
from app.transitions.choice import in_words
from app.transitions.job_zones import called
from cache.catalogue import Holding

Body = dict[str, Any]

DOUBTS: Final = {
    "may be chance": "The gap is not wider than chance would make it (at 95 %, from O*NET's "
    "standard errors): another group of raters could have found none.",
    "chance unknown": "O*NET gives no standard error, so there is no telling whether the gap is "
    "wider than chance would make it.",
    "low precision": "The raters differed so much that O*NET recommends not to rely on a figure "
    "of this line; it is shown all the same.",
}
"""What makes a figure less sure, and what that means."""
UNSURE: Final[dict[bool | None, str]] = {False: "may be chance", None: "chance unknown"}
"""The doubt about a gap, by its significance."""
NOUNS: Final = {"knowledge": "areas of knowledge"}
"""What the elements of a domain are called, where not by its name."""
UNITS: Final = (("an hour", "hours", 3600), ("a minute", "minutes", 60), ("a second", "seconds", 1))


class Coverage(NamedTuple):
    """How many occupations are rated here, and the command that brings all, or none."""

    text: str
    command: str = ""


def coverage(holding: Holding, domain: str, *, can_fetch: bool) -> Coverage:
    """Say how many occupations have ratings of a domain here, and how the others come here."""
    text = sentence(holding, domain)
    if is_whole(holding):
        return Coverage(text)
    if can_fetch:
        return Coverage(f"{text} Others are fetched from O*NET when they are asked for.")
    return Coverage(text, SEED)


def percent(share: float) -> str:
    """Write a share of 0 to 1; only 0 is shown as 0 %, and only 1 as 100 %."""
    if 0 < share < 0.01:
        return "less than 1 %"
    whole = min(99, floor(share * 100 + 0.5)) if share < 1 else 100
    return f"{whole} %"


def readiness(body: Body) -> str:
    """Say what the figure of readiness means."""
    source, target = body["from"]["title"], body["to"]["title"]
    if body["from"]["code"] == body["to"]["code"]:
        return f"Both are {source}. Choose another occupation to see what it needs."
    if not body["gaps"] and not body["covered"]:
        return f"{target} need no {nouns(body['domain'])}."
    share = percent(body["summary"]["readiness"]) if body["gaps"] else "all"
    text = f"{source} already have {share} of what {target} need, in {body['domain']}"
    return f"{text} weighted by importance." if body["gaps"] else f"{text}: there is no gap."


def gaps(body: Body) -> str:
    """Say how many gaps there are of how many elements, and of which kind."""
    found, missing = body["summary"]["gaps"], body["summary"]["missing"]
    required = f"Of the {found + len(body['covered'])} {nouns(body['domain'])} that"
    text = f"{required} {body['to']['title']} need, {found or 'none'}"
    text += f" {'are' if found > 1 else 'is'} at a higher level"
    if missing:
        text += f", {missing} of them not relevant to {body['from']['title']} today"
    return f"{text}."


def nouns(domain: str) -> str:
    """Name the elements of a domain, such as 35 of them."""
    return NOUNS.get(domain, domain.replace("_", " "))


def kind(item: Body) -> str:
    """Say what kind of gap it is."""
    return "not relevant today" if item["kind"] == "missing" else "higher level"


def doubts(item: Body) -> list[str]:
    """Say what makes a figure less sure; only a gap can be due to chance."""
    unsure = UNSURE.get(item["significant"]) if item["level_gap"] > 0 else None
    found = [unsure] if unsure else []
    if item["low_precision"]:
        found.append("low precision")
    return found


def explained(items: Iterable[Body]) -> list[tuple[str, str]]:
    """Return the doubts that any of the elements has, each with what it means."""
    found = {doubt for item in items for doubt in doubts(item)}
    return [(doubt, meaning) for doubt, meaning in DOUBTS.items() if doubt in found]


def priority_means(body: Body) -> str:
    """Say what a priority is made of."""
    return (
        "Priority, from 0 to 1, is the gap as a share of the whole scale of 7, times the "
        f"importance to {body['to']['title']}, where 1 on its scale counts as 0 and 5 as 1."
    )


def priority(item: Body) -> str:
    """Write a priority (0-1) in hundredths; only 0 is shown as 0.00."""
    text = f"{item['priority']:.2f}"
    return "<0.01" if item["priority"] > 0 and text == "0.00" else text


def provenance(title: str, source: Body, now: datetime) -> str:
    """Say where one side's ratings come from, of which release, and how old they are."""
    release = f"O*NET {source['release']}" if source["release"] else "O*NET, release unknown"
    how = (
        "fetched from O*NET Web Services" if source["origin"] == "api" else "loaded from its files"
    )
    fetched_at = moment(source["fetched_at"])
    date = f"{fetched_at.day} {fetched_at:%B %Y}"
    text = f"{title}: {release}, {how} on {date} ({age(fetched_at, now)})."
    if source["state"] == "stale":
        text += " That is longer ago than it should be; newer figures follow when O*NET gives them."
    return f"{text} {aged(title, source['rated'], now)}".rstrip()


def moment(text: str) -> datetime:
    """Read a UTC time as the API writes it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def age(then: datetime, now: datetime) -> str:
    """Say how long ago a day is, in UTC."""
    days = max(timedelta(0), now.date() - then.date()).days
    if days < 2:
        return ("today", "yesterday")[days]
    if days < 60:
        return f"{days} days ago"
    if days < 730:
        return f"{days // 30} months ago"
    return f"{days // 365} years ago"


def wait(seconds: int) -> str:
    """Say after how many seconds something can be tried again."""
    one, many, size = next((unit for unit in UNITS if seconds >= unit[2]), UNITS[-1])
    count = -(-seconds // size)
    return f"in {count} {many}" if count > 1 else f"in {one}"


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
    domains = in_words(body["domains"], "or")
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


def carried(item: Body) -> str:
    """Name the weightiest that carries over in a transition."""
    return _named("Carries over", item["carries_over"]) or "Nothing carries over"


def weightiest(item: Body) -> str:
    """Name the gaps that a transition lists."""
    return _named("Missing most", item["gaps"]) or "No gaps"


def _named(lead: str, items: Iterable[Body]) -> str:
    names = [item["name"] for item in items]
    return f"{lead}: {', '.join(names)}" if names else ""
