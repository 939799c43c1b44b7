"""A release that is malformed or mislaid is refused in a sentence that tells what to do."""

import os
import re
import shutil
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.made_up_release import write_domain, write_lists
from support.release_files import JUNK, add_lines, change, content, zip_folder

from cache.release.lists import READERS
from cache.release.reader import ELEMENT_FILE, open_release
from cache.release.references import SCALE_FILE
from onet_client.release_files import (
    DEEPEST,
    OCCUPATION_FILE,
    TEXT_RELEASE_DUE,
    ReleaseError,
    find_files,
)
from onet_client.release_lines import LONGEST_LINE
from onet_client.resaved import RESAVED

SKILLS, TITLES = "Skills.txt", "Alternate Titles.txt"
CASES: dict[str, tuple[Callable[[Path], Path | None], str]] = {}
"""By name: what is done to the folder, returning another path where one is loaded, and the end."""


def case(
    sentence: str,
) -> Callable[[Callable[[Path], Path | None]], Callable[[Path], Path | None]]:
    def add(spoil: Callable[[Path], Path | None]) -> Callable[[Path], Path | None]:
        assert spoil.__name__ not in CASES
        CASES[spoil.__name__] = spoil, sentence
        return spoil

    return add


def rename(folder: Path, named: Callable[[Path], str]) -> None:
    for file in list(folder.iterdir()):
        file.rename(folder / named(file))


def read_whole(path: Path) -> None:
    content(path)
    with open_release(path) as release:
        assert release.fingerprint
        for of, file in release.list_files.items():
            READERS[of](release, file, release.occupations())


def check(path: Path, sentence: str) -> None:
    with pytest.raises(ReleaseError) as raised:
        read_whole(path)

    assert sentence in str(raised.value)
    assert 1 == raised.value.rejected == len(raised.value.problems)


# Another form of O*NET's database.


@case(f"db_30_3_excel.xlsx: is a .xlsx file; {TEXT_RELEASE_DUE}")
def a_spreadsheet(folder):
    file = folder / "db_30_3_excel.xlsx"
    zip_folder(folder, file)
    return file


@case(f"which holds .xlsx files; {TEXT_RELEASE_DUE}")
def a_folder_of_spreadsheets(folder):
    rename(folder, lambda file: f"{file.stem}.xlsx")


@case(f"which holds .xlsx files; {TEXT_RELEASE_DUE}")
def a_folder_of_spreadsheets_with_its_read_me(folder):
    a_folder_of_spreadsheets(folder)
    (folder / "Read Me.xlsx").rename(folder / "Read Me.txt")


@case(f"which holds .sql files; {TEXT_RELEASE_DUE}")
def an_archive_of_sql(folder):
    rename(folder, lambda file: f"{file.stem}.sql")
    return zip_folder(folder, folder.parent / "db_30_3_mysql.zip")


@case("Skills.txt: is a single file; give the folder of the whole release, or its .zip")
def a_single_file(folder):
    return folder / SKILLS


@case(f"db.zip: is a web page; {TEXT_RELEASE_DUE}")
def a_web_page_saved_as_an_archive(folder):
    page = folder / "db.zip"
    page.write_text("<!DOCTYPE html>\n<title>Not found</title>")
    return page


@case("Skills.txt, line 1: found an archive or a spreadsheet; tab separated text is due")
def a_spreadsheet_named_as_a_table(folder):
    shutil.copy(zip_folder(folder, folder.parent / "a.zip"), folder / SKILLS)


# A file of another kind, or without what is needed.


