"""A text release of invented occupations, small enough to know every row by heart."""

from pathlib import Path

RATING_HEADER = (
    "O*NET-SOC Code\tElement ID\tElement Name\tScale ID\tData Value\tN\tStandard Error\t"
    "Lower CI Bound\tUpper CI Bound\tRecommend Suppress\tNot Relevant\tDate\tDomain Source"
)
TITLES = {
    "11-9001.00": "Kite Masters",
    "15-9002.00": "Tide Clerks",
    "29-9003.00": "Moon Gardeners",
    "51-9004.00": "Échoppe Keepers",
    "53-9005.00": "Cloud Drivers",  # nobody has rated them
}
RATED = tuple(TITLES)[:4]
ELEMENTS = {"2.A.1.a": "Listening to Wind", "2.A.1.b": "Reading Tides", "2.B.1.a": "Knot Making"}
ROWS_PER_OCCUPATION = 2 * len(ELEMENTS)
RATING_ROWS = ROWS_PER_OCCUPATION * len(RATED)


def rating_lines(prefix: str = "2.") -> list[str]:
    """The rating rows of the elements whose identifier starts with the prefix, in file order."""
    lines = []
    for at, code in enumerate(RATED):
        for element_id, name in ELEMENTS.items():
            if element_id.startswith(prefix):
                row = f"{code}\t{element_id}\t{name}"
                bounds = "0.1250\t3.8800\t4.3700"
                lines.append(f"{row}\tIM\t4.12\t8\t{bounds}\tN\tn/a\t08/2023\tAnalyst")
                lines.append(f"{row}\tLV\t{at}.00\t8\t\tn/a\tn/a\tY\tN\t07/2014\tAnalyst")
    return lines


def write_release(
    folder: Path, *, split: bool = False, newline: str = "\n", encoding: str = "utf-8"
) -> Path:
    """Write the release into a folder that is made for it, and return the folder."""
    folder.mkdir(parents=True)
    occupations = [f"{code}\t{title}\tThey do." for code, title in TITLES.items()]
    files = {
        "Read Me": ["O*NET 28.1 Database", "November 2023 Release"],
        "Occupation Data": ["O*NET-SOC Code\tTitle\tDescription", *occupations],
        "Scales Reference": [
            "Scale ID\tScale Name\tMinimum\tMaximum",
            "IM\tImportance\t1\t5",
            "LV\tLevel\t0\t7",
        ],
        "Related Occupations": [
            "O*NET-SOC Code\tRelated O*NET-SOC Code\tRelatedness Tier\tIndex",
            "11-9001.00\t53-9005.00\tPrimary-Short\t1",
        ],
    }
    if split:
        files["Essential Skills"] = [RATING_HEADER, *rating_lines("2.A.")]
        files["Transferable Skills"] = [RATING_HEADER, *rating_lines("2.B.")]
    else:
        files["Skills"] = [RATING_HEADER, *rating_lines()]
    for stem, lines in files.items():
        text = newline.join([*lines, ""])
        (folder / f"{stem}.txt").write_bytes(text.encode(encoding))
    return folder
