"""Releases from 20.0 on have other files, columns and encodings than those of today."""

from pathlib import Path

import pytest
from support.made_up_release import RATING_HEADER, write_release

from onet_client.sandbox import ReleaseTables, load_release

OLD_RATINGS = RATING_HEADER.replace("Element Name\t", "")
OLD_FILES = {
    "Content Model Reference": [
        "Element ID\tElement Name\tDescription",
        "2\tWorker Requirements\tWorker Requirements",
        "2.A.1.a\tListening to Wind\t",
    ],
    "Skills": [
        OLD_RATINGS,
        "11-9001.00\t2.A.1.a\tIM\t4.12\t8\t0.13\t3.88\t4.37\tN\tn/a\t07/2014\tAnalyst",
        "11-9001.00\t2.A.1.a\tLV\t4.00\t8\t0.00\tn/a\tn/a\tn/a\tY\t06/2006\tAnalyst",
    ],
    "Emerging Tasks": [
        "O*NET-SOC Code\tTask\tCategory\tOriginal Task ID\tOriginal Task\tWrite-in Total",
        "11-9001.00\tFly kites.\tNew\tn/a\tn/a\t3",
        "11-9001.00\tMend kites.\tRevision\t812\tPatch kites.\tn/a",
    ],
    "Tools and Technology": [
        "O*NET-SOC Code\tT2 Type\tT2 Example\tCommodity Code\tCommodity Title\tHot Technology",
        "11-9001.00\tTools\tKite lines\t43211711\tLines\t",
    ],
    "DWA Reference": [
        "Element ID\tIWA ID\tDWA ID\tDWA Title",
        "2.A.1.a\t4.A.1.a.1.I01\t4.A.1.a.1.I01.D01\tReview kites.",
    ],
    "Education, Training, and Experience Categories": [
        "Element ID\tElement Name\tScale ID\tCategory\tCategory Description",
        "2.D.1\tRequired Level\tRL\t1\tLess than a “café”",
    ],
}


def records(release: ReleaseTables, table_id: str) -> list[dict[str, object]]:
    table = release.table(table_id)
    return [table.record(row) for row in table.rows]


@pytest.mark.parametrize("name", ["db_20_0", "db_25_0_text"])
def test_a_release_of_old_is_served_with_the_columns_of_the_database_services(
    tmp_path: Path, name: str
) -> None:
    folder = write_release(tmp_path / name)
    (folder / "Read Me.txt").unlink()
    for stem, lines in OLD_FILES.items():
        (folder / f"{stem}.txt").write_bytes("\r\n".join(lines).encode("cp1252"))
    release = load_release(folder)
    rows = {name: records(release, name) for name in release.table_ids}
    assert ([], f"O*NET {name[3:5]}.0") == (release.left_out, release.name)
    assert {
        "onetsoc_code": "11-9001.00",
        "title": "Kite Masters",
        "element_id": "2.A.1.a",
        "element_name": "Listening to Wind",
        "scale_id": "LV",
        "scale_name": "Level",
        "data_value": 4,
        "n": 8,
        "standard_error": 0,
        "lower_ci_bound": None,
        "upper_ci_bound": None,
        "recommend_suppress": None,
        "not_relevant": "Y",
        "date_updated": "2006-06-01",
        "domain_source": "Analyst",
    } == rows["skills"][1]
    new, revised = rows["emerging_tasks"]
    assert ("New", None, 3) == (new["category"], new["original_task_id"], new["write_in_total"])
    assert ("Revision", 812) == (revised["category"], revised["original_task_id"])
    assert ["2", "2.A.1.a"] == [row["element_id"] for row in rows["content_model_reference"]]
    assert ["Listening to Wind"] == [row["element_name"] for row in rows["dwa_reference"]]
    [tool] = rows["tools_and_technology"]
    assert (43211711, None) == (tool["commodity_code"], tool["hot_technology"])
    [category] = rows["education_training_and_experience_categories"]
    assert "Less than a “café”" == category["category_description"]
