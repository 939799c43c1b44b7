import re

from bench.made_up import codes, elements, write
from bench.pairs import random_targets, rated_codes
from cache.release.ratings import RatingRows
from cache.release.reader import open_release


def test_codes_of_any_number_are_different_and_such_as_onet_has():
    made = codes(20_000)

    assert 20_000 == len(set(made))
    assert all(re.fullmatch(r"[0-9]{2}-[0-9]{4}\.[0-9]{2}", code) for code in made)


def test_skills_of_any_number_are_different():
    assert 3_500 == len(set(elements(3_500)))


def test_a_made_up_release_is_one_that_the_importer_takes(tmp_path):
    with open_release(write(tmp_path / "made-up", 3, 700)) as release:
        rows = RatingRows(release, release.occupations(), release.scales())

        assert 3 * 700 * 2 == len(list(rows))
        assert (True, 0) == (release.complete, rows.rejected)


def test_the_codes_that_have_ratings_are_read_from_a_release(tmp_path):
    assert codes(3) == rated_codes(write(tmp_path / "made-up", 3, 2))


def test_random_pairs_are_different_the_same_every_time_and_never_of_one_occupation():
    made = random_targets(codes(30), 500)

    assert made == random_targets(codes(30), 500)
    assert 500 == len(set(made))
    assert not [target for target in made if target[16:26] == target[-10:]]


def test_there_are_no_more_pairs_than_the_codes_make():
    assert 6 == len(random_targets(codes(3), 10_000))
