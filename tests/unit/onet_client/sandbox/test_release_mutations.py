"""Whatever happens to the bytes of a release, the look-alike serves what is whole, or refuses."""

import json
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.made_up_release import write_domain, write_release

from onet_client.sandbox import ReleaseError, load_release

FILES = tuple(
    f"{stem}.txt"
    for stem in ("Occupation Data", "Scales Reference", "Skills", "Knowledge", "Read Me")
)
# Bytes that mean something in these files come more often than by chance.
BYTES = st.binary(max_size=4) | st.sampled_from(
    [b"\t", b"\n", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b"n/a", b"-", b".", b"0", b"08/2023"]
)
CHANGES = st.lists(
    st.tuples(st.sampled_from(FILES), st.integers(0, 3000), st.integers(0, 40), BYTES),
    min_size=1,
    max_size=4,
)


@settings(deadline=None)
@given(CHANGES)
@example([("Skills.txt", 0, 1, b"\xff\xfe")])
@example([("Occupation Data.txt", 0, 3000, b"")])
@example([("Read Me.txt", 0, 3000, b"\xff")])
def test_what_is_whole_is_served_and_what_is_not_is_told(
    changes: list[tuple[str, int, int, bytes]],
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = write_release(Path(place) / "db_28_1_text")
        write_domain(folder, "Knowledge")
        for name, at, length, put in changes:
            data = (folder / name).read_bytes()
            (folder / name).write_bytes(data[:at] + put + data[at + length :])
        try:
            release = load_release(folder)
        except ReleaseError as error:
            release = error
        if isinstance(release, ReleaseError):
            assert {FILES[0]} == {problem.file for problem in release.problems}
            return
        told = {problem.file for problem in release.left_out}
        for stem in ("Skills", "Knowledge", "Related Occupations"):
            assert (f"{stem}.txt" in told) != (stem.lower().replace(" ", "_") in release.table_ids)
        for table_id in release.table_ids:
            table = release.table(table_id)
            for row in table.select(sorts=[table.columns[0].column_id]):
                json.dumps(table.record(row), allow_nan=False)
