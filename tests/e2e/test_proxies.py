"""Behind the proxies of docs/proxies.md: under a prefix and https in front, and all stays there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from playwright.sync_api import expect
from support.browser import running_chromium
from support.databases import load
from support.mysql_server import free_port
from support.processes import serving
from support.proxies import PROGRAMS, RUN, https_front, needs

pytestmark = [pytest.mark.soak, needs("openssl", "openssl")]

TOKEN = "canary-admin-token"
GAP = "?from=11-1011.00&to=15-1254.00"
OWN = "own-levels?from=11-1011.00&to=15-1254.00"
ELSEWHERE = re.compile(r"https://(www\.|services\.)?(onetcenter|onetonline|creativecommons)\.org/")


@dataclass
class Front:
    """A place under https where the product is to be found."""

    root: str
    certificate: str

    def get(self, url: str, **options: Any) -> requests.Response:
        return requests.get(
            urljoin(self.root, url),
            verify=self.certificate,
            timeout=30,
            allow_redirects=False,
            **options,
        )


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=needs(*PROGRAMS[name])) for name in RUN]
)
def front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, starter_release: Path
) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp(request.param)
    settings = {
        "DATABASE_URL": load(f"sqlite:///{folder / 's.db'}", starter_release),
        "TRUSTED_PROXIES": "1",
        "ADMIN_TOKEN": TOKEN,
        "ONET_API_KEY": "canary",
        "ONET_API_URL": f"http://127.0.0.1:{free_port()}/",
    }
    with (
        serving(folder, **settings) as product,
        https_front(request.param, folder, product.url) as (root, certificate),
    ):
        yield Front(root, certificate)


def found_in(answer: requests.Response) -> list[str]:
    links = re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)
    links += re.findall(r'"url": "([^"]*)"', answer.text)
    there = [link.replace("&amp;", "&") for link in links if not link.startswith("#")]
    return [urljoin(answer.url, link) for link in there]


@pytest.mark.parametrize(
    "start", ["", GAP, "?from=nurse&to=15-1254.00", "own-levels", OWN, "docs/"]
)
def test_every_link_of_a_page_leads_to_the_same_place(front: Front, start: str) -> None:
    links = found_in(front.get(start))

    here = [link for link in links if not ELSEWHERE.match(link)]
    assert len(here) > 4
    for link in here:
        assert link.startswith(front.root)
        led = front.get(link)
        assert led.ok or "text/html" in led.headers["Content-Type"]  # an answer of the page


@pytest.mark.parametrize(
    ("asked", "to"),
    [
        ("../skills", ""),
        ("docs", "docs/"),
        (f"{GAP}&swap=1", "?from=15-1254.00&to=11-1011.00"),
    ],
)
def test_redirects_stay_there(front: Front, asked: str, to: str) -> None:
    answer = front.get(asked)

    assert answer.is_redirect
    assert front.root + to == urljoin(answer.url, answer.headers["Location"])


def test_the_document_describes_the_api_where_it_is(front: Front) -> None:
    answer = front.get("openapi.json")

    (server,) = answer.json()["servers"]
    assert front.root == urljoin(answer.url, server["url"]) + "/"


def test_the_location_of_a_job_leads_to_it(front: Front) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    answer = requests.post(
        f"{front.root}admin/cache/warm",
        json={"codes": ["15-1252.00"]},
        headers=bearer, verify=front.certificate, timeout=30,
    )  # fmt: skip
    assert 202 == answer.status_code
    place = urljoin(answer.url, answer.headers["Location"])

    assert place.startswith(f"{front.root}admin/cache/jobs/")
    assert answer.json()["id"] == front.get(place, headers=bearer).json()["id"]


def test_answers_that_are_kept_are_those_of_the_direct_way(front: Front) -> None:
    answers = [front.get(f"skill-gap{GAP}") for _ in range(3)]

    assert {200} == {answer.status_code for answer in answers}
    assert 1 == len({answer.content for answer in answers})


@pytest.mark.browser
def test_the_page_and_the_documents_work_there_in_a_browser(front: Front) -> None:
    asked: list[str] = []
    failed: list[str] = []
    with running_chromium() as browser:
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.on("console", lambda said: failed.append(said.text))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("request", lambda one: asked.append(one.url))
        page.goto(f"{front.root}{GAP}")
        expect(page.locator("main")).to_contain_text("Chief Executives already have 88 %")
        assert "rgba(0, 0, 0, 0)" != page.evaluate(
            "getComputedStyle(document.querySelector('button.compare')).backgroundColor"
        )
        page.get_by_text("Compare other jobs").press("Enter")
        page.get_by_role("button", name="Swap").click()
        expect(page).to_have_url(f"{front.root}?from=Web+Developers&to=Chief+Executives")
        page.goto(f"{front.root}{OWN}")
        with page.expect_response(f"{front.root}own-levels") as moved:
            page.get_by_role("slider", name="Programming").press("ArrowRight")
        assert moved.value.ok
        page.goto(f"{front.root}docs")
        operation = page.locator(".opblock", has=page.get_by_text("/health", exact=True))
        operation.locator(".opblock-summary-control").first.click()
        operation.get_by_role("button", name="Try it out").click()
        operation.get_by_role("button", name="Execute").click()
        status = operation.locator(".live-responses-table .response-col_status").last
        expect(status).to_contain_text("200")

    assert f"{front.root}health" in asked
    assert [] == [url for url in asked if not url.startswith((front.root, "data:"))]
    assert [] == failed
