import base64

import pytest
from requests import Request

from onet_client.auth import credentials
from onet_client.errors import NotConfigured


def headers(auth):
    return Request("GET", "https://onet.example/", auth=auth).prepare().headers


def test_api_2_takes_the_key_in_its_header():
    sent = headers(credentials("2", "canary", None, None))

    assert "canary" == sent["X-API-Key"]
    assert "Authorization" not in sent


def test_api_1_9_takes_name_and_password_by_basic_authentication():
    sent = headers(credentials("1.9", None, "näme", "p:ässword"))

    scheme, _, value = sent["Authorization"].partition(" ")
    assert "Basic" == scheme
    assert "näme:p:ässword" == base64.b64decode(value).decode("utf-8")
    assert "X-API-Key" not in sent


@pytest.mark.parametrize(
    ("api", "key", "username", "password", "setting"),
    [
        ("2", None, "user", "canary", "ONET_API_KEY"),
        ("2", "", "user", "canary", "ONET_API_KEY"),
        ("1.9", "canary", None, None, "ONET_API_USERNAME"),
        ("1.9", "canary", "", "canary", "ONET_API_USERNAME"),
        ("1.9", "canary", "user", None, "ONET_API_PASSWORD"),
        ("1.9", "canary", "user", "", "ONET_API_PASSWORD"),
        ("2", "canary\n", None, None, "ONET_API_KEY"),
        ("2", " canary", None, None, "ONET_API_KEY"),
        ("2", "can ary", None, None, "ONET_API_KEY"),
        ("2", "canaryé", None, None, "ONET_API_KEY"),
        ("2", "canary\r\nX-Other: 1", None, None, "ONET_API_KEY"),
        ("1.9", None, "us:er", "canary", "ONET_API_USERNAME"),
        ("1.9", None, "user\n", "canary", "ONET_API_USERNAME"),
        ("1.9", None, "user", "canary\x00", "ONET_API_PASSWORD"),
        ("1.9", None, "user", "canary\x7f", "ONET_API_PASSWORD"),
    ],
)
def test_what_is_missing_or_unfit_is_named_and_not_repeated(api, key, username, password, setting):
    with pytest.raises(NotConfigured, match=setting) as raised:
        credentials(api, key, username, password)

    assert "canary" not in repr(raised.value)
