import pytest

from onet_client.errors import BadReply, NotConfigured
from onet_client.urls import base_url, is_loopback, resolve


@pytest.mark.parametrize(
    ("configured", "base"),
    [
        ("https://api-v2.onetcenter.org/", "https://api-v2.onetcenter.org/"),
        ("https://api-v2.onetcenter.org", "https://api-v2.onetcenter.org/"),
        ("https://services.onetcenter.org/ws", "https://services.onetcenter.org/ws/"),
        ("https://services.onetcenter.org/v1.9/ws//", "https://services.onetcenter.org/v1.9/ws/"),
        ("http://127.0.0.1:9900", "http://127.0.0.1:9900/"),
        ("http://127.8.9.10:9900/ws/", "http://127.8.9.10:9900/ws/"),
        ("http://localhost:9900/", "http://localhost:9900/"),
        ("http://LOCALHOST:9900/", "http://LOCALHOST:9900/"),
        ("http://[::1]:9900/", "http://[::1]:9900/"),
    ],
)
def test_a_base_url_ends_with_a_slash(configured, base):
    assert base == base_url(configured)


@pytest.mark.parametrize(
    "configured",
    [
        "",
        "api-v2.onetcenter.org",
        "//api-v2.onetcenter.org/",
        "https://",
        "https:///path",
        "ftp://api-v2.onetcenter.org/",
        "file:///etc/passwd",
        "https://a b/",
        "https://a\\b/",
        "https://a/\n",
        "https://a:0/",
        "https://a:99999/",
        "https://a:port/",
        "https://[::1/",
        "https://\u00e9/",
        "https://" + "a" * 4000,
    ],
)
def test_what_is_no_base_url_is_refused_by_the_name_of_the_setting(configured):
    with pytest.raises(NotConfigured, match="ONET_API_URL is not a URL"):
        base_url(configured)


@pytest.mark.parametrize(
    "configured",
    ["https://u:canary@a/", "https://canary@a/", "https://a/?canary", "https://a/#canary"],
)
def test_a_base_url_holds_no_credentials_and_they_are_not_repeated(configured):
    with pytest.raises(NotConfigured, match="neither credentials") as raised:
        base_url(configured)

    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    "configured",
    [
        "http://api-v2.onetcenter.org/",
        "http://10.0.0.1/",
        "http://localhost.example/",
        "http://128.0.0.1/",
        "http://0.0.0.0/",
    ],
)
def test_credentials_do_not_leave_this_machine_in_the_clear(configured):
    with pytest.raises(NotConfigured, match="ONET_API_URL must be https"):
        base_url(configured)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.255.0.9", True),
        ("::1", True),
        ("localhost", True),
        ("::2", False),
        ("localhost.", False),
        ("127.0.0.1.example", False),
        ("2130706433", False),
        ("", False),
    ],
)
def test_a_host_is_this_machine_by_its_name_or_address(host, here):
    assert here is is_loopback(host)


BASE = "https://onet.example/ws/"
ASKED = BASE + "database/rows/skills?start=1"


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        (BASE + "database/rows/skills?start=3", BASE + "database/rows/skills?start=3"),
        ("HTTPS://ONET.EXAMPLE/ws/about", "https://ONET.EXAMPLE/ws/about"),
        ("https://onet.example:443/ws/about", "https://onet.example:443/ws/about"),
        ("?start=3", BASE + "database/rows/skills?start=3"),
        ("/ws/about#top", BASE + "about"),
        ("//onet.example/ws/about", BASE + "about"),
        (BASE, BASE),
        ("/ws/a%20b?c=..", BASE + "a%20b?c=.."),
        (BASE + "a" * 976, BASE + "a" * 976),  # 1,000 characters
    ],
)
def test_a_link_that_stays_is_followed(reference, url):
    assert url == resolve(BASE, ASKED, reference)


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "https://evil.example/ws/",
        "https://onet.example.evil.example/ws/",
        "http://onet.example/ws/",
        "https://onet.example:8443/ws/",
        "https://onet.example:80/ws/",
        "https://user@onet.example/ws/",
        "https://onet.example@evil.example/ws/",
        "https://onet.example/",
        "https://onet.example/ws",
        "https://onet.example/other/",
        "//evil.example/ws/",
        "/elsewhere",
        "../../../etc",
        "https://onet.example/ws/%2e%2e/",
        "https://onet.example/ws/.%2E/",
        "https://onet.example/ws/a/%2e",
        "javascript:alert(1)",
        "file:///ws/",
        "https://onet.example/ws/\\evil",
        "\\\\evil.example\\ws",
        "https://onet.example/ws/ ",
        "https://onet.example/ws/\n",
        "https://onet.example/ws/\u00e9",
        "https://[onet.example/ws/",
        "https://onet.example:port/ws/",
        BASE + "a" * 977,
        "a" * (1000 - len(BASE + "database/rows/")) + "a",
    ],
)
def test_a_link_that_leads_away_is_not_followed(reference):
    with pytest.raises(BadReply, match="not followed"):
        resolve(BASE, ASKED, reference)


def test_the_default_port_of_http_is_80():
    base = "http://localhost/"

    assert "http://localhost:80/about" == resolve(base, base, "http://localhost:80/about")
    with pytest.raises(BadReply):
        resolve(base, base, "http://localhost:443/about")
