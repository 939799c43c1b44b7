import ast
import json
import sys
import zipfile
from pathlib import Path

import pytest
from support.made_up_release import RATED, RATING_HEADER, RATING_ROWS, write_release
from support.release_files import JUNK, zip_folder

import onet_client.sandbox
from onet_client.sandbox import ReleaseError, ReleaseTables, load_release
from onet_client.sandbox.release import KEPT_TABLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_release(tmp_path / "db_28_1_text")


def contents(release: ReleaseTables) -> dict[str, list[dict[str, object]]]:
    tables = {table_id: release.table(table_id) for table_id in release.table_ids}
    return {name: [table.record(row) for row in table.rows] for name, table in tables.items()}


def test_it_shares_names_and_the_finding_of_files_and_needs_the_standard_library_alone() -> None:
    modules = Path(onet_client.sandbox.__file__).parent.glob("*.py")
    imported = {
        name
        for module in modules
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [str(node.module)] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
        )
    }
    outside = {name for name in imported if not name.startswith("onet_client.sandbox")}
    shared = ("content_model", "release_files", "release_lines", "resaved")
    assert {f"onet_client.{name}" for name in shared} == {
        name for name in outside if name.partition(".")[0] not in sys.stdlib_module_names
    }
    assert len(imported) > len(outside) > 0


def test_a_rating_row_has_the_columns_and_types_of_the_database_services(folder: Path) -> None:
    table = load_release(folder).table("skills")
    assert {
        "onetsoc_code": "11-9001.00",
        "title": "Kite Masters",
        "element_id": "2.A.1.a",
        "element_name": "Listening to Wind",
        "scale_id": "IM",
        "scale_name": "Importance",
        "data_value": 4.12,
        "n": 8,
        "standard_error": 0.125,
        "lower_ci_bound": 3.88,
        "upper_ci_bound": 4.37,
        "recommend_suppress": "N",
        "not_relevant": None,
        "date_updated": "2023-08-01",
        "domain_source": "Analyst",
    } == table.record(table.rows[0])
    level = table.record(table.rows[1])
    assert (0, None, None) == (
        level["data_value"],
        level["standard_error"],
        level["upper_ci_bound"],
    )
    assert ["0", "8"] == [json.dumps(level["data_value"]), json.dumps(level["n"])]


def test_both_codes_of_a_related_occupation_have_their_title(folder: Path) -> None:
    table = load_release(folder).table("related_occupations")
    assert {
        "onetsoc_code": "11-9001.00",
        "title": "Kite Masters",
        "related_onetsoc_code": "53-9005.00",
        "related_title": "Cloud Drivers",
        "relatedness_tier": "Primary-Short",
        "related_index": 1,
    } == table.record(table.rows[0])


@pytest.mark.parametrize(
    ("newline", "encoding"),
    [("\r\n", "utf-8"), ("\n", "utf-8-sig"), ("\r\n", "utf-8-sig")],
)
def test_line_ends_and_a_byte_order_mark_change_nothing(
    tmp_path: Path, folder: Path, newline: str, encoding: str
) -> None:
    other = write_release(tmp_path / "other", newline=newline, encoding=encoding)
    assert contents(load_release(folder)) == contents(load_release(other))


@pytest.mark.parametrize("written_split", [False, True])
def test_either_layout_is_served_from_either_release(tmp_path: Path, written_split: bool) -> None:
    single = contents(load_release(write_release(tmp_path / "single")))
    split = contents(load_release(write_release(tmp_path / "split", split=True)))
    release = tmp_path / ("split" if written_split else "single")
    assert single == contents(load_release(release, "single"))
    assert split == contents(load_release(release, "split"))
    assert {"2.A.1.a", "2.A.1.b"} == {row["element_id"] for row in split["essential_skills"]}
    assert {"2.B.1.a"} == {row["element_id"] for row in split["transferable_skills"]}
    assert RATING_ROWS == len(single["skills"])


