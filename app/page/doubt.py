"""What the page says of a readiness beside its figure: how sure it is, and what is usual."""

from app.page.words import Body, percent


def certainty(body: Body) -> str:
    """Say within which bounds the readiness lies; empty where that is not known or no question."""
    bounds = body["summary"]["readiness_interval"]
    if body["from"]["code"] == body["to"]["code"] or not (body["gaps"] or body["covered"]):
        return ""
    if bounds is None:
        return "O*NET gives no standard errors by which to say how sure that is."
    low, high = map(percent, bounds)
    if low == high:
        return "The raters' errors make next to no difference to that (at 95 %)."
    return f"With the raters' errors counted, it lies between {low} and {high} (at 95 %)."


def closer_than(body: Body) -> str:
    """Say how that compares with all other occupations; empty where too few are held."""
    share = body["summary"]["closer_than"]
    if share is None or body["from"]["code"] == body["to"]["code"] or not body["gaps"]:
        return ""
    less = f"occupations rated here are less ready for {body['to']['title']}."
    if share == 1:
        return f"Nearly all {less}"
    return f"{percent(share) if share else 'None'} of the {less}"