def swap(old: str, new: str) -> Callable[[str], str]:
    """Replace every occurrence of a text."""

    def spoil(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return spoil


COMMAS = "found fields that are separated by commas or the like; tabs are due"
UTF_16 = "found UTF-16 text, or no text at all; UTF-8 is due"
CR_ALONE = "found lines that end in CR alone; LF or CRLF is due"
LONG = "the line is longer than 1,048,576 bytes"
NO_NAMES = "column Element Name not found, nor Content Model Reference.txt, which has the names"
FILES: dict[str, tuple[str, int, Callable[[str], str | bytes], str]] = {
    "a web page": (SKILLS, 1, lambda _: "<html>404</html>", "found a web page; tab separated text"),
    "commas": (OCCUPATION_FILE, 1, swap("\t", ","), COMMAS),
    "semicolons": (SKILLS, 1, swap("\t", ";"), COMMAS),
    "UTF-16": (OCCUPATION_FILE, 1, lambda text: text.encode("utf-16"), UTF_16),
    "UTF-16 without its mark": (SKILLS, 1, lambda text: text.encode("utf-16-le"), UTF_16),
    "lines that end in CR": (SKILLS, 1, swap("\n", "\r"), CR_ALONE),
    "a list whose lines end in CR": (TITLES, 1, swap("\n", "\r"), CR_ALONE),
    "a title in quotes": (OCCUPATION_FILE, 2, swap("Kite Masters", '"Kite, and Other"'), RESAVED),
    "an alternate title in quotes": (TITLES, 2, swap("Kite Captain", '"The ""Captain"""'), RESAVED),
    "descriptions in quotes": (OCCUPATION_FILE, 2, swap("They do.", '"They do ""ebb""."'), RESAVED),
    "dates as a spreadsheet writes them": (SKILLS, 2, swap("08/2023", "Aug-23"), RESAVED),
    "decimal commas": (SKILLS, 2, swap("4.12", "4,12"), RESAVED),
    "everything in quotes": (SKILLS, 1, lambda text: re.sub("[^\t\n]+", r'"\g<0>"', text), RESAVED),
    "an endless line": (SKILLS, 3, swap("\tLV\t0.00", "\tLV\t" + "0" * LONGEST_LINE), LONG),
    "an endless line that begins with all its columns": (
        SKILLS,
        25,
        lambda text: text.rstrip() + "A" * 3 * LONGEST_LINE,
        LONG,
    ),
    "an endless header": (SKILLS, 1, lambda _: "A\t" * LONGEST_LINE, LONG),
    "two million empty lines": (
        SKILLS,
        0,
        lambda text: text + "\n" * 2_000_001,
        "has more than 2,000,000 lines",
    ),
    "a title that clears the screen": (
        OCCUPATION_FILE,
        2,
        swap("Kite Masters", "Kite \x1b[2JMasters"),
        "holds a control character",
    ),
    "a header that clears the screen": (
        SKILLS,
        1,
        lambda _: "\x1b[2J\tb\n",
        "columns O*NET-SOC Code, Element ID",
    ),
    "a column that is missing": (
        SKILLS,
        1,
        swap("Data Value", "Value"),
        "column Data Value not found; the header is: O*NET-SOC Code, Element ID",
    ),
    "columns of something else": (
        OCCUPATION_FILE,
        1,
        lambda _: "a\tb\n1\t2\n",
        "columns O*NET-SOC Code, Title not found; the header is: a, b",
    ),
    "a column twice": (
        SKILLS,
        1,
        swap("Domain Source", "Element ID"),
        "column Element ID is there twice",
    ),
    "elements without names": (SKILLS, 1, swap("Element Name", "Label"), NO_NAMES),
    "no occupation": (
        OCCUPATION_FILE,
        0,
        lambda text: text.partition("\n")[0],
        "holds no occupation",
    ),
    "no rows": (SKILLS, 0, lambda text: text.partition("\n")[0], "holds no rating"),
    "nothing": (SKILLS, 1, lambda _: "", "columns O*NET-SOC Code, Element ID, Scale ID,"),
}
"""By what is wrong: the file, the line, what is done to the text, and the reason."""


@pytest.mark.parametrize("case", FILES)
def test_a_file_is_refused_in_a_sentence_that_tells_what_is_the_matter(made_up_release, case):
    name, line, spoil, reason = FILES[case]
    file = write_lists(made_up_release) / name
    spoilt = spoil(file.read_text(encoding="utf-8"))
    file.write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())

    check(made_up_release, f"{name}, line {line}: {reason}" if line else f"{name}: {reason}")


@pytest.mark.parametrize(
    "name",
    [
        OCCUPATION_FILE,
        SCALE_FILE,
        SKILLS,
        TITLES,
        "Job Zones.txt",
        "Job Zone Reference.txt",
        "Related Occupations.txt",
    ],
)
def test_a_line_that_is_not_utf_8_is_refused_by_line(made_up_release, name):
    file = write_lists(made_up_release) / name
    lines = file.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"\t", b"\t\xff").replace(b"\n", b"\xff\n")
    file.write_bytes(b"".join(lines))

    with pytest.raises(ReleaseError, match=rf"^{re.escape(name)}, line 3: not UTF-8"):
        read_whole(made_up_release)


@case("Skills.txt: the release has more than 1 GB of text")
def more_than_any_release_has(folder):
    os.truncate(folder / SKILLS, 1_000_000_001)


