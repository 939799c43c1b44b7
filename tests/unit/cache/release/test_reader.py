"""A text release is read from a folder or an archive, in either layout, or refused with reason."""

import json
import shutil
import struct
import zipfile

import pytest
from support.made_up_release import (
    RATED,
    RATING_ROWS,
    TITLES,
    write_domain,
    write_lists,
    write_release,
)
from support.release_files import JUNK, change, content, zip_folder

from cache.release.reader import open_release
from cache.release.references import SCALE_FILE, ListedOccupation
from onet_client.release_files import OCCUPATION_FILE, ReleaseError


def refusal(path) -> str:
    with pytest.raises(ReleaseError) as raised:
        content(path)
    assert raised.value.rejected >= len(raised.value.problems) >= 1
    assert str(raised.value) == "\n".join(map(str, raised.value.problems))
    return str(raised.value)


def test_a_folder_is_read_whole(made_up_release):
    found = content(made_up_release)

    assert ("28.1", True) == found["identity"]
    assert (RATING_ROWS, RATING_ROWS, 0) == found["rows"]
    assert TITLES == {code: known.title for code, known in found["occupations"].items()}
    assert {("skills", code) for code in RATED} == found["lines"].keys()
    assert (1.0, 5.0) == (found["scales"]["IM"].minimum, found["scales"]["IM"].maximum)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"split": True}, id="split layout"),
        pytest.param({"newline": "\r\n"}, id="CRLF"),
        pytest.param({"encoding": "utf-8-sig"}, id="byte order mark"),
        pytest.param({"split": True, "newline": "\r\n", "encoding": "utf-8-sig"}, id="all three"),
    ],
)
def test_layout_line_ends_and_byte_order_mark_make_no_difference(made_up_release, tmp_path, other):
    assert content(made_up_release) == content(write_release(tmp_path / "other", **other))


def test_missing_is_written_n_a_or_left_empty(made_up_release):
    before = content(made_up_release)
    ratings = made_up_release / "Skills.txt"
    text = ratings.read_text(encoding="utf-8")

    ratings.write_text(text.replace("\tn/a", "\t"), encoding="utf-8")
    assert before == content(made_up_release)

    ratings.write_text(text.replace("\t\t", "\tn/a\t"), encoding="utf-8")
    assert before == content(made_up_release)


@pytest.mark.parametrize(
    ("description", "expected"), [("n/a", None), ("", None), ("They fly.", "They fly.")]
)
def test_a_description_may_be_missing(made_up_release, description, expected):
    change(made_up_release / OCCUPATION_FILE, "They do.", description)

    code, title = next(iter(TITLES.items()))
    assert ListedOccupation(code, title, expected) == content(made_up_release)["occupations"][code]


