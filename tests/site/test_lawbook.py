"""The public law pages: one question at a time, an article for each answer, a person for doubt."""

import csv
import io
import re

import pytest

from tutela.law import load_law
from tutela.law.asking import FIRST
from tutela.site.lawbook.guided import ASKED
from tutela.site.lawbook.questions import QUESTIONS

LANGUAGES = ("fr", "nl", "de", "en")
DATES = {"facts_on": "2023-05-01", "judged_on": "2026-11-25"}
KNOWN = {
    "qualify": {"said-facts_on": "2023-05-01", "said-conduct": "rape", "said-victim_age": "15"},
    "jurisdiction": {
        "said-facts_on": "2023-05-01", "said-place": "TH", "said-conduct": "rape",
        "said-victim_age": "12",
    },
    "protections": {
        "said-facts_on": "2023-05-01", "said-conduct": "rape", "said-victim_age": "13",
        "said-judged_on": "2023-06-01",
    },
    "status": {"said-person": "unaccompanied_minor", "said-judged_on": "2026-11-25"},
    "deadlines": {"said-judged_on": "2026-11-25", "event": "complaint|2025-01-01"},
    "compensation": {"said-judged_on": "2026-11-25", "said-place": "BE"},
}  # fmt: skip


def text(answer):
    return answer.content.decode()


def ask(client, question, form, language="en"):
    return client.post(f"/{language}/law/ask/{question}/", form)