@case("Content Model Reference.txt, line 1: column Element Name not found; the header is: Element")
def a_reference_without_names(folder):
    change(folder / SKILLS, "Element Name", "Label")
    (folder / ELEMENT_FILE).write_text("Element ID\tDescription\n2.A.1.a\tOne\n")


# Files of different releases.


@case(
    "Skills.txt: 40 of its occupations are not in Occupation Data.txt "
    "('15-1000.00', '15-1001.00', '15-1002.00', ...): the files are of different releases"
)
def ratings_of_another_release(folder):
    row = "\t2.A.1.a\tListening to Wind\tIM\t4.12\t8\t\t\t\tN\tn/a\t08/2023\tAnalyst"
    other = row.replace("\tIM\t", "\tLV\t")
    codes = [f"15-{number}.00" for number in range(1000, 1040)]
    add_lines(folder / SKILLS, *(f"{code}{line}" for code in codes for line in (row, other)))


# Where a release lies.


@case("no such folder or .zip file")
def nowhere(folder):
    return folder / "nowhere"


@case("holds more than one release: onet/29.0, onet/old/30.3; give one of them")
def two_releases_in_one_folder(folder):
    top = folder.parent / "onet"
    shutil.copytree(folder, top / "29.0")
    shutil.copytree(folder, top / "old" / "30.3")
    return top


@case("holds more than one release: a.zip/db_28_1_text, a.zip/db_29_0_text; give one of them")
def two_releases_in_one_archive(folder):
    archive = zip_folder(folder, folder.parent / "a.zip")
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr("db_29_0_text\\occupation data.TXT", b"")
    return archive


@case("unpack db_28_1_text.zip or give its path")
def an_archive_in_a_folder(folder):
    downloads = folder.parent / "downloads"
    downloads.mkdir()
    zip_folder(folder, downloads / "db_28_1_text.zip")
    return downloads


@case("unpack release/db_28_1_text.zip or give its path")
def an_archive_in_an_archive(folder):
    inner = zip_folder(folder, folder.parent / "db_28_1_text.zip")
    with zipfile.ZipFile(folder.parent / "outer.zip", "w") as packed:
        packed.write(inner, "release/db_28_1_text.zip")
    return folder.parent / "outer.zip"


@case("Skills.txt: is there twice: ")
def a_file_in_two_cases(folder):
    shutil.copy(folder / SKILLS, folder / "SKILLS.TXT")


@case("Occupation Data.txt: not found in ")
def a_release_too_deep(folder):
    top = folder.parent / "deep"
    shutil.copytree(folder, top.joinpath(*"abcdefg"[: DEEPEST + 1]))
    return top


@case("release.tar.gz: cannot be read: File is not a zip file")
def another_archive(folder):
    return Path(
        shutil.make_archive(str(folder.parent / "release"), "gztar", folder.parent, folder.name)
    )


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_in_a_sentence_that_tells_what_is_the_matter(made_up_release, name):
    spoil, sentence = CASES[name]
    path = spoil(made_up_release) or made_up_release

    check(path, sentence)


def test_an_element_that_the_reference_does_not_name_is_refused(made_up_release):
    change(made_up_release / SKILLS, "Element Name", "Label")
    (made_up_release / ELEMENT_FILE).write_text("Element ID\tElement Name\n9.Z.1\tAnother\n")

    with pytest.raises(ReleaseError, match=r"Skills\.txt, line 2: the element name is missing"):
        read_whole(made_up_release)


def test_a_folder_of_very_many_files_is_not_searched_to_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr("onet_client.release_files.MOST_FILES", 50)
    for number in range(51):
        (tmp_path / str(number)).touch()

    with pytest.raises(ReleaseError, match="holds too many files: give the folder of the release"):
        content(tmp_path)


# What makes no difference.


def nested_three_deep(folder):
    top = folder.parent / "top"
    shutil.copytree(folder, top / "a" / "b" / folder.name)
    return top


def lower_case_names(folder):
    rename(folder, lambda file: file.name.lower())


def capitals_and_underscores_for_names(folder):
    rename(folder, lambda file: file.name.upper().replace(" ", "_"))


def what_macos_adds(folder):
    for name, body in JUNK.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    (folder / "._Occupation Data.txt").write_bytes(b"\x00\x05\x16\x07")


def other_files_beside(folder):
    (folder / "notes.docx").write_bytes(b"PK\x03\x04")
    (folder / "Work Styles.txt").write_bytes(b"\xff\xfe broken")
    (folder / ELEMENT_FILE).write_bytes(bytes(100))
    (folder / "images").mkdir()
    (folder / "images" / "logo.png").write_bytes(b"\x89PNG")


