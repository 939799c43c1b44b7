import base64
import copy
import pprint

import pytest
from support.fake_upstream import FakeUpstream
from support.streaming import stream_ratings

from onet_client import errors


@pytest.mark.parametrize("api", ["2", "1.9"])
def test_nothing_a_client_is_made_of_shows_its_credentials(new_client, canary, api):
    client = new_client(FakeUpstream(api))
    transport = client._transport

    shown = [repr(client), repr(transport), pprint.pformat(vars(transport))]
    shown += [repr(transport._sessions.queue), *map(str, transport._sessions.queue)]
    shown += [pprint.pformat(vars(session)) for session in transport._sessions.queue]
    shown += [repr(session.headers) for session in transport._sessions.queue]

    assert canary not in "".join(shown)


@pytest.mark.parametrize("api", ["2", "1.9"])
def test_credentials_are_sent_and_in_no_url(new_client, canary, api):
    with FakeUpstream(api).running() as upstream:
        list(stream_ratings(new_client(upstream), "skills"))

    basic = base64.b64encode(f"user:{canary}".encode()).decode()
    expected = {"2": ("X-API-Key", canary), "1.9": ("Authorization", f"Basic {basic}")}[api]
    assert 4 == len(upstream.requests)
    for request in upstream.requests:
        assert expected in request.headers.items()
        assert canary not in request.url
        assert basic not in request.url


def test_an_upstream_that_repeats_the_key_does_not_get_it_into_a_message(
    new_client, upstream, canary, shows_no_secret
):
    def repeat(answer):
        answer.document = {"error": f"no such key: {canary}", "row": [canary], canary: canary}

    def repeat_in_a_row(answer):
        answer.document = copy.deepcopy(answer.document)
        answer.document["row"][0] |= {"onetsoc_code": canary, "scale_id": canary, canary: 1}

    def repeat_as_a_link(answer):
        answer.document["next"] = f"https://evil.example/?key={canary}"

    def repeat_as_a_redirect(answer):
        answer.status, answer.headers["Location"] = 302, f"https://evil.example/{canary}"

    def repeat_in_no_json(answer):
        answer.body = canary.encode()

    for fault in (
        repeat_in_no_json,
        repeat,
        repeat_in_a_row,
        repeat_as_a_link,
        repeat_as_a_redirect,
    ):
        upstream.faults["database/rows/", 0] = fault
        with pytest.raises(errors.BadReply) as raised:
            list(stream_ratings(new_client(upstream), "skills"))
        shows_no_secret(raised.value)
