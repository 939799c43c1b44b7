"""Whatever happens to the bytes of a release, it is read by the rules or refused with a reason."""

import re
import shutil
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.made_up_release import write_release
from support.release_files import zip_folder

from cache.entries.canonical import Figures
from cache.release.ratings import RatingRows
from cache.release.reader import open_release
from onet_client.release_files import ReleaseError

FIGURE = re.compile(r"[0-9]{1,3}\.[0-9]{4}")
NAMES = ("Skills.txt", "Essential Skills.txt", "Transferable Skills.txt")
# Bytes that mean something in these files come more often than by chance.
BYTES = st.binary(max_size=4) | st.sampled_from(
    [b"\t", b"\n", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b"n/a", b"-", b".", b"0", b"9", b"Y"]
)
CHANGES = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 40), BYTES), min_size=1, max_size=4
)


def spoil(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """Put bytes in place of others, each at a part of the length: insert, delete, or both."""
    for part, length, put in changes:
        at = int(len(data) * part)
        data = data[:at] + put + data[at + length :]
    return data


def read(path: Path) -> tuple[RatingRows, list[tuple], dict, dict] | ReleaseError:
    """Read a release as the importer does."""
    try:
        with open_release(path) as release:
            assert re.fullmatch("[0-9a-f]{64}", release.fingerprint[0])
            occupations, scales = release.occupations(), release.scales()
            rows = RatingRows(release, occupations, scales)
            return rows, list(rows), occupations, scales
    except ReleaseError as refused:
        return refused


def check(path: Path) -> None:
    """A release is refused with its problems, or every row keeps the rules."""
    outcome = read(path)
    if isinstance(outcome, ReleaseError):
        assert str(outcome)
        assert all(problem.line >= 0 and problem.reason for problem in outcome.problems)
        assert 1 <= len(outcome.problems) <= 20
        assert outcome.rejected >= len(outcome.problems)
        return
    rows, landed, occupations, scales = outcome
    met = set()
    for file, line, code, name, *values in landed:
        figures = Figures(*values)
        check_figures(figures, scales)
        assert file in NAMES
        assert line >= 2
        assert code in occupations
        assert 0 < len(name) <= 150
        assert (name, "skills") == rows.elements[figures.element_id]
        met.add((code, figures.element_id, figures.scale_id))
    assert len(landed) == len(met) == rows.rows
    assert all((c, e, other) in met for c, e, _ in met for other in ("LV", "IM"))


def check_figures(figures: Figures, scales) -> None:
    scale = scales[figures.scale_id]
    assert scale.minimum <= float(figures.value) <= scale.maximum
    amounts = (figures.value, figures.standard_error, figures.lower_ci, figures.upper_ci)
    assert all(FIGURE.fullmatch(amount) for amount in amounts if amount is not None)
    if figures.lower_ci is not None and figures.upper_ci is not None:
        assert float(figures.lower_ci) <= float(figures.upper_ci)
    assert figures.n is None or 0 <= figures.n < 2**31
    assert {figures.recommend_suppress, figures.not_relevant} <= {True, False, None}
    assert figures.date_updated is None or date.fromisoformat(str(figures.date_updated)).day == 1
    assert figures.domain_source is None or len(figures.domain_source) <= 30


@pytest.fixture(scope="module", params=[False, True], ids=["single", "split"])
def pristine(request, tmp_path_factory) -> Path:
    return write_release(tmp_path_factory.mktemp("pristine") / "db", split=request.param)


@given(which=st.floats(0, 1, exclude_max=True), changes=CHANGES)
@settings(deadline=None, max_examples=60)
def test_changed_bytes_in_a_file_are_read_by_the_rules_or_refused(pristine, which, changes):
    files = sorted(pristine.iterdir())
    spoilt = files[int(len(files) * which)]
    with tempfile.TemporaryDirectory() as home:
        folder = Path(shutil.copytree(pristine, home, dirs_exist_ok=True))
        (folder / spoilt.name).write_bytes(spoil(spoilt.read_bytes(), changes))

        check(folder)


@given(changes=CHANGES, near_the_end=st.booleans())
@settings(deadline=None, max_examples=60)
@pytest.mark.parametrize(
    "compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_changed_bytes_in_an_archive_are_read_by_the_rules_or_refused(
    archives, compression, changes, near_the_end
):
    data = archives[compression]
    keep = int(len(data) * 0.7) if near_the_end else 0  # where the directory of the archive is
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "db_28_1_text.zip"
        path.write_bytes(data[:keep] + spoil(data[keep:], changes))

        check(path)


@pytest.fixture(scope="module")
def archives(tmp_path_factory) -> dict[int, bytes]:
    folder = tmp_path_factory.mktemp("archives")
    release = write_release(folder / "db_28_1_text")
    (release / "manifest.json").write_text('{"release": "28.1", "complete": true}')
    (release / "Lisez-moi é.txt").write_text("Its name is UTF-8 in the archive.")
    return {
        kind: zip_folder(release, folder / "a.zip", compression=kind).read_bytes()
        for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    }


@given(text=st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_for_a_manifest_are_taken_or_refused(pristine, text):
    with tempfile.TemporaryDirectory() as home:
        folder = Path(shutil.copytree(pristine, home, dirs_exist_ok=True))
        (folder / "manifest.json").write_bytes(text)

        check(folder)
