"""Bodies with profiles: loaded the short way where nothing is wrong, and the same either way."""

import pytest
from marshmallow import ValidationError

from app.profiles.schema import GAP_EXAMPLE, TRANSITIONS_EXAMPLE, OwnGapQuery, OwnTransitionsQuery
from app.query_fields import QuickSchema

OWN = {"occupations": ["chief executives", " 151254 "], "ratings": {"2.B.3.e": 0, "2.A.1.a": 6.5}}
BODIES = [
    (OwnGapQuery, GAP_EXAMPLE),
    (OwnGapQuery, {"to": "15-1254", "from": {"ratings": {"2.A.1.a": 7}}, "format": "csv"}),
    (OwnGapQuery, {"from": OWN, "to": "Nurse", "kind": None, "significant": True, "limit": 2}),
    (OwnGapQuery, {"from": OWN, "to": "Nurse", "min_importance": 2.5, "include": "covered"}),
    (OwnTransitionsQuery, TRANSITIONS_EXAMPLE),
    (OwnTransitionsQuery, {"from": OWN, "job_zone": [4, 3], "zone_change": "-1..1", "rank": "fit"}),
]
WRONG = [
    {"from": OWN},
    {"from": {}, "to": "Nurse"},
    {"from": {"ratings": {"2.A.1.a": -0.1}}, "to": "Nurse"},
    {"from": OWN, "to": "Nurse", "other": 1},
    {"from": OWN, "to": "Nurse", "limit": 0},
    [],
]


@pytest.mark.parametrize(("schema", "body"), BODIES)
def test_a_body_means_the_same_either_way(schema, body, monkeypatch):
    found = schema().load(body)
    monkeypatch.setattr(QuickSchema, "_quick", lambda *_: None)

    assert schema().load(body) == found


@pytest.mark.parametrize(("schema", "body"), BODIES)
def test_what_nothing_is_wrong_with_is_loaded_the_short_way(schema, body):
    assert schema()._quick(body) is not None


@pytest.mark.parametrize("body", WRONG)
def test_what_is_wrong_is_left_to_marshmallow(body):
    assert OwnGapQuery()._quick(body) is None
    with pytest.raises(ValidationError):
        OwnGapQuery().load(body)
