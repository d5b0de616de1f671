"""Every row of the tables is asked back around each boundary of its validity, and by age."""

from datetime import date, timedelta

import pytest

from tutela.law import Event, Facts, Outcome, deadlines, gaps, load_law
from tutela.law.provisions_asked import Charged, by_topic
from tutela.law.qualify import qualify_on
from tutela.law.words import read_words

LAW = load_law()
AGES = (9, 10, 13, 14, 15, 16, 17, 18)
KINDS = read_words("facts")
#: Between the rows of the first era and any that are known.
LONG_AGO = date(1995, 1, 1)


def days_around(row):
    """The day before, of and after each end of a row's validity."""
    ends = [end for end in (row.valid_from, row.valid_to) if end is not None]
    days = {end + timedelta(days=step) for end in ends for step in (-1, 0, 1)}
    return sorted(days) or [LONG_AGO, date(2030, 1, 1)]


def satisfying(condition, **facts):
    """Facts that meet a condition; what the caller gives is kept."""
    closed = {name: entry["absent"] for name, entry in KINDS.items() if "absent" in entry}
    met = {**closed, "consent": "no", "offender_age": 40}
    for term in condition:
        if term.comparison == "<":
            met[term.fact] = term.number - 1
        elif term.comparison in (">=", "<="):
            met[term.fact] = max(term.number, met.get(term.fact, 0))
        elif term.comparison == "=":
            met[term.fact] = term.values[0]
        else:
            met[term.fact] = "NL" if KINDS[term.fact]["type"] == "country" else "other"
    return {**met, **facts}


def age_terms(form):
    return [term for term in form.condition if term.fact == "victim_age"]


def in_words(age, terms):
    return all(
        age < term.number if term.comparison == "<" else age >= term.number for term in terms
    )


@pytest.mark.parametrize("identifier", LAW.offences)
def test_an_offence_holds_exactly_in_its_period_and_for_its_ages(identifier):
    offence = LAW.offences[identifier]
    forms = [form for form in LAW.forms if form.offence is offence]
    for form in forms:
        conduct = sorted(form.conducts)[0]
        for day in days_around(offence):
            for age in AGES:
                facts = Facts.of(**satisfying(form.condition, conduct=conduct, victim_age=age))
                reply = qualify_on(LAW, facts, day)
                found = {a.row: a for a in reply.answers}
                expected = offence.in_force(day) and in_words(age, age_terms(form))
                if expected and form.kind == "base" and identifier not in found:
                    # An aggravated form holds of the same facts and has absorbed this one.
                    assert any(a.topic == "aggravated" for a in reply.holding())
                    continue
                outcome = found[identifier].outcome if identifier in found else Outcome.FAILS
                wanted = Outcome.CONFLICT if form.conflict else Outcome.HOLDS
                assert (outcome is wanted) is expected, (day, age)
                assert all(cited_in_force(a) for a in reply.answers)


def cited_in_force(answer):
    return all(
        (c.valid_from is None or c.valid_from <= c.on) and (c.valid_to is None or c.on < c.valid_to)
        for c in answer.citations
    )


PROVISIONS = [row for rows in LAW.provisions.values() for row in rows if row.says != "report"]


@pytest.mark.parametrize("row", PROVISIONS, ids=lambda row: row.id)
def test_a_provision_answers_exactly_in_its_period(row):
    charged = Charged(keys=row.covers or frozenset({"none"}), article="x", known=True)
    condition = row.conditions[0]
    facts = Facts.of(**satisfying(condition))
    days = {*days_around(row), *([row.read_until] if row.read_until else [])}
    for day in sorted(days):
        answers = [
            a for found in by_topic(LAW, row.table, facts, day, charged).values() for a in found
        ]
        own = [a for a in answers if a.row == row.id]
        assert bool(own) is row.in_force(day), day
        assert all(cited_in_force(answer) for answer in answers)
        if own:
            unread = row.read_until is not None and day >= row.read_until
            said = {
                "holds": Outcome.HOLDS, "limit": Outcome.FAILS, "silent": Outcome.SILENT,
                "not-encoded": Outcome.NOT_ENCODED,
            }  # fmt: skip
            assert own[0].outcome is (Outcome.NOT_ENCODED if unread else said[row.says]), day


@pytest.mark.parametrize("limit", LAW.time_limits, ids=lambda limit: limit.id)
def test_a_time_limit_runs_only_while_its_provision_is_in_force(limit):
    for day in days_around(limit.provision):
        facts = Facts({"judged_on": day}, (Event(limit.event, day),))
        rows = {answer.row for answer in deadlines(facts).answers}
        assert (limit.id in rows) is limit.provision.in_force(day), day


@pytest.mark.parametrize("row", LAW.gaps, ids=lambda row: row["rec_no"])
def test_a_recommendation_is_open_until_the_day_that_closes_it(row):
    closing = row["closing_date"]
    if not closing:
        days = {date(2018, 1, 1): None, date(2030, 1, 1): None}
    else:
        day = LAW.new_code_from if closing == "with Book II" else date.fromisoformat(closing)
        days = {day - timedelta(days=1): True, day: False, day + timedelta(days=1): False}
    states = []
    for day, still_open in days.items():
        reply = gaps(Facts.of(judged_on=day))
        answer = next(a for a in reply.answers if a.row == row["rec_no"])
        states.append(answer.more["state"])
        if still_open is not None:
            assert (answer.more["state"] == "open") is still_open, day
    if not closing:
        assert len(set(states)) == 1


def test_all_forms_have_a_conduct_with_a_name():
    names = read_words("codes")["conduct"]
    assert {conduct for form in LAW.forms for conduct in form.conducts} <= set(names)
