from pathlib import Path

import pytest
from support.source_rules import PURE, broken_rules

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "cache", "onet_client")
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in (*PACKAGES, "bench", "docker", "scripts")
    for path in (ROOT / package).rglob("*.py")
)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_keeps_the_rules_of_its_place(module):
    assert [] == broken_rules(module, (ROOT / module).read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", [*PURE, *(f"{package}/__init__.py" for package in PACKAGES)])
def test_the_rules_name_modules_that_are_checked(module):
    assert module in MODULES


@pytest.mark.parametrize(
    ("path", "source", "problem"),
    [
        ("onet_client/x.py", "import flask", "imports flask"),
        ("onet_client/x.py", "from flask.views import View", "imports flask.views.View"),
        ("onet_client/x.py", "import sqlalchemy.orm as orm", "imports sqlalchemy.orm"),
        ("onet_client/x.py", "from app import create_app", "imports app.create_app"),
        ("onet_client/x/y.py", "import cache.entries.store", "imports cache.entries.store"),
        ("cache/x.py", "import json, flask", "imports flask"),
        ("cache/x.py", "from app.gaps.compare import gap", "imports app.gaps.compare.gap"),
        ("cache/x.py", "import requests", "imports requests"),
        ("cache/x.py", "from urllib import request", "imports urllib.request"),
        ("cache/x.py", "import http.client", "imports http.client"),
        ("cache/x.py", "from werkzeug.exceptions import NotFound", "NotFound"),
        ("app/gaps/compare.py", "from sqlalchemy import select", "imports sqlalchemy.select"),
        ("app/gaps/compare.py", "import flask", "imports flask"),
        ("app/occupations/x.py", "from flask import g", "imports flask.g"),
        ("app/transitions/x.py", "from app.api import sides", "imports app.api.sides"),
        ("app/page/x.py", "from app.cli import screen", "imports app.cli.screen"),
        ("cache/policy.py", "from time import time", "imports time.time"),
        ("cache/release/reader.py", "import sqlalchemy", "imports sqlalchemy"),
        ("onet_client/interpret.py", "import requests", "imports requests"),
        ("cache/x.py", "def f():\n    import flask", "imports flask"),
        ("cache/db/x.py", "from cache.entries.store import Store", "imports cache.entries.store"),
        ("cache/entries/x.py", "from cache.fill import leases", "imports cache.fill.leases"),
        ("cache/fill/x.py", "import cache.release.seed", "imports cache.release.seed"),
        ("cache/policy.py", "from cache.db import database", "imports cache.db.database"),
        ("cache/warm/x.py", "def f():\n    import cache.inventory", "imports cache.inventory"),
        ("cache/x.py", "if TYPE_CHECKING:\n    from flask import Flask", "imports flask.Flask"),
        ("cache/x.py", "importlib.import_module('flask')", "imports flask"),
        ("cache/x.py", "__import__('flask')", "imports flask"),
        ("cache/policy.py", "datetime.now(UTC)", "reads the clock by now"),
        ("app/gaps/compare.py", "datetime.date.today()", "reads the clock by today"),
        ("onet_client/interpret.py", "clock = datetime.utcnow", "reads the clock by utcnow"),
        ("app/x.py", "os.environ['HOME']", "reads the environment by environ"),
        ("cache/x.py", "import os as system\nsystem.getenv('A')", "reads the environment"),
        ("onet_client/x.py", "from os import environ", "reads the environment by environ"),
        ("app/x.py", "#\n" * 251, "has 251 lines, of at most 250"),
        ("app/x.py", "def f():\n" + "    x\n" * 40, "f has 41 lines, of at most 40"),
        ("app/x.py", "class C:\n async def f(s):\n" + "  x\n" * 40, "f has 41 lines"),
    ],
)
def test_source_that_breaks_a_rule_is_found(path, source, problem):
    found = broken_rules(path, source)

    assert 1 == len(found)
    assert problem in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("app/x.py", "import flask, sqlalchemy, requests\nfrom cache import store"),
        ("cache/x.py", "import sqlalchemy\nfrom onet_client import errors\nimport time"),
        ("cache/fill/x.py", "from cache.fill import leases\nfrom cache.entries import store"),
        ("cache/warm/x.py", "from cache.pull_through import PullThrough\nimport cache.db.clock"),
        ("cache/x.py", "import apply, application, requests_like\nfrom . import flask"),
        ("onet_client/x.py", "import requests\nfrom urllib.parse import urljoin\nimport time"),
        ("cache/release/reader.py", "from pathlib import Path\nimport zipfile"),
        ("app/x.py", "datetime.now(UTC)"),
        ("app/settings.py", "os.environ['HOME']"),
        ("app/x.py", "request.environ['PATH_INFO']"),
        ("docker/x.py", "os.environ['HOME']"),
        ("app/x.py", "#\n" * 250),
        ("app/x.py", "def f():\n" + "    x\n" * 39),
    ],
)
def test_source_within_the_rules_passes(path, source):
    assert [] == broken_rules(path, source)
