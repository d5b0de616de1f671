"""Questions: the path through a door, answers that may stand, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.site.reports.doors import DOORS
from tutela.site.reports.questions import LONGEST_TEXT, Kind, Option, Question, clean, read_answer
from tutela.vocabulary import load


@pytest.mark.parametrize("door", DOORS.values(), ids=lambda door: door.name)
def test_every_question_is_reached_forwards_and_backwards(door):
    answers = {}
    seen, asked = [], None
    while (asked := door.after(asked.name if asked else None, answers)) is not None:
        seen.append(asked.name)
    assert seen == [q.name for q in door.questions]
    back, asked = [], None
    while (asked := door.before(asked.name if asked else None, answers)) is not None:
        back.append(asked.name)
    assert back == seen[::-1]


@pytest.mark.parametrize("door", DOORS.values(), ids=lambda door: door.name)
def test_danger_is_asked_first_and_codes_are_those_of_the_lists(door):
    assert door.questions[0].name == "danger"
    vocabulary = load("be")
    for name, listed in (("forms", "forms"), ("situations", "risk_situations")):
        question = door.question(name)
        if question is not None:
            known = set(vocabulary.codelist(listed))
            assert {option.code for option in question.options} <= known


def test_a_question_that_needs_another_answer_waits_for_it():
    question = Question("b", "b", Kind.LINE, when=("a", ("yes",)))
    assert question.asked({"a": ["yes"]})
    assert not question.asked({"a": ["no"]})
    assert not question.asked({})


def test_unknown_codes_are_dropped_and_one_is_one():
    question = Question("a", "a", Kind.ONE, (Option("x", "x"), Option("y", "y")), needed=True)
    assert read_answer(question, ["y", "x", "<script>"]) == (["x"], True)
    assert read_answer(question, ["z"]) == ([], False)


def test_a_country_is_one_of_the_list():
    question = DOORS["travel"].question("country")
    assert read_answer(question, ["TH"]) == (["TH"], True)
    assert read_answer(question, ["Narnia"]) == ([], False)
    assert read_answer(question, [""]) == ([], False)


def test_a_text_that_is_too_long_is_refused_whole_not_cut():
    question = Question("a", "a", Kind.TEXT)
    text = "x" * (LONGEST_TEXT + 1)
    assert read_answer(question, [text]) == ([text], False)


@given(st.text())
def test_cleaning_leaves_words_and_line_ends_and_settles(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert all(c in "\n\t" or c.isprintable() for c in cleaned)
    assert [c for c in cleaned if c.isalnum()] == [c for c in text if c.isalnum()]