def test_a_last_line_without_an_end_and_empty_lines_are_fine(made_up_release):
    before = content(made_up_release)
    for file in made_up_release.glob("*.txt"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\n\n").rstrip(b"\n"))

    assert before == content(made_up_release)


@pytest.mark.parametrize("top", ["", "db_28_1_text/", "a/b/c/"])
@pytest.mark.parametrize("junk", [{}, JUNK], ids=["clean", "macOS"])
@pytest.mark.parametrize(
    "compression",
    [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA],
    ids=["stored", "deflate", "bzip2", "lzma"],
)
def test_an_archive_holds_what_its_folder_holds(made_up_release, tmp_path, top, junk, compression):
    archive = zip_folder(
        made_up_release, tmp_path / "a.zip", top=top, junk=junk, compression=compression
    )

    assert content(made_up_release) == content(archive)


def test_an_archive_is_closed_with_its_release(made_up_release, tmp_path):
    with open_release(zip_folder(made_up_release, tmp_path / "a.zip")) as release:
        release.occupations()

    with pytest.raises(ValueError, match="closed"):
        release.occupations()


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        pytest.param(lambda data: b"", "a.zip", id="empty"),
        pytest.param(lambda data: b"not a zip at all" * 100, "a.zip", id="not an archive"),
        pytest.param(lambda data: data[: len(data) // 2], "a.zip", id="half"),
        pytest.param(lambda data: data[:-1], "a.zip", id="a byte short"),
        pytest.param(lambda data: data[200:], ".txt", id="start missing"),
        pytest.param(lambda data: data[:300] + bytes(100) + data[400:], ".txt", id="zeros inside"),
    ],
)
def test_a_damaged_archive_is_refused_by_name(made_up_release, tmp_path, damage, name):
    archive = zip_folder(made_up_release, tmp_path / "a.zip")
    archive.write_bytes(damage(archive.read_bytes()))

    assert f"{name}: cannot be read: " in refusal(archive)


@pytest.mark.parametrize("name", ["Skills.txt", OCCUPATION_FILE, SCALE_FILE, "Read Me.txt"])
def test_a_damaged_member_is_refused_by_its_name(made_up_release, tmp_path, name):
    archive = zip_folder(made_up_release, tmp_path / "a.zip", compression=zipfile.ZIP_STORED)
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as packed:
        start = packed.getinfo(f"db_28_1_text/{name}").header_offset
    data[start + 30 + len(f"db_28_1_text/{name}") + 40] ^= 1
    archive.write_bytes(data)

    assert f"{name}: cannot be read" in refusal(archive)


@pytest.mark.parametrize("name", ["Skills.txt", OCCUPATION_FILE, "Read Me.txt", "manifest.json"])
@pytest.mark.parametrize("which", ["encrypted", "unknown compression", "wrong local header"])
def test_a_member_that_cannot_be_opened_is_refused_by_its_name(
    made_up_release, tmp_path, name, which
):
    if name == "manifest.json":
        (made_up_release / name).write_text('{"release": "28.1", "complete": true}')
    archive = zip_folder(made_up_release, tmp_path / "a.zip")
    data = bytearray(archive.read_bytes())
    path = f"db_28_1_text/{name}".encode()
    local, central = data.index(path) - 30, data.rindex(path) - 46
    if which == "encrypted":  # bit 0 of the general purpose flags (APPNOTE 4.4.4)
        data[local + 6] |= 1
        data[central + 8] |= 1
    elif which == "unknown compression":
        data[central + 10 : central + 12] = struct.pack("<H", 77)
    else:
        data[local : local + 4] = b"oops"
    archive.write_bytes(data)

    assert f"{name}: cannot be read" in refusal(archive)


def test_an_archive_with_a_name_that_is_not_utf_8_is_refused(made_up_release, tmp_path):
    archive = zip_folder(made_up_release, tmp_path / "a.zip", junk={"Lisez-moi é.txt": b""})
    archive.write_bytes(archive.read_bytes().replace("é".encode(), b"\xff\xff"))

    assert "a.zip: cannot be read" in refusal(archive)


def test_an_archive_of_anything_else_is_refused(tmp_path):
    archive = tmp_path / "holiday.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("beach.jpg", b"")

    expected = f"Occupation Data.txt: not found in {archive}, which holds beach.jpg"
    assert expected == refusal(archive)


def test_a_path_that_cannot_be_looked_at_is_refused(tmp_path):
    assert "cannot be read" in refusal(tmp_path / ("x" * 5000))


def test_a_folder_of_anything_else_is_refused(tmp_path):
    assert f"Occupation Data.txt: not found in {tmp_path}" == refusal(tmp_path)


@pytest.mark.parametrize(
    ("split", "name"),
    [
        (False, OCCUPATION_FILE),
        (False, SCALE_FILE),
        (True, OCCUPATION_FILE),
        (True, "Essential Skills.txt"),
        (True, "Transferable Skills.txt"),
    ],
)
def test_a_missing_file_is_named(tmp_path, split, name):
    folder = write_release(tmp_path / "db_28_1_text", split=split)
    (folder / name).unlink()

    assert f"{name}: not found" in refusal(folder)


def test_both_layouts_at_once_are_refused(made_up_release):
    shutil.copy(made_up_release / "Skills.txt", made_up_release / "Essential Skills.txt")

    assert "both layouts are here; exactly one is needed" in refusal(made_up_release)


@pytest.mark.parametrize("stems", [["Knowledge"], ["Abilities"], ["Knowledge", "Abilities"]])
def test_a_release_holds_the_domains_whose_files_are_there(made_up_release, stems):
    for stem in stems:
        write_domain(made_up_release, stem)

    domains = ["skills", *map(str.lower, stems)]
    with open_release(made_up_release) as release:
        assert domains == release.domains
    found = content(made_up_release)
    assert {(domain, code) for domain in domains for code in RATED} == found["lines"].keys()
    assert {*domains} == {domain for _, domain in found["elements"].values()}


def test_a_release_may_hold_another_domain_than_skills_alone(made_up_release):
    (made_up_release / "Skills.txt").unlink()
    write_domain(made_up_release, "Knowledge")

    assert {("knowledge", code) for code in RATED} == content(made_up_release)["lines"].keys()


def test_a_release_without_any_domain_is_refused_with_what_could_be_there(made_up_release):
    (made_up_release / "Skills.txt").unlink()

    expected = (
        "Skills.txt or Essential Skills.txt + Transferable Skills.txt, Knowledge.txt, "
        "Abilities.txt: not found; one at least is needed"
    )
    assert expected == refusal(made_up_release)


def test_half_a_layout_is_refused_though_another_domain_is_there(tmp_path):
    folder = write_release(tmp_path / "db_28_1_text", split=True)
    write_domain(folder, "Knowledge")
    (folder / "Essential Skills.txt").unlink()

    assert "Essential Skills.txt: not found" == refusal(folder)


def test_an_element_is_of_one_domain(made_up_release):
    shutil.copy(made_up_release / "Skills.txt", made_up_release / "Knowledge.txt")

    assert "Knowledge.txt, line 2: element 2.A.1.a is 'Listening to Wind' here" in refusal(
        made_up_release
    )


ADDRESS = "https://www.onetcenter.org/dl_files/database/db_30_3_text.zip"


@pytest.mark.parametrize(
    ("manifest", "name", "complete", "url"),
    [
        ({"release": "30.3", "complete": True}, "30.3", True, ADDRESS),
        ({"release": "30.3", "complete": False, "more": [1]}, "30.3", False, ADDRESS),
        ({"release": "in-house 7", "complete": False}, "in-house 7", False, None),
    ],
)
def test_a_manifest_is_the_best_witness_and_only_a_number_has_an_address(
    made_up_release, manifest, name, complete, url
):
    (made_up_release / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    with open_release(made_up_release) as release:
        assert (name, complete, url) == (release.name, release.complete, release.url)


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{",
        "[]",
        "null",
        '"29.0"',
        '{"release": "29.0"}',
        '{"complete": true}',
        '{"release": 29.0, "complete": true}',
        '{"release": "", "complete": true}',
        '{"release": "29.0", "complete": "yes"}',
        '{"release": "29.0", "complete": 1}',
        '{"release": "29.0", "complete": null}',
        json.dumps({"release": "9" * 21, "complete": True}),
        '{"release": "\\ud800", "complete": true}',
        '{"release": "29.0\\u0000", "complete": true}',
        '{"release": "\xff", "complete": true}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:40],
)
def test_a_manifest_that_says_neither_is_refused(made_up_release, manifest):
    (made_up_release / "manifest.json").write_text(manifest, encoding="latin-1")

    assert refusal(made_up_release).startswith("manifest.json: ")


@pytest.mark.parametrize(
    ("read_me", "folder", "identity"),
    [
        ("O*NET 28.1 Database\nNovember 2023\n", "db_29_0_text", ("28.1", True)),
        ("\ufeffO*NET 28.1 Database\r\n", "x", ("28.1", True)),
        ("Hello\n", "db_29_0_text", ("29.0", True)),
        (None, "db_29_0_text", ("29.0", True)),
        (None, "db_31_0", ("31.0", True)),
        (None, "db_29_0_text_copy", (None, False)),
        (None, "my data", (None, False)),
    ],
)
def test_read_me_then_folder_name_tell_the_release(tmp_path, read_me, folder, identity):
    path = write_release(tmp_path / folder)
    (path / "Read Me.txt").unlink()
    if read_me is not None:
        (path / "Read Me.txt").write_text(read_me, encoding="utf-8", newline="")

    assert identity == content(path)["identity"]


@pytest.mark.parametrize(
    ("archive", "top", "identity"),
    [
        ("db_29_0_text.zip", "", ("29.0", True)),
        ("skills.zip", "", (None, False)),
        ("skills.zip", "db_29_0_text/", ("29.0", True)),
        ("db_29_0_text.zip", "text files/", ("29.0", True)),
    ],
)
def test_an_archive_without_a_read_me_is_known_by_its_folder_or_its_name(
    made_up_release, tmp_path, archive, top, identity
):
    (made_up_release / "Read Me.txt").unlink()

    archive = zip_folder(made_up_release, tmp_path / archive, top=top)
    assert identity == content(archive)["identity"]


def fingerprint(path) -> tuple[str, int]:
    with open_release(path) as release:
        return release.fingerprint


def test_the_fingerprint_is_of_what_is_read_wherever_it_lies(made_up_release, tmp_path):
    before = fingerprint(made_up_release)
    (made_up_release / "Interests.txt").write_text("not read")

    assert before == fingerprint(zip_folder(made_up_release, tmp_path / "a.zip"))


def test_the_fingerprint_changes_with_a_list_that_is_new_or_another(made_up_release):
    before = fingerprint(made_up_release)
    write_lists(made_up_release)
    listed = fingerprint(made_up_release)
    digests = {before[0], listed[0]}
    for name in ("Alternate Titles.txt", "Job Zones.txt", "Related Occupations.txt"):
        change(made_up_release / name, "15-9002", "29-9003")
        digests.add(fingerprint(made_up_release)[0])

    assert 5 == len(digests)
    assert before[1] == listed[1] == RATING_ROWS


@pytest.mark.parametrize("name", [OCCUPATION_FILE, SCALE_FILE, "Skills.txt", "Read Me.txt"])
def test_the_fingerprint_changes_with_every_file_and_the_release(made_up_release, name):
    before = fingerprint(made_up_release)
    change(made_up_release / name, "1", "7")

    assert before[0] != fingerprint(made_up_release)[0]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("11-9001.00", "11-9001", "'11-9001' is not an O*NET-SOC code"),
        ("11-9001.00", "11-9001.0\N{FULLWIDTH DIGIT ONE}", "is not an O*NET-SOC code"),
        ("11-9001.00", "", "'' is not an O*NET-SOC code"),
        ("15-9002.00", "11-9001.00", "occupation 11-9001.00 is there twice"),
        ("Kite Masters", "", "the title is missing or longer than 150"),
        ("Kite Masters", " \u00a0", "the title is missing or longer than 150"),
        ("Kite Masters", "K" * 151, "the title is missing or longer than 150"),
        ("They do.", "x" * 65_536, "the description is longer than 5000 characters"),
        ("\tThey do.", "", "2 fields where 3 are due"),
        ("They do.", "They\tdo.", "4 fields where 3 are due"),
    ],
)
def test_an_occupation_line_is_refused_by_line_and_reason(made_up_release, old, new, reason):
    line = change(made_up_release / OCCUPATION_FILE, old, new)

    told = refusal(made_up_release)
    assert told.startswith(f"{OCCUPATION_FILE}, line {line}: ")
    assert reason in told


