"""How a request ended, in the few words that a counter of requests has labels for."""

from typing import Literal

from onet_client.errors import BadReply, DeadlineExceeded, TimedOut
from onet_client.reply import Reply, location

Result = Literal[
    "ok",
    "redirect",
    "rate_limited",
    "client_error",
    "server_error",
    "timeout",
    "unreachable",
    "bad_reply",
]


def reply_result(reply: Reply) -> Result:
    """The result of a request with a reply, by its status: what the body means comes later."""
    if location(reply) is not None:
        return "redirect"
    match reply.status:
        case 200:
            return "ok"
        case 429:
            return "rate_limited"
        case status if 400 <= status <= 499:
            return "client_error"
        case status if 500 <= status <= 599:
            return "server_error"
    return "bad_reply"


def error_result(error: BaseException) -> Result:
    """The result of a request that ended without a whole reply."""
    if isinstance(error, TimedOut | DeadlineExceeded):
        return "timeout"
    return "bad_reply" if isinstance(error, BadReply) else "unreachable"
