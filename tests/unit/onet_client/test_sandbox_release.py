import ast
import json
import sys
import zipfile
from pathlib import Path

import pytest
from support.made_up_release import RATED, RATING_HEADER, RATING_ROWS, write_release

import onet_client.sandbox
from onet_client.sandbox import Release, ReleaseError, load_release


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_release(tmp_path / "db_28_1_text")


def contents(release: Release) -> dict[str, list[dict[str, object]]]:
    tables = {table_id: release.table(table_id) for table_id in release.table_ids}
    return {name: [table.record(row) for row in table.rows] for name, table in tables.items()}


def test_it_shares_no_code_with_the_client_and_needs_the_standard_library_alone() -> None:
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
    assert set() == {
        name for name in outside if name.partition(".")[0] not in sys.stdlib_module_names
    }
    assert len(imported) > len(outside) > 0


def test_a_table_is_named_after_its_file_and_a_read_me_is_none(folder: Path) -> None:
    assert (
        "occupation_data",
        "related_occupations",
        "scales_reference",
        "skills",
    ) == load_release(folder).table_ids


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


@pytest.mark.parametrize("inside", ["", "db_28_1_text/"])
def test_an_archive_is_read_like_its_folder(tmp_path: Path, folder: Path, inside: str) -> None:
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, inside + file.name)
    loaded = load_release(path)
    path.unlink()
    assert contents(load_release(folder)) == contents(loaded)
    assert "O*NET 28.1" == loaded.name


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
    ("name", "text"),
    [
        ("manifest.json", '{"release": "29.3"}'),
        ("manifest.json", '{"release": "O*NET 29.3"}'),
        ("Read Me.txt", "O*NET 29.3 Database\n"),
        ("README.md", "Taken from the O*NET 29.3 Database (May 2025)"),
    ],
)
def test_the_release_is_named_by_a_file_before_the_folder(
    folder: Path, name: str, text: str
) -> None:
    (folder / "Read Me.txt").unlink()
    assert "O*NET 28.1" == load_release(folder).name
    (folder / name).write_text(text, encoding="utf-8")
    assert "O*NET 29.3" == load_release(folder).name


def test_a_release_that_nothing_names_is_refused(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "some folder")
    (folder / "Read Me.txt").unlink()
    with pytest.raises(ReleaseError, match="some folder names the release"):
        load_release(folder)


@pytest.mark.parametrize("manifest", ["[]", "{}", "{"])
def test_a_manifest_without_a_release_is_refused(folder: Path, manifest: str) -> None:
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"manifest\.json names no release"):
        load_release(folder)


def test_a_folder_without_occupations_is_refused(folder: Path) -> None:
    (folder / "Occupation Data.txt").unlink()
    with pytest.raises(ReleaseError, match=r"no Occupation Data\.txt"):
        load_release(folder)


def test_what_is_neither_folder_nor_archive_is_refused(folder: Path) -> None:
    for path in (folder / "Skills.txt", folder / "nothing"):
        with pytest.raises(ReleaseError, match="neither a folder nor"):
            load_release(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("15-9002.00\t2.A.1.a", "2 fields, not 13"),
        ("\t".join(["15-9002.00", "x", "x", "IM", "4,1", *["n/a"] * 8]), "'4,1' is no number"),
        ("\t".join(["15-9002.00", "x", "x", "IM", "nan", *["n/a"] * 8]), "'nan' is no number"),
        ("\t".join(["15-9002.00", "x", "x", "IM", "٤", *["n/a"] * 8]), "'٤' is no number"),
        ("\t".join(["15-9002.00", "x", "x", "IM", *["n/a"] * 7, "13/2023", "A"]), "no month"),
    ],
)
def test_a_line_that_is_wrong_is_named(folder: Path, line: str, message: str) -> None:
    (folder / "Skills.txt").write_text(f"{RATING_HEADER}\n{line}\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match=rf"Skills\.txt, line 2: .*{message}"):
        load_release(folder).table("skills")


def test_titles_are_looked_for_in_columns_that_must_be_there(folder: Path) -> None:
    (folder / "Occupation Data.txt").write_text("O*NET-SOC Code\tName\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"Occupation Data\.txt, line 1: .* Title"):
        load_release(folder).table("skills")


def test_a_file_that_is_not_utf_8_is_named(folder: Path) -> None:
    (folder / "Skills.txt").write_bytes(RATING_HEADER.encode() + b"\n\xff\n")
    with pytest.raises(ReleaseError, match=r"Skills\.txt is not UTF-8"):
        load_release(folder).table("skills")


def test_halves_that_differ_in_their_columns_are_not_joined(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "split", split=True)
    (folder / "Essential Skills.txt").write_text("O*NET-SOC Code\tElement ID\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match="differ in their columns"):
        load_release(folder, "single").table("skills")


def test_a_table_is_parsed_once(folder: Path) -> None:
    release = load_release(folder)
    assert release.table("skills") is release.table("skills")
    with pytest.raises(KeyError):
        release.table("abilities")


def test_a_missing_title_is_null(folder: Path) -> None:
    path = folder / "Skills.txt"
    path.write_text(path.read_text(encoding="utf-8").replace(RATED[0], "11-9009.00"), "utf-8")
    table = load_release(folder).table("skills")
    assert table.value(table.rows[0], "title") is None