@pytest.mark.parametrize("title", ["K", "É" * 150, "Kite \N{KITE} Masters"])
def test_a_title_may_be_any_text_of_up_to_150_characters(made_up_release, title):
    change(made_up_release / OCCUPATION_FILE, "Kite Masters", title)

    assert title == content(made_up_release)["occupations"]["11-9001.00"].title


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LV\t", "IM\t"),
        ("1\t5", "5\t1"),
        ("1\t5", "1\t1"),
        ("1\t5", "\t5"),
        ("1\t5", "1\tn/a"),
        ("1\t5", "-1\t5"),
        ("1\t5", "1\t5.5"),
        ("1\t5", "1\t1000"),
        ("1\t5", "1\t\N{ARABIC-INDIC DIGIT FIVE}"),
        ("1\t5", "1\t5\t9"),
        ("1\t5", "1"),
    ],
)
def test_a_scale_line_is_refused_by_line(made_up_release, old, new):
    line = change(made_up_release / SCALE_FILE, old, new)

    assert refusal(made_up_release).startswith(f"{SCALE_FILE}, line {line}: ")


@pytest.mark.parametrize("name", [OCCUPATION_FILE, SCALE_FILE, "Skills.txt"])
@pytest.mark.parametrize("header", [b"", b"\n", b"Code\tTitle\n", b"\xff\xfe\n", bytes(1000)])
def test_another_header_is_refused_at_line_1(made_up_release, name, header):
    file = made_up_release / name
    file.write_bytes(header + file.read_bytes().partition(b"\n")[2])

    assert refusal(made_up_release).startswith(f"{name}, line 1: ")