def test_a_release_without_skills_is_served_as_it_is(folder: Path) -> None:
    (folder / "Skills.txt").unlink()
    for layout in (None, "split", "single"):
        assert ("occupation_data", "related_occupations", "scales_reference") == load_release(
            folder, layout
        ).table_ids


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        ("manifest.json", '{"release": "29.3"}', "29.3"),
        ("manifest.json", '{"release": "O*NET 29.3"}', "29.3"),
        *(
            ("manifest.json", text, "28.1")
            for text in ("[]", "{}", "{", '{"release": "test"}', "\xff", "[" * 10_000)
        ),
        ("README.md", "Taken from the O*NET 29.3 Database (May 2025)", "29.3"),
        ("Read Me.txt", "O*NET 29.3 Database\n", "29.3"),
        ("Read Me.txt", "O*NET\xae 20.0 Database", "20.0"),
        ("Read Me.txt", "O*NET(R) 21.3 Database", "21.3"),
        ("Read Me.txt", "The O*NET-SOC 2010 taxonomy.\nO*NET 25.0 Database", "25.0"),
        ("Read Me.txt", "About these files", "28.1"),
    ],
)
def test_a_release_is_named_by_its_manifest_or_a_read_me_of_any_age_or_else_its_folder(
    folder: Path, file: str, text: str, name: str
) -> None:
    (folder / file).write_text(text, encoding="latin-1")
    assert f"O*NET {name}" == load_release(folder).name


def test_a_release_that_nothing_names_is_served_and_that_is_told(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "some folder")
    (folder / "Read Me.txt").unlink()
    release = load_release(folder)
    assert "O*NET 0.0" == release.name
    told = "Read Me.txt: nothing names the release, so it is served as O*NET 0.0"
    assert [told] == list(map(str, release.left_out))


def test_an_archive_is_named_by_its_own_name_or_that_of_the_folder_in_it(folder: Path) -> None:
    (folder / "Read Me.txt").unlink()
    plain = zip_folder(folder, folder.parent / "download.zip", top="db_30_3_text/")
    named = zip_folder(folder, folder.parent / "db_20_0.zip", top="")
    loaded = [load_release(path) for path in (plain, named)]
    assert ["O*NET 30.3", "O*NET 20.0"] == [release.name for release in loaded]
    for release in loaded:
        release._archive.close()


def test_a_release_as_people_have_it_is_served_like_its_folder(
    tmp_path: Path, folder: Path
) -> None:
    expected = contents(load_release(folder))
    renamed = tmp_path / "one" / "two" / "three"
    renamed.mkdir(parents=True)
    for file in folder.iterdir():
        (renamed / file.name.lower().replace(" ", "_").replace(".txt", ".TXT")).write_bytes(
            file.read_bytes()
        )
    packed = zip_folder(folder, tmp_path / "db.zip", top="a\\b\\", junk=JUNK)
    loaded = [load_release(path) for path in (tmp_path / "one", packed)]
    packed.unlink()  # it is held open
    for release in loaded:
        assert (expected, [], "O*NET 28.1") == (contents(release), release.left_out, release.name)
        release._archive.close()


def test_the_tables_of_a_domain_keep_their_identifiers_without_spaces(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "split", split=True)
    for file in list(folder.iterdir()):
        file.rename(file.with_name(file.name.replace(" ", "")))
    assert (
        "essential_skills",
        "occupation_data",
        "relatedoccupations",
        "scales_reference",
        "transferable_skills",
    ) == load_release(folder).table_ids


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no columns separated by tabs"),
        ("O*NET-SOC Code\tTitle\n11-9001.00\n", "line 2: 1 fields, not 2"),
        ("O*NET-SOC Code\tTitle\n", "no occupations, with O\\*NET-SOC Code and Title"),
        ("O*NET-SOC Code\tName\nx\ty\n", "no occupations, with O\\*NET-SOC Code and Title"),
    ],
)
def test_a_release_whose_occupations_cannot_be_read_is_refused(
    folder: Path, text: str, message: str
) -> None:
    (folder / "Occupation Data.txt").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match=rf"Occupation Data\.txt.*{message}"):
        load_release(folder)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"A\tB\nx\n", "Extra.txt, line 2: 1 fields, not 2"),
        (b"A\tB\nx\ty\n\nx\ty\tz\n", "Extra.txt, line 4: 3 fields, not 2"),
        (b"", "Extra.txt, line 1: no table: it has no columns separated by tabs"),
        (b"<html>", "Extra.txt, line 1: no table: it has no columns separated by tabs"),
        (b"\nA licence.\n", "Extra.txt, line 2: no table: it has no columns separated by tabs"),
        (
            "A\tB\n".encode("utf-16"),
            "Extra.txt, line 1: no table: it has no columns separated by tabs",
        ),
        (b"A\t\nx\ty\n", "Extra.txt, line 1: a column has no name, or the name of another"),
        (b"A b\ta-B\n", "Extra.txt, line 1: a column has no name, or the name of another"),
    ],
)
def test_a_file_that_is_no_table_is_left_out_and_the_rest_is_served(
    folder: Path, data: bytes, problem: str
) -> None:
    expected = contents(load_release(folder))
    (folder / "Extra.txt").write_bytes(data)
    (folder / "Extra.csv").write_bytes(b"\xff")
    release = load_release(folder)
    assert [problem] == list(map(str, release.left_out))
    assert expected == contents(release)


