"""What a command says may be asked for instead, where there is no answer."""

import pytest

from app.terminal.screen import _instead

ONE = {"code": "15-1254.00", "title": "Web Developers"}


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        ({"candidates": {"to": [ONE]}}, "  to could be 15-1254.00 Web Developers"),
        ({"suggestions": [ONE]}, "  near it is 15-1254.00 Web Developers"),
        ({"alternatives": [ONE]}, "  rated is 15-1254.00 Web Developers"),
    ],
)
def test_what_a_problem_offers_instead_is_told_line_by_line(problem, line):
    assert [line] == _instead(problem)
