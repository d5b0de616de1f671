"""Guided questions: one at a time, in four languages, until the answer is settled."""

import pytest

from tutela.law import Facts, Outcome, load_law, next_questions, qualify, question_about
from tutela.law.words import LANGUAGES, read_words

ANSWERS = {
    "facts_on": "2023-03-01", "conduct": "csam_possession", "victim_age": 17, "offender_age": 17,
    "own_content": "yes", "consent": "yes", "family": "none", "authority": "no",
    "kept_private": "yes", "paid": "no",
}  # fmt: skip


def walk(answers):
    known = {}
    for _ in range(30):
        reply = qualify(Facts.of(**{k: v for k, v in known.items() if v is not None}))
        questions = next_questions(reply, known)
        if not questions:
            return reply, list(known)
        known[questions[0].fact] = answers.get(questions[0].fact)
    raise AssertionError(known)


def test_questions_lead_to_an_answer():
    reply, order = walk(ANSWERS)
    assert reply.outcome is Outcome.FAILS
    assert order[:3] == ["facts_on", "conduct", "victim_age"]


def test_a_question_left_open_is_not_asked_again():
    reply, order = walk({**ANSWERS, "kept_private": None})
    assert reply.outcome is Outcome.UNKNOWN
    assert len(order) == len(set(order))


@pytest.mark.parametrize("fact", read_words("facts"))
def test_every_fact_can_be_asked_about(fact):
    question = question_about(fact)
    assert set(question.words) == set(LANGUAGES)
    if question.kind in ("yes_no", "code"):
        assert all(set(names) == set(LANGUAGES) for names in question.choices.values())
        for value in question.choices:
            assert Facts.of(**{fact: value}).values[fact] == value


def test_the_timeline_is_read_in_four_languages_and_as_known_then():
    from datetime import date

    law = load_law()
    assert [change.id for change in law.timeline][-1] == "t-18"
    assert all(set(change.label) == set(LANGUAGES) for change in law.timeline)
    then = load_law(as_known_on=date(2021, 1, 1))
    assert "t-15" not in {change.id for change in then.timeline}
