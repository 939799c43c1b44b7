"""Codes of 2010 that became the codes of the made-up release: one, several, none, or each other."""

from pathlib import Path

from support.made_up_release import TITLES

from onet_client.sandbox import load_taxonomy
from onet_client.sandbox.taxonomy import Taxonomy

KITES, TIDES, MOONS, ECHOPPES, UNRATED = TITLES
FORMER, SPLIT, GONE = "15-1132.00", "11-0001.00", "99-0001.00"
UNRATED_FORMER = "53-0001.00"
ROUND = ("15-9991.00", "15-9992.00")
CROSSWALK = f"""O*NET-SOC 2010 Code\tTitle\tO*NET-SOC 2019 Code\tTitle
{FORMER}\tTide Tellers\t{TIDES}\tTide Clerks
{SPLIT}\tKite and Moon Hands\t{KITES}\tKite Masters
{SPLIT}\tKite and Moon Hands\t{MOONS}\tMoon Gardeners
{GONE}\tWind Sellers\t\t
{UNRATED_FORMER}\tCloud Hands\t{UNRATED}\tCloud Drivers
{ROUND[0]}\tHens\t{ROUND[1]}\tEggs
{ROUND[1]}\tEggs\t{ROUND[0]}\tHens
"""


def write_taxonomy(path: Path) -> Taxonomy:
    """Write the crosswalk to a file, and read it as the look-alike does."""
    path.write_text(CROSSWALK, encoding="utf-8")
    return load_taxonomy(path)
