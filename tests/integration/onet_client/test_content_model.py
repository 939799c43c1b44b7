"""A domain is one entry of the content model: all else follows from it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.made_up_release import RATING_HEADER
from support.processes import SECONDS, environment
from support.release_files import change, write_part

from onet_client.content_model import DOMAIN_TABLES, file_name

ROOT = Path(__file__).parents[3]
ABILITIES = '    "abilities": ({"abilities": "1.A."},),\n'
ENTRY = '    "work_activities": ({"work_activities": "4.A."},),\n'
CODES = ("11-1011.00", "15-1254.00")
PAIR = f"?from={CODES[0]}&to={CODES[1]}&domain=work_activities"
ASK, PAGE = f"/skill-gap{PAIR}", f"/{PAIR}"

LIGHT_IMPORT = """
import sys
import onet_client.content_model
print(*sorted({name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names))
"""
ANSWER = """
import json, sys
from app import create_app
client = create_app().test_client()
answers = [client.get(path) for path in sys.argv[1:]]
print(json.dumps([[answer.status_code, answer.text] for answer in answers]))
"""
FROM_THE_LOOK_ALIKE = """
import json, sys
from pathlib import Path
from onet_client.client import connect
from onet_client.governor import InMemoryGovernor
from onet_client.sandbox import Sandbox, load_release
with Sandbox(load_release(Path(sys.argv[1]))) as sandbox:
    client = connect(sandbox.url, "2", api_key="k", governor=InMemoryGovernor(1e6))
    listed = client.tables()
    ratings = client.ratings(sys.argv[2], "work_activities")
print(json.dumps([listed, sorted({r.element_id for r in ratings}), len(ratings)]))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The product with one line more."""
    folder = tmp_path / "project"
    for package in ("app", "cache", "migrations", "onet_client"):
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    change(folder / "onet_client" / "content_model.py", ABILITIES, ABILITIES + ENTRY)
    return folder


@pytest.fixture
def activities(newer_release: Path) -> dict[str, str]:
    """The names of O*NET's 41 work activities by id."""
    lines = (newer_release / "Content Model Reference.txt").read_text("utf-8").splitlines()
    names = dict(line.split("\t")[:2] for line in lines)
    return {id_: name for id_, name in names.items() if id_.startswith("4.A.") and len(id_) == 9}


@pytest.fixture
def release(newer_release: Path, activities: dict[str, str], tmp_path: Path) -> Path:
    """A part of O*NET 30.3 with a file of work activities, which the copy of it here lacks."""
    folder = write_part(newer_release, tmp_path / newer_release.name, CODES[1])
    rows = [
        f"{code}\t{id_}\t{name}\t{scale}\t{value}\t8\t0.1250\t{value}\t{value}\tN\tN\t08/2023\tA"
        for code, level in zip(CODES, ("2.00", "5.00"), strict=True)
        for id_, name in activities.items()
        for scale, value in (("IM", "4.00"), ("LV", level))
    ]
    text = "\n".join([RATING_HEADER, *rows, ""])
    (folder / "Work Activities.txt").write_text(text, encoding="utf-8")
    return folder


def shown(page: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"<[^>]*>", " ", page)


def run(project: Path, *arguments: str) -> str:
    settings = {"PYTHONPATH": str(project), "DATABASE_URL": f"sqlite:///{project / 'gap.db'}"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project, env=environment(**settings), timeout=SECONDS, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def test_a_domain_that_is_one_entry_is_seeded_and_compared(
    project: Path, release: Path, activities: dict[str, str]
) -> None:
    run(project, "-m", "flask", "db", "upgrade")
    run(project, "-m", "flask", "seed", str(release))

    (status, body), (_, page) = json.loads(run(project, "-c", ANSWER, ASK, PAGE))

    answer = json.loads(body)
    assert (200, "work_activities") == (status, answer["domain"])
    assert activities == {gap["id"]: gap["name"] for gap in answer["gaps"]}
    assert {3.0} == {gap["level_gap"] for gap in answer["gaps"]}
    assert "in work activities weighted by importance" in shown(page)
    assert "work_activities" not in shown(page)


def test_a_domain_that_is_one_entry_is_listed_and_read_from_the_look_alike(
    project: Path, release: Path, activities: dict[str, str]
) -> None:
    printed = run(project, "-c", FROM_THE_LOOK_ALIKE, str(release), CODES[0])

    listed, elements, ratings = json.loads(printed)
    assert "work_activities" in listed
    assert (sorted(activities), 2 * len(activities)) == (elements, ratings)


@pytest.mark.parametrize(
    "fixture",
    [
        pytest.param("full_release", marks=pytest.mark.full_release),
        pytest.param("three_domains", marks=pytest.mark.newer_release),
    ],
)
def test_elements_begin_as_their_table_says(request: pytest.FixtureRequest, fixture: str) -> None:
    folder: Path = request.getfixturevalue(fixture)
    layouts = [layout for of_domain in DOMAIN_TABLES.values() for layout in of_domain]
    found = [
        (folder / file_name(table), prefix)
        for layout in layouts
        for table, prefix in layout.items()
        if (folder / file_name(table)).is_file()
    ]
    assert found
    for file, prefix in found:
        lines = file.read_text("utf-8").splitlines()[1:]
        assert [] == [line for line in lines if not line.split("\t")[1].startswith(prefix)]


def test_reading_it_costs_no_library() -> None:
    command = [sys.executable, "-S", "-c", LIGHT_IMPORT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "__main__ onet_client" == done.stdout.strip()