@pytest.mark.parametrize("name", ["SKILLS.TXT", "Skills .txt", "*.txt"])
def test_files_that_would_be_one_table_are_told(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / "Skills.txt").read_bytes())
    release = load_release(folder)
    assert name in " ".join(map(str, release.left_out))
    assert {"occupation_data", "scales_reference"} < set(release.table_ids)


def test_a_member_of_an_archive_that_is_damaged_is_left_out(folder: Path) -> None:
    archive = zip_folder(folder, folder.parent / "r.zip", compression=zipfile.ZIP_STORED)
    archive.write_bytes(archive.read_bytes().replace(b"Knot Making", b"Knot Mak1ng", 1))
    release = load_release(archive)
    [problem] = map(str, release.left_out)
    assert problem.startswith("Skills.txt: cannot be read: Bad CRC-32")
    assert "skills" not in release.table_ids


def test_without_scales_their_names_are_null(folder: Path) -> None:
    for text in ("Scale ID\tMeaning\nIM\tImportance\n", "Scale ID\n", None):
        file = folder / "Scales Reference.txt"
        file.write_text(text, encoding="utf-8") if text else file.unlink()
        table = load_release(folder).table("skills")
        assert {None} == {table.value(row, "scale_name") for row in table.rows}


def test_halves_that_differ_in_their_columns_are_not_joined(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "split", split=True)
    (folder / "Essential Skills.txt").write_text("O*NET-SOC Code\tElement ID\n", encoding="utf-8")
    release = load_release(folder, "single")
    [problem] = map(str, release.left_out)
    assert problem.startswith("Essential Skills.txt, line 1: has other columns than Transferable")
    assert {"essential_skills", "transferable_skills"} < set(release.table_ids)


def test_the_halves_of_skills_have_one_type_for_each_column(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "split", split=True)
    half = folder / "Essential Skills.txt"
    half.write_text(half.read_text(encoding="utf-8").replace("\t8\t", "\tn/a\t"), "utf-8")
    table = load_release(folder, "single").table("skills")
    assert {8, None} == {table.value(row, "n") for row in table.rows}
    assert ["Number"] == [column.kind for column in table.columns if column.column_id == "n"]


def test_a_line_that_is_not_utf_8_is_taken_for_windows_1252(folder: Path) -> None:
    titles = b"O*NET-SOC Code\tTitle\n"
    titles += "11-9001.00\tÉchoppe\n".encode() + "15-9002.00\tCafé “Bar”\n".encode("cp1252")
    (folder / "Occupation Data.txt").write_bytes(titles + b"29-9003.00\t\x81\n")
    table = load_release(folder).table("occupation_data")
    assert ["Échoppe", "Café “Bar”", "\ufffd"] == [table.value(row, "title") for row in table.rows]


def test_a_table_with_a_header_alone_is_empty(folder: Path) -> None:
    (folder / "Skills.txt").write_text(f"{RATING_HEADER}\r\n", encoding="utf-8")
    table = load_release(folder).table("skills")
    assert ([], 15) == (table.rows, len(table.columns))


def test_as_many_tables_stay_in_memory_as_are_asked_for_together(folder: Path) -> None:
    for number in range(KEPT_TABLES):
        (folder / f"Extra {number}.txt").write_text("A\tB\nx\ty\n", encoding="utf-8")
    release = load_release(folder)
    first = release.table("skills")
    for number in range(KEPT_TABLES - 1):
        release.table(f"extra_{number}")
    assert first is release.table("skills")
    for number in range(KEPT_TABLES):
        release.table(f"extra_{number}")
    assert first is not release.table("skills")
    assert first.rows == release.table("skills").rows


def test_a_missing_title_is_null(folder: Path) -> None:
    path = folder / "Skills.txt"
    path.write_text(path.read_text(encoding="utf-8").replace(RATED[0], "11-9009.00"), "utf-8")
    table = load_release(folder).table("skills")
    assert table.value(table.rows[0], "title") is None
