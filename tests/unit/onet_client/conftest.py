"""A client of a made-up upstream, on a clock that only sleeping moves."""

import base64
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.canary import CANARY
from support.clock import Seconds
from support.fake_upstream import LAYOUTS, FakeUpstream

from onet_client.client import OnetClient, connect
from onet_client.governor import InMemoryGovernor

SECRETS = (CANARY, base64.b64encode(f"user:{CANARY}".encode()).decode())


@pytest.fixture
def clock() -> Seconds:
    return Seconds(1000.0)


@pytest.fixture
def canary() -> str:
    """The secret that every client of these tests is given."""
    return CANARY


@pytest.fixture
def new_client(clock: Seconds) -> Callable[..., OnetClient]:
    """Makes a client of an upstream, by default at a pace that takes no time to speak of."""

    def new(upstream: FakeUpstream, **changes: Any) -> OnetClient:
        settings: dict[str, Any] = {
            "api_key": CANARY,
            "username": "user",
            "password": CANARY,
            "governor": InMemoryGovernor(1e6, clock),
            "clock": clock,
            "sleep": clock.sleep,
        }
        api = upstream.api
        return connect(upstream.base, api, **(settings | changes))  # type: ignore[arg-type]

    return new


@pytest.fixture(params=["2", "1.9"])
def api(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> str:
    """How the skills are laid out in tables."""
    return str(request.param)


@pytest.fixture
def paged_upstream(api: Any, layout: str) -> Iterator[FakeUpstream]:
    """An upstream of either API and layout, which has four pages of skills."""
    upstream = FakeUpstream(api, page_rows=3)
    upstream.set_tables(**LAYOUTS[layout])
    with upstream.running():
        yield upstream


@pytest.fixture
def upstream() -> Iterator[FakeUpstream]:
    """An API 2.0 with one skills table."""
    with FakeUpstream().running() as upstream:
        yield upstream


@pytest.fixture
def shows_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Callable[[BaseException], None]]:
    """Checks an error, and at the end of the test all that was logged, for the canary."""
    caplog.set_level("DEBUG")

    def holds_none(text: str) -> bool:
        return not any(secret in text for secret in SECRETS)

    def check(error: BaseException) -> None:
        assert holds_none("".join(traceback.format_exception(error)))
        chain: BaseException | None = error
        while chain is not None:
            assert holds_none(repr(chain))
            assert holds_none(repr(vars(chain)))
            assert getattr(chain, "request", None) is None
            chain = chain.__cause__ or chain.__context__

    yield check
    assert holds_none(caplog.text)
