"""The ids of operations."""

import pytest

from app.api.operations import operation_id


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("get", "/skill-gap", "getSkillGap"),
        ("get", "/things/{id}", "getThing"),
        ("delete", "/admin/cache/entries/{code}", "deleteAdminCacheEntry"),
        ("get", "/occupations/{code}/transitions", "getOccupationTransitions"),
    ],
)
def test_an_id_is_made_of_method_and_path(method: str, path: str, expected: str) -> None:
    assert expected == operation_id(method, path)