def linked_twice(folder):
    top = folder.parent / "releases"
    top.mkdir()
    (top / "db_28_1_text").symlink_to(folder, target_is_directory=True)
    (top / "latest").symlink_to(top / "db_28_1_text", target_is_directory=True)
    (top / "round").symlink_to(top, target_is_directory=True)
    return top


def backslashes_in_an_archive(folder):
    archive = folder.parent / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("outer\\db_28_1_text\\", b"")
        for file in folder.iterdir():
            packed.write(file, f"outer\\db_28_1_text\\{file.name}")
    # The library writes slashes, as the format asks for.
    archive.write_bytes(
        archive.read_bytes().replace(b"outer/db_28_1_text/", rb"outer\db_28_1_text" + b"\\")
    )
    return archive


def columns_in_another_order(folder):
    for file in folder.glob("*.txt"):
        lines = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
        if len(lines[0]) > 1:
            text = "".join("\t".join(["?", *reversed(line)]) + "\n" for line in lines)
            file.write_text(text, encoding="utf-8")


def spaces_around_the_names_of_columns(folder):
    file = folder / SKILLS
    change(file, "Element ID\tElement Name\t", " Element ID\tElement Name \t")


def columns_that_are_not_utf_8(folder):
    file = folder / SKILLS
    lines = file.read_bytes().splitlines()
    file.write_bytes(
        b"".join([lines[0] + b"\tNote\n", *(line + b"\t\xe9\n" for line in lines[1:])])
    )


def scales_that_nothing_here_uses(folder):
    add_lines(
        folder / SCALE_FILE,
        "WI\tWork Styles Impact\t-3\t3",
        "XX\t\tall\tnothing",
        "A LONG SCALE\tx\t1.5\t1.2",
        "XX\tagain\t\t",
    )


def lines_of_other_scales_that_do_not_fit(folder):
    add_lines(folder / SCALE_FILE, "WI\tWork Styles Impact", "XX\t1\t2\t3\t4\t5", "\t")


def empty_columns_at_the_end(folder):
    change(folder / SKILLS, "Domain Source", "Domain Source\t\t")


def ends_of_old_systems(folder):
    add_lines(folder / SKILLS, "  ", "\x1a")


def scales_with_decimals(folder):
    change(folder / SCALE_FILE, "1\t5", "1.00\t5.0")


def elements_named_by_the_reference(folder):
    text = (folder / SKILLS).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    names = {row[1]: row[2] for row in rows[1:]}
    (folder / SKILLS).write_text("".join("\t".join([*r[:2], *r[3:]]) + "\n" for r in rows))
    lines = [f"{element}\tWords.\t{name}\n" for element, name in names.items()]
    (folder / ELEMENT_FILE).write_text("Element ID\tDescription\tElement Name\n" + "".join(lines))


SAME = [
    nested_three_deep, lower_case_names, capitals_and_underscores_for_names,
    what_macos_adds, other_files_beside, linked_twice, backslashes_in_an_archive,
    columns_in_another_order, columns_that_are_not_utf_8,
    spaces_around_the_names_of_columns, scales_that_nothing_here_uses, scales_with_decimals,
    elements_named_by_the_reference, lines_of_other_scales_that_do_not_fit,
    empty_columns_at_the_end, ends_of_old_systems,
]  # fmt: skip


@pytest.mark.parametrize("arrange", SAME, ids=lambda arrange: arrange.__name__)
def test_it_is_read_as_it_was(made_up_release, arrange):
    write_domain(made_up_release, "Knowledge") if arrange is lower_case_names else None
    before = content(made_up_release)

    path = arrange(made_up_release) or made_up_release

    assert before == content(path)


def test_the_name_of_a_folder_round_the_release_tells_nothing(made_up_release, tmp_path):
    """The nearest folder that is named as O*NET names one tells the release."""
    (made_up_release / "Read Me.txt").unlink()
    (tmp_path / "db_30_3_text").mkdir()
    shutil.move(made_up_release, tmp_path / "db_30_3_text" / "db_28_1_text")

    assert ("28.1", True) == content(tmp_path / "db_30_3_text")["identity"]


def test_files_are_found_by_their_names_whatever_the_case(made_up_release):
    lower_case_names(made_up_release)
    with ExitStack() as stack:
        found = find_files(made_up_release, stack)

        assert {file.name for file in made_up_release.iterdir()} == set(found)
        assert len(found) == len(list(found))
        assert "skills.txt" == found[SKILLS].name
        assert SKILLS in found
        assert "Knowledge.txt" not in found