def carried(page):
    """The hidden fields of a page, as a browser would send them."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "path", ["", "timeline/", "gaps/", "offences/", "offences/be22-417_24/", "ask/qualify/"]
)
def test_every_page_reads_in_every_language(client, language, path):
    answer = client.get(f"/{language}/law/{path}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text(answer)
    assert not answer.cookies


def test_law_pages_are_no_figures_and_so_not_synthetic(client):
    page = text(client.get("/en/law/"))
    assert "SYNTHETIC" not in page
    assert "not legal advice" in page


def test_they_stand_without_any_release(reading):
    assert reading(None).get("/en/law/offences/").status_code == 200


def test_a_reader_goes_from_question_to_question_to_the_answer(client):
    page = text(client.get("/en/law/ask/qualify/"))
    said = {}
    for fact, value in (("facts_on", "2023-05-01"), ("conduct", "brothel"), ("victim_age", "15")):
        assert carried(page)["fact"] == fact
        said = {**carried(page), "answer": value, "go": "1"}
        page = text(ask(client, "qualify", said))
    assert "Show the answer" in page
    page = text(ask(client, "qualify", {**carried(page), "nothing-else": "1"}))
    assert "417/30" in page
    assert "180-240 months of prison" in page
    assert "The law provides it" in page
    assert "not legal advice" in page


def test_nothing_that_was_said_stands_in_an_address_or_is_stored(client):
    answer = ask(client, "qualify", {**KNOWN["qualify"], "show": "1"})
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert "form-action 'self'" in answer["Content-Security-Policy"]
    for address in re.findall(r'(?:href|action)="([^"]+)"', text(answer)):
        assert "2023-05-01" not in address
        assert "victim_age" not in address


@pytest.mark.parametrize("question", ASKED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_anything_but_holds_sends_the_reader_to_a_person(client, question, language):
    answer = ask(client, question, {**KNOWN[question], "show": "1"}, language)
    assert answer.status_code == 200
    page = text(answer)
    reply = ASKED[question](read(question))
    outcomes = {one.outcome.value for one in reply.answers} - {"Holds", "Fails"}
    doubt = reply.outcome.value != "Holds" or bool(outcomes)
    assert ('id="person"' in page) == doubt
    if doubt:
        assert 'href="tel:' in page[page.index('id="person"') :]


def read(question):
    from django.http import QueryDict

    from tutela.site.lawbook import guided

    form = QueryDict(mutable=True)
    for name, value in KNOWN[question].items():
        form[name] = value
    return guided.read(question, form).facts()


@pytest.mark.parametrize("question", ASKED)
def test_each_first_question_may_be_left_open(client, question):
    page = text(client.get(f"/en/law/ask/{question}/"))
    for fact in FIRST[question]:
        assert carried(page)["fact"] == fact
        page = text(ask(client, question, {**carried(page), "skip": "1"}))
    assert "I do not know" in page


def test_an_unknown_fact_is_asked_for_and_never_assumed(client):
    page = text(ask(client, "qualify", {**KNOWN["qualify"], "said-victim_age": "", "show": "1"}))
    assert "A fact is missing" in page
    assert 'name="change" value="victim_age"' in page
    assert 'id="person"' in page


def test_what_was_said_can_be_changed_and_the_rest_stays(client):
    page = text(ask(client, "qualify", {**KNOWN["qualify"], "show": "1"}))
    page = text(ask(client, "qualify", {**carried(page), "change": "victim_age"}))
    fields = carried(page)
    assert fields["fact"] == "victim_age"
    assert "said-victim_age" not in fields
    assert fields["said-conduct"] == "rape"


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("facts_on", "2023-02-30", "2023-02-30"),
        ("facts_on", "1066-10-14", "1066"),
        ("victim_age", "fifteen", "fifteen"),
        ("victim_age", "-3", "-3"),
        ("victim_age", "400", "400"),
        ("conduct", "no such thing", "no such thing"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_value_and_remedy(client, fact, value, words):
    form = {name: v for name, v in KNOWN["qualify"].items() if name != f"said-{fact}"}
    answer = ask(client, "qualify", {**form, "fact": fact, "answer": value, "go": "1"}, "fr")
    assert answer.status_code == 400
    page = text(answer)
    assert 'role="alert"' in page
    assert words in page
    assert carried(page)["fact"] == fact


def test_no_answer_at_all_is_not_taken_for_one(client):
    answer = ask(client, "qualify", {"fact": "facts_on", "answer": "", "go": "1"})
    assert answer.status_code == 400
    assert "say that you do not know" in text(answer)


def test_a_change_of_law_shows_both_ranges(client):
    form = {
        "said-facts_on": "2021-05-01", "said-conduct": "brothel", "said-victim_age": "15",
        "said-judged_on": "2023-05-01", "nothing-else": "1",
    }  # fmt: skip
    page = text(ask(client, "qualify", form))
    assert "Law of 2021-05-01, article 380 §5" in page
    assert "Law of 2022-06-01, article 417/30" in page


def test_the_open_commencement_stays_visible(client):
    form = {**KNOWN["qualify"], "said-facts_on": "2026-06-01", "nothing-else": "1"}
    page = text(ask(client, "qualify", form))
    assert "numac 2024002052" in page
    assert "numac 2024002088" in page
    assert "If the new Code started on 2026-04-08" in page


def test_events_are_added_taken_away_and_reckoned(client):
    page = text(ask(client, "deadlines", {"said-judged_on": "2026-11-25", "go": "1"}))
    assert "On which day" in page
    form = {**carried(page), "add-event": "1", "event-kind": "complaint", "event-day": "2025-01-01"}
    page = text(ask(client, "deadlines", form))
    assert carried(page)["event"] == "complaint|2025-01-01"
    due = text(ask(client, "deadlines", {**carried(page), "show": "1"}))
    assert "2026-01-01" in due
    gone = text(ask(client, "deadlines", {**carried(page), "drop-event": "0"}))
    assert "event" not in carried(gone)
    answer = ask(
        client, "deadlines", {**carried(gone), "add-event": "1", "event-kind": "complaint"}
    )
    assert answer.status_code == 400


def test_script_in_an_answer_is_shown_as_text(client):
    nasty = "<script>alert(1)</script>"
    form = {**KNOWN["qualify"], "fact": "victim_age", "answer": nasty, "go": "1"}
    form.pop("said-victim_age")
    assert "<script>" not in text(ask(client, "qualify", form))


def test_unknown_questions_and_offences_are_not_found(client):
    assert client.get("/en/law/ask/everything/").status_code == 404
    assert client.get("/en/law/offences/nothing/").status_code == 404


@pytest.mark.parametrize("offence_id", sorted(load_law().offences)[::3])
def test_the_page_of_an_offence_names_its_article_and_that_of_each_row(client, offence_id):
    from tutela.law import offence_card

    law = load_law()
    page = text(client.get(f"/en/law/offences/{offence_id}/"))
    card = offence_card(law, offence_id)
    assert law.offences[offence_id].article in page
    for rows in card.provisions.values():
        for row in rows:
            assert law.article(row.article)["en"] in page, row.id
    if law.offences[offence_id].status == "report-only":
        assert "Not confirmed" in page


def test_offences_are_found_by_words_by_article_and_by_era(client):
    found = text(client.get("/en/law/offences/", {"find": "grooming", "era": "2018"}))
    assert "377quater" in found
    assert "be22-417_24" not in found
    assert "be22-417_24" in text(client.get("/en/law/offences/", {"find": "417/24"}))
    assert "No offence has all these words" in (
        text(client.get("/en/law/offences/", {"find": "xyzzy"}))
    )


def test_the_gap_table_holds_all_39_recommendations_and_changes_with_the_day(client):
    now = text(client.get("/en/law/gaps/", {"on": "2027-01-01"}))
    before = text(client.get("/en/law/gaps/", {"on": "2018-07-01"}))
    assert len(re.findall(r"<tr><td>\d+</td>", now)) == 39
    assert len(re.findall(r"<td>closed</td>", now)) > len(re.findall(r"<td>closed</td>", before))
    only = text(client.get("/en/law/gaps/", {"on": "2027-01-01", "state": "closed"}))
    assert len(re.findall(r"<tr><td>\d+</td>", only)) == len(re.findall(r"<td>closed</td>", now))


def test_a_day_that_is_none_is_refused_in_words(client):
    page = text(client.get("/fr/law/gaps/", {"on": "1.1.2026"}))
    assert 'role="alert"' in page
    assert "1.1.2026" in page


def test_the_gap_table_is_a_file_too(client):
    answer = client.get("/nl/law/gaps.csv", {"on": "2027-01-01"})
    rows = list(csv.DictReader(io.StringIO(text(answer))))
    assert len([row for row in rows if row["recommendation"]]) == 39
    assert all(row["on"] == "2027-01-01" for row in rows)


def test_the_timeline_shows_both_readings_with_their_sources(client):
    page = text(client.get("/en/law/timeline/"))
    assert "numac 2024002052" in page
    assert "numac 2024002088" in page
    assert page.count("<tr") > len(load_law().timeline)


def test_every_question_of_the_engine_is_offered():
    assert set(QUESTIONS) == set(ASKED)


def test_a_reader_chooses_when_the_new_code_starts(client):
    form = {**KNOWN["qualify"], "said-facts_on": "2026-06-01", "nothing-else": "1"}
    page = text(ask(client, "qualify", form))
    other = text(
        ask(client, "qualify", {**carried(page), "show": "1", "new-code-chosen": "2026-04-08"})
    )
    assert carried(other)["new-code"] == "2026-04-08"
    assert "417/16" in page
    assert "417/16" not in other[: other.index('id="assumed"')]
    assert "April 8, 2026" in text(client.get("/en/law/timeline/", {"new-code": "2026-04-08"}))


def test_whoever_is_sent_to_a_person_can_write_to_one(client):
    page = text(ask(client, "qualify", {**KNOWN["qualify"], "said-victim_age": "", "show": "1"}))
    assert 'href="/en/report/"' in page


def test_what_no_row_names_an_offence_for_is_said(client):
    page = text(client.get("/en/law/offences/ben-339/"))
    assert "No row of these tables names this offence for:" in page
