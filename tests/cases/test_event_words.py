"""Every action has words, and the table of what is recorded says what the code writes."""

from cases import event_words
from tests.actions_recorded import CHANGING, DOCUMENT, actions, document, written


def test_every_action_that_the_code_writes_has_words():
    things, deeds = dict(event_words.things()), dict(event_words.deeds())
    speechless = []
    for action in actions():
        thing, _dot, deed = action.partition(".")
        if thing not in things or deed not in deeds:
            speechless.append(action)
    assert len(actions()) > 90
    assert speechless == []


def test_every_action_with_a_changing_part_says_what_it_can_be():
    assert {text for text in written() if "{" in text} == set(CHANGING)


def test_the_table_of_events_is_as_the_code_writes_them():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "write it anew: ./dev python tests/actions_recorded.py"


def test_a_code_without_words_is_shown_as_it_is():
    assert event_words.action_words("nothing.known") == "nothing: known"
    assert event_words.kind_words("gone.model") == ""
