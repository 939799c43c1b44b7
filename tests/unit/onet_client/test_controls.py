import pytest

from onet_client.controls import escaped, has_control

CONTROLS = ["\x00", "\x07", "\x08", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\x9b", "\ud800"]


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_character_is_found_in_any_of_several_texts(control):
    assert has_control("a", f"b{control}c", "")
    assert has_control(control)


@pytest.mark.parametrize("text", ["", "Kite Masters", "É \N{KITE}", "no\xa0break", "\u200b\u2028"])
def test_other_texts_have_none_and_stay_as_they_are(text):
    assert not has_control(text, text)
    assert text == escaped(text)


def test_control_characters_are_written_so_that_they_do_nothing():
    assert r"\x1b[2J \x07\r\n\x9b \ud800" == escaped("\x1b[2J \x07\r\n\x9b \ud800")
    assert not any(has_control(escaped(control)) for control in CONTROLS)
