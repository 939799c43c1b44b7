import ast
from collections import Counter
from pathlib import Path

import pytest
from support.source_rules import PURE, broken_rules, circles

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "cache", "onet_client")
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in (*PACKAGES, "bench", "docker", "scripts")
    for path in (ROOT / package).rglob("*.py")
)


def test_every_module_keeps_the_rules_of_its_place():
    assert [] == [
        (module, problem)
        for module in MODULES
        for problem in broken_rules(module, (ROOT / module).read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("folders", [False, True], ids=["modules", "folders"])
def test_nothing_stands_on_itself_by_way_of_others(folders):
    product = [module for module in MODULES if module.startswith(tuple(PACKAGES))]

    assert [] == circles(
        {module: (ROOT / module).read_text(encoding="utf-8") for module in product},
        folders=folders,
    )


def test_a_circle_is_found_through_functions_and_folders():
    by_function = {"app/a.py": "import app.b", "app/b.py": "def f():\n    from app.a import x"}
    by_folder = {
        "app/x/a.py": "import app.y.b",
        "app/x/d.py": "",
        "app/y/b.py": "",
        "app/y/c.py": "from app.x import d",
    }

    assert {"app.a", "app.b"} == set(circles(by_function))
    assert [] == circles(by_folder)
    assert {"app.x", "app.y"} == set(circles(by_folder, folders=True))


def test_every_class_has_a_name_of_its_own():
    """But for `Meta`, in which marshmallow looks for the options of a schema."""
    names = Counter(
        node.name
        for module in MODULES
        if module.startswith(tuple(PACKAGES))
        for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name != "Meta"
    )

    assert [] == [name for name, times in names.items() if times > 1]


def test_the_rules_name_modules_that_are_checked():
    named = {*PURE, *(f"{package}/__init__.py" for package in PACKAGES)}

    assert set() == named - set(MODULES)


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
        ("app/api/x.py", "from app.page import view", "imports app.page.view"),
        ("app/page/x.py", "def f():\n    from app.api import batch", "imports app.api.batch"),
        ("app/cli/x.py", "import app.api.batch", "imports app.api.batch"),
        ("app/gaps/x.py", "from flask import request", "imports flask.request"),
        (
            "app/occupations/x.py",
            "from app.wiring.container import services",
            "imports app.wiring.container",
        ),
        ("app/transitions/x.py", "import sqlalchemy", "imports sqlalchemy"),
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
