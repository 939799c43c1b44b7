import inspect
import pickle

import pytest

from onet_client import errors
from onet_client.errors import NotFound, NotOffered, OnetError

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_has_the_one_root_and_no_other_parent(kind):
    parent = NotFound if kind is NotOffered else OnetError  # a table is a thing not found, too
    assert kind is OnetError or kind.__bases__ == (parent,)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_says_what_it_knows_and_no_more(kind):
    error = kind("what happened")

    assert "what happened" == str(error)
    assert (None, None, 0, None) == (error.status, error.url, error.attempts, error.retry_after)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_survives_a_way_between_processes(kind):
    error = kind("what happened", status=503, url="https://a/b", attempts=3, retry_after=7.0)

    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is kind
    assert str(error) == str(copy)
    assert vars(error) == vars(copy)
