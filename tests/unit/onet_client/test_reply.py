from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onet_client import errors
from onet_client.reply import Reply, check_status, json_document, location, retry_after

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
JSON = {"Content-Type": "application/json"}


def reply(status=200, headers=JSON, body=b"{}"):
    return Reply(status, headers, body, NOON)


CLASS_OF_STATUS = {
    100: errors.BadReply,
    204: errors.BadReply,
    206: errors.BadReply,
    301: errors.BadReply,
    304: errors.BadReply,
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.BadRequest,
    422: errors.BadRequest,
    429: errors.RateLimited,
    499: errors.BadRequest,
    500: errors.UpstreamFailure,
    501: errors.UpstreamFailure,
    502: errors.UpstreamFailure,
    503: errors.UpstreamFailure,
    504: errors.UpstreamFailure,
    599: errors.UpstreamFailure,
    600: errors.BadReply,
    999: errors.BadReply,
    0: errors.BadReply,
    -1: errors.BadReply,
}


@pytest.mark.parametrize(("status", "kind"), CLASS_OF_STATUS.items())
def test_each_status_but_200_is_an_error_of_its_class(status, kind):
    with pytest.raises(errors.OnetError) as raised:
        check_status(reply(status))

    assert kind is type(raised.value)
    assert status == raised.value.status
    assert str(status) in str(raised.value)


@given(
    st.integers() | st.sampled_from([200, 302, 429, 503]),
    st.dictionaries(
        st.sampled_from(["Retry-After", "Date", "Location"]) | st.text(),
        st.sampled_from(["7", "Sun, 01 Mar 2026 12:00:30 GMT"]) | st.text(),
    ),
)
def test_whatever_the_headers_are_it_is_200_or_an_error_of_this_package(status, headers):
    with suppress(errors.OnetError):
        check_status(reply(status, headers))
        assert 200 == status


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"RETRY-AFTER": " 120\t"}, 120.0),
        ({"Retry-After": "86401"}, 86_400.0),
        ({"Retry-After": "9" * 300}, 86_400.0),
        ({"Retry-After": "9" * 301}, None),
        ({"Retry-After": "-7"}, None),
        ({"Retry-After": "7.5"}, None),
        ({"Retry-After": "\u0667"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30.0),
        ({"Retry-After": "Sunday, 01-Mar-26 12:00:30 GMT"}, 30.0),
        ({"Retry-After": "Sun Mar  1 12:00:30 2026"}, 30.0),
        ({"Retry-After": "Sun, 01 Mar 2026 13:00:30 +0100"}, 30.0),
        ({"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 86_400.0),
        ({"Retry-After": "Sun, 32 Mar 2026 11:00:00 GMT"}, None),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:00 +999999999999999"}, None),
        (
            {
                "Date": "Sun, 01 Mar 2026 12:10:00 GMT",
                "Retry-After": "Sun, 01 Mar 2026 12:10:05 GMT",
            },
            5.0,
        ),
        ({"Date": "yesterday", "Retry-After": "Sun, 01 Mar 2026 12:00:05 GMT"}, 5.0),
    ],
)
def test_retry_after_is_read_in_every_form_and_else_left_out(headers, seconds):
    assert seconds == retry_after(reply(429, headers))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_has_a_location(status):
    assert "/there" == location(reply(status, {"location": "/there"}))
    assert location(reply(status, {})) is None


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 306, 404, 503])
def test_the_location_of_anything_else_leads_nowhere(status):
    assert location(reply(status, {"Location": "/there"})) is None


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json ;charset=utf-8",
        "application/problem+json",
        "application/vnd.onet.v2+json;q=1",
    ],
)
def test_json_is_known_by_its_content_type(content_type):
    assert {} == json_document(reply(headers={"content-type": content_type}))


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/html",
        "text/json",
        "application/xml",
        "application/jsonp",
        "application/json-seq",
        "application/+json",
        "application/x y+json",
        "text/html, application/json",
        "xapplication/json",
    ],
)
def test_what_is_not_called_json_is_not_read_as_json(content_type):
    headers = {} if content_type is None else {"Content-Type": content_type}

    with pytest.raises(errors.BadReply, match="content type"):
        json_document(reply(headers=headers))


def test_a_bom_before_the_document_is_skipped():
    assert ["é"] == json_document(reply(body=b"\xef\xbb\xbf" + '["é"]'.encode()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"<html>",
        b'{"row": [',
        b'{"row": []}]',
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b'["\xff"]',
        '["é"]'.encode("latin-1"),
        "{}".encode("utf-16"),
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"[" + b"9" * 5_000 + b"]",
        b"[1e" + b"9" * 5_000 + b"]",
        b"[01]",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_body_that_is_no_json_document_is_a_bad_reply(body):
    with pytest.raises(errors.BadReply, match="not JSON, or cut short") as raised:
        json_document(reply(body=body))

    assert 200 == raised.value.status
