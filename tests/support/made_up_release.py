"""A text release of invented occupations, small enough to know every row by heart."""

from collections.abc import Mapping
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


OTHER_ELEMENTS = {
    "Knowledge": {"2.C.1.a": "Winds of the World", "2.C.1.b": "Lunar Law"},
    "Abilities": {"1.A.1.a.1": "Far Sight"},
}
ALTERNATE_TITLES = {
    ("11-9001.00", "Kite Captain"),
    ("11-9001.00", "Chief Kite Officer (CKO)"),
    ("11-9001.00", "CKO"),
    ("15-9002.00", "Ebb Clerk"),
    ("53-9005.00", "Kite Captain"),
}
JOB_ZONES = {"11-9001.00": 5, "15-9002.00": 3, "53-9005.00": 1}
JOB_ZONE_NAMES = {
    3: "Job Zone Three: Medium Preparation Needed",
    5: "Job Zone Five: Extensive Preparation Needed",
}
RELATED = {
    ("11-9001.00", "53-9005.00", "Primary-Short", 1),
    ("11-9001.00", "15-9002.00", "Supplemental", 2),
    ("15-9002.00", "11-9001.00", "Primary-Long", 1),
}

DESCRIPTIONS = {
    "2.A.1": ("Airs", "What is heard and read."),
    "2.A.1.a": ("Listening to Wind", 'Telling winds by "sound".'),
    "2.A.1.b": ("Reading Tides", None),
    "2.B.1.a": ("Knot Making", "Making knots."),
}
ANCHORS = {
    "2.A.1.a": ((2, "Hear a breeze"), (6, "Name a gale by its first breath")),
    "2.B.1.a": ((0, "Leave a rope as it is"), (7, 'Tie a knot, or "hitch", in the dark')),
    "1.A.1.a.1": ((3, "See the next hill"),),  # which the release does not describe
}


def rating_lines(prefix: str = "", elements: Mapping[str, str] = ELEMENTS) -> list[str]:
    """The rating rows of the elements whose identifier starts with the prefix, in file order."""
    lines = []
    for at, code in enumerate(RATED):
        for element_id, name in elements.items():
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
    return _write(folder, files, newline, encoding)


def _write(
    folder: Path, files: Mapping[str, list[str]], newline: str = "\n", encoding: str = "utf-8"
) -> Path:
    for stem, lines in files.items():
        text = newline.join([*lines, ""])
        (folder / f"{stem}.txt").write_bytes(text.encode(encoding))
    return folder


def write_domain(folder: Path, stem: str) -> Path:
    """Add the ratings of knowledge or abilities to a release, and return the file."""
    lines = [RATING_HEADER, *rating_lines(elements=OTHER_ELEMENTS[stem])]
    return _write(folder, {stem: lines}) / f"{stem}.txt"


def write_meanings(folder: Path) -> Path:
    """Add descriptions of elements and anchors of their levels, and return the folder.

    Among them are elements and scales that nothing here uses.
    """
    files = {
        "Content Model Reference": [
            "Element ID\tElement Name\tDescription",
            "1\tWorker Characteristics\tTraits.",
            *(f"{key}\t{name}\t{text or 'n/a'}" for key, (name, text) in DESCRIPTIONS.items()),
            "4.A.1\tLooking\tNo skill.",
        ],
        "Level Scale Anchors": [
            "Element ID\tElement Name\tScale ID\tAnchor Value\tAnchor Description",
            *(
                f"{key}\tany\tLV\t{level}\t{text}"
                for key, anchors in ANCHORS.items()
                for level, text in anchors
            ),
            "2.A.1.a\tany\tIM\t99\tNo level",
            "4.A.1\tany\tLV\t99\tNo skill",
        ],
    }
    return _write(folder, files)


def write_lists(folder: Path, *, job_titles: bool = False) -> Path:
    """Add other titles, job zones, names of some, and related occupations; return the folder.

    Titles are in the file that they are in up to release 30.2, or in that of 30.3.
    """
    column = "Job Title" if job_titles else "Alternate Title"
    files = {
        f"{column}s": [
            f"O*NET-SOC Code\t{column}\tShort Title\tSource(s)",
            "11-9001.00\tKite Captain\tn/a\t08",
            "11-9001.00\tChief Kite Officer (CKO)\tCKO\t02,08",
            "11-9001.00\tCKO\tn/a\t10",
            "11-9001.00\t Kite Captain \t\t10",
            "15-9002.00\tEbb Clerk\tn/a\t09",
            "53-9005.00\tKite Captain\tn/a\t09",
        ],
        "Job Zones": [
            "O*NET-SOC Code\tJob Zone\tDate\tDomain Source",
            *(f"{code}\t{zone}\t08/2023\tAnalyst" for code, zone in JOB_ZONES.items()),
        ],
        "Job Zone Reference": [
            "Job Zone\tName\tSVP Range",
            *(f"{zone}\t{name}\t(6.0 to < 7.0)" for zone, name in JOB_ZONE_NAMES.items()),
        ],
        "Related Occupations": [
            "O*NET-SOC Code\tRelated O*NET-SOC Code\tRelatedness Tier\tIndex",
            *("\t".join(map(str, related)) for related in sorted(RELATED)),
        ],
    }
    return _write(folder, files)
