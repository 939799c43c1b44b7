"""Answers over real sockets to those who take gzip, and to pages of other origins."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from support.browser import running_chromium
from support.mysql_server import free_port
from support.processes import Serving, serving

TOKEN = "canary-admin-token"
GAP = "/skill-gap?from=11-1011.00&to=15-1254.00"
LISTED = "https://a.example"
OWN = {"from": {"occupations": ["11-1011"]}, "to": "15-1254", "format": "csv"}
FETCH = """async ([target, token, posted]) => {
    const headers = token ? {Authorization: `Bearer ${token}`} : {};
    if (posted) headers["Content-Type"] = "application/json";
    const sent = posted ? {method: "POST", body: JSON.stringify(posted)} : {};
    const answer = await fetch(target, {headers, ...sent});
    const names = ["ETag", "Cache-Status", "Age", "X-Request-ID", "Retry-After",
                   "Content-Disposition"];
    return [answer.status, names.filter((name) => answer.headers.get(name) !== null)];
}"""


PORT = free_port()
"""Where the page of another origin is."""


@pytest.fixture(
    scope="module", params=["*", f"{LISTED},http://127.0.0.1:{PORT}"], ids=["any", "listed"]
)
def origins(request: pytest.FixtureRequest) -> str:
    """`CORS_ORIGINS` of the server."""
    return str(request.param)


@pytest.fixture(scope="module")
def server(
    origins: str, tmp_path_factory: pytest.TempPathFactory, starter_url: str
) -> Iterator[Serving]:
    settings = {"DATABASE_URL": starter_url, "ADMIN_TOKEN": TOKEN, "CORS_ORIGINS": origins}
    with serving(tmp_path_factory.mktemp("server"), worker=False, **settings) as running:
        yield running


def test_kept_answers_are_sent_in_the_coding_that_is_asked_for(server: Serving) -> None:
    for _ in range(3):
        packed = server.get(GAP, headers={"Accept-Encoding": "gzip"})
        plain = server.get(GAP, headers={"Accept-Encoding": "identity"})

        assert packed.content == plain.content
        assert "gzip" == packed.headers["Content-Encoding"]
        assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2.5
        for etag in (packed.headers["ETag"], plain.headers["ETag"]):
            again = server.get(GAP, headers={"If-None-Match": etag, "Accept-Encoding": "gzip"})
            assert (304, b"", etag) == (again.status_code, again.content, again.headers["ETag"])


@pytest.mark.browser
def test_a_page_of_another_origin_reads_answers_and_nothing_of_the_admin_api(
    server: Serving, origins: str, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>Another</title>")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ExitStack() as stack:
        other = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", PORT), handler))
        Thread(target=other.serve_forever).start()
        stack.callback(other.shutdown)
        page = stack.enter_context(running_chromium()).new_page()
        page.goto(f"http://127.0.0.1:{PORT}/")

        read = ["ETag", "Cache-Status", "Age", "X-Request-ID"]
        assert [200, read] == page.evaluate(FETCH, [server.url + GAP, ""])
        file = ["Cache-Status", "X-Request-ID", "Content-Disposition"]
        assert [200, file] == page.evaluate(FETCH, [f"{server.url}/skill-gap", "", OWN])
        missing = "/occupations/15-1252.00"  # not held, and nobody to ask
        assert [503, ["Cache-Status", "X-Request-ID", "Retry-After"]] == page.evaluate(
            FETCH, [server.url + missing, ""]
        )
        for token in ("", TOKEN):
            with pytest.raises(Exception, match="Failed to fetch"):
                page.evaluate(FETCH, [f"{server.url}/admin/cache", token])
        if origins != "*":
            page.goto(f"http://localhost:{PORT}/")  # the same page, of an origin that is not listed
            with pytest.raises(Exception, match="Failed to fetch"):
                page.evaluate(FETCH, [server.url + GAP, ""])
