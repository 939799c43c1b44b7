from bench.growing import Sized, what_grows


def sized(occupations, skills, workers=2, *, rates=None, **costs):
    return Sized(occupations, skills, "SQLite", workers, costs, rates or {})


def test_a_figure_is_named_by_what_it_grows_with_and_how_much():
    found = [
        sized(64, 35, seed=1, read=2, hot=0.5, list=1),
        sized(6400, 35, seed=10, read=2, hot=0.5, list=9),
        sized(64, 3500, seed=20, read=200, hot=0.6, list=1),
    ]

    (told,) = what_grows(found)

    assert told.startswith("**SQLite**; in brackets how many times as much with 100 times the occ")
    assert "with the number of occupations and of skills: seed (10, 20);" in told
    assert "with the number of occupations, not of skills: list (9, 1);" in told
    assert "with the number of skills, not of occupations: read (1, 100);" in told
    assert told.endswith("with neither: hot (1, 1.2).")


def test_a_figure_that_one_end_lacks_is_not_told():
    found = [sized(64, 35, read=1, hot=1), sized(640, 35, hot=1), sized(64, 350, read=9, hot=1)]

    (told,) = what_grows(found)

    assert told.endswith("Grows with neither: hot (1, 1).")


def test_nothing_is_told_of_growth_where_an_end_was_left_out():
    assert [] == what_grows([sized(64, 35, read=1), sized(6400, 35, read=1)])


def test_rates_are_told_in_times_those_of_the_fewest_workers():
    found = [sized(64, 35, n, rates={"hot": rate}) for n, rate in ((2, 15), (1, 10), (4, 20))]

    (told,) = what_grows(found)

    assert (
        "**SQLite**, requests/s with 1, 2, 4 workers, in times those of 1: hot 1, 1.5, 2." == told
    )


def test_each_database_is_told_apart():
    rates = {"hot": 10.0}
    found = [
        Sized(64, 35, database, workers, {}, rates)
        for database in ("SQLite", "MariaDB")
        for workers in (1, 2)
    ]

    assert ["**SQLite**", "**MariaDB**"] == [told.partition(",")[0] for told in what_grows(found)]
