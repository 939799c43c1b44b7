"""The admin API of a server with several processes."""

import time
from pathlib import Path

import requests
from support.commands import flask
from support.processes import Serving, serving

TOKEN = "canary-t0ken"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
CODE = "15-1254.00"


def ask(server: Serving, method: str, target: str, **options: object) -> requests.Response:
    """Ask over a connection of its own, which any of the processes may take."""
    return requests.request(method, server.url + target, timeout=30, **options)  # type: ignore[arg-type]


def test_a_purge_shows_in_every_process_within_a_second(
    tmp_path: Path, starter_release: Path
) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'skillgap.db'}"}
    for command in (("db", "upgrade"), ("seed", str(starter_release))):
        assert 0 == flask(*command, **settings).returncode
    with serving(tmp_path, WEB_CONCURRENCY="2", ADMIN_TOKEN=TOKEN, **settings) as server:
        assert {200} == {ask(server, "GET", f"/occupations/{CODE}").status_code for _ in range(20)}
        for headers in ({}, {"Authorization": "Bearer canary-wrong"}):
            refused = ask(server, "DELETE", "/admin/cache/entries", headers=headers)
            assert (401, "Bearer") == (refused.status_code, refused.headers["WWW-Authenticate"])

        purged = ask(server, "DELETE", f"/admin/cache/entries/{CODE}", headers=BEARER)
        began = time.monotonic()
        assert {"purged": 1} == purged.json()
        while time.monotonic() - began < 1:  # a process may have a copy until then
            assert ask(server, "GET", f"/occupations/{CODE}").status_code in (200, 503)
        assert {503} == {ask(server, "GET", f"/occupations/{CODE}").status_code for _ in range(20)}
        told = ask(server, "GET", "/admin/cache/entries?state=absent", headers=BEARER).json()
        assert [CODE] == [entry["code"] for entry in told["entries"]]
    assert "canary" not in server.log.read_text()
