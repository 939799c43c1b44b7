"""`python -m bench`: run all benchmarks and print a table."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # the private MariaDB server is the tests'


def main() -> None:
    """Measure and print."""
    from bench.seed import measure

    default = ROOT.parent / "shared" / "onet" / "db_29_0_text"
    release = Path(os.environ.get("ONET_TEST_RELEASE", default))
    if not (release / "Skills.txt").is_file():
        sys.exit(f"no full release with a Skills.txt in {release}: set ONET_TEST_RELEASE")
    print(f"{'case':<16}{'seconds':>9}{'bare':>9}{'ratio':>8}{'peak MB':>9}{'rounds':>8}")
    for result in measure(release):
        print(
            f"{result['case']:<16}{result['seconds']:>9.3f}{result['bare_seconds']:>9.3f}"
            f"{result['ratio']:>8.2f}{result['peak_mb']:>9.1f}{result['rounds']:>8}"
        )


if __name__ == "__main__":
    main()
