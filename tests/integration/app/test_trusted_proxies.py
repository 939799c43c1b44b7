"""What proxies in front say of a request counts where they are trusted, and nowhere else."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

TOKEN = "canary-admin-token"

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")


@pytest.mark.parametrize(
    ("trusted", "said", "prefix"),
    [
        (0, "/skills", ""),
        (1, "/skills", "/skills"),
        (1, "/forged, /skills", "/skills"),  # what a client sent, and what the proxy added
        (2, "/skills, /inner", "/skills"),
    ],
)
def test_the_location_of_a_job_has_the_prefix_that_a_trusted_proxy_says(
    open_app: Callable[..., FlaskClient],
    seeded: Callable[..., str],
    starter_release: object,
    trusted: int,
    said: str,
    prefix: str,
) -> None:
    settings = {"admin_token": TOKEN, "onet_api_key": "canary", "trusted_proxies": trusted}
    client = open_app(seeded(starter_release), **settings)
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-Prefix": said}
    answer = client.post("/admin/cache/warm", json={"codes": ["15-1252.00"]}, headers=headers)

    assert f"{prefix}/admin/cache/jobs/{answer.json['id']}" == answer.headers["Location"]
