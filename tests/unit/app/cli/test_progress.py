from support.clock import Seconds

from app.cli.progress import _download_lines


def test_a_download_is_told_every_five_seconds_where_there_is_no_terminal(capsys):
    seconds = Seconds()
    tell = _download_lines(seconds)
    for now, done in ((1, 1_000_000), (6, 2_000_000), (7, 2_500_000), (12, 3_440_000)):
        seconds.now = 100.0 + now
        tell(done, 15_000_000)

    assert ["  2.0 of 15.0 MB", "  3.4 of 15.0 MB"] == capsys.readouterr().err.splitlines()


def test_a_download_of_unknown_size_is_told_by_what_is_here(capsys):
    seconds = Seconds()
    tell = _download_lines(seconds)
    seconds.now += 5
    tell(1_000_000, None)

    assert "  1.0 MB\n" == capsys.readouterr().err
