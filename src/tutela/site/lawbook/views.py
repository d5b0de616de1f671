"""The public law pages. They keep nothing, set no cookie and need no script."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from csp.constants import SELF
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from tutela.errors import InputRefused
from tutela.law import load_law, question_about
from tutela.law.asking import Question
from tutela.law.refusals import in_language
from tutela.law.words import code_label
from tutela.site.lawbook import guided, pages
from tutela.site.lawbook.questions import QUESTIONS, hint
from tutela.site.lawbook.shown import shown_reply
from tutela.vocabulary import Vocabulary
from tutela.vocabulary.territories import STATELESS

_FIRST, _LAST = date(1990, 1, 1), date(2099, 12, 31)
View = Callable[..., HttpResponse]


def _language() -> str:
    return get_language() or "en"


def _kept_nowhere(view: View) -> View:
    """The page is stored neither by the browser nor on the way, and may send its own form."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response._csp_replace = {"form-action": [SELF]}  # type: ignore[attr-defined]
        return response

    return answer


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What can be asked here, and what it is not."""
    return render(request, "law/landing.html", {"questions": QUESTIONS.items()})


@_kept_nowhere
@csrf_exempt  # Asking changes nothing, so there is nothing that a forged form could do.
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, question: str) -> HttpResponse:
    """One question at a time; the answer when the reader wants it or nothing is left to ask."""
    if question not in guided.ASKED:
        raise Http404
    conversation = guided.read(question, request.POST)
    if "new-code-chosen" in request.POST:
        conversation = conversation.under(request.POST["new-code-chosen"])
    if request.method == "POST":
        return _go_on(request, conversation)
    return _question_page(request, conversation, guided.first_question(question))


def _go_on(request: HttpRequest, conversation: guided.Conversation) -> HttpResponse:
    """What the reader's button asks for."""
    form, before = request.POST, conversation
    fact, answer = form.get("fact", ""), form.get("answer", "").strip()
    known_fact = guided.is_fact(fact)
    if changed := form.get("change", ""):
        conversation = conversation.without(changed)
        if guided.is_fact(changed):
            return _question_page(request, conversation, question_about(changed))
    elif "add-event" in form:
        conversation = conversation.with_event(
            form.get("event-kind", ""), form.get("event-day", "")
        )
    elif "drop-event" in form:
        conversation = conversation.without_event(form.get("drop-event", ""))
    elif "skip" in form and known_fact:
        conversation = conversation.with_(fact, None)
    elif "nothing-else" in form:
        conversation = conversation.closed()
    elif "show" not in form and known_fact:
        if not answer:
            return _question_page(request, before, question_about(fact), unanswered=True)
        conversation = conversation.with_(fact, answer)
    try:
        reply = conversation.reply()
    except InputRefused as error:
        refusal = in_language(error, _language())
        asked = question_about(fact) if known_fact else guided.first_question(before.question)
        return _question_page(request, before, asked, refusal=refusal)
    if guided.wants_events(conversation) and not ("show" in form and conversation.events):
        return _events_page(request, conversation)
    following = guided.open_question(conversation, reply)
    wants_answer = "show" in form or "nothing-else" in form or following is None
    if wants_answer and (guided.is_ready(conversation) or following is None):
        return _answer_page(request, conversation, reply)
    assert following is not None  # noqa: S101 - the page of the answer took the other case
    return _question_page(request, conversation, following)


def _question_page(
    request: HttpRequest, conversation: guided.Conversation, asked: Question, *,
    refusal: InputRefused | None = None, unanswered: bool = False,
) -> HttpResponse:  # fmt: skip
    language = _language()
    ready = guided.is_ready(conversation)
    context = {
        **_said(conversation, language),
        "asked": asked,
        "words": asked.words[language],
        "hint": hint(asked.fact),
        "choices": [(value, words[language]) for value, words in asked.choices.items()],
        "countries": _countries(language) if asked.kind == "country" else [],
        "default": timezone.localdate().isoformat() if asked.fact == "judged_on" else "",
        "refusal": refusal,
        "unanswered": unanswered,
        "ready": ready,
        "closable": ready and conversation.question in guided.CLOSABLE,
    }
    status = 400 if refusal or unanswered else 200
    return render(request, "law/question.html", context, status=status)


def _events_page(request: HttpRequest, conversation: guided.Conversation) -> HttpResponse:
    """What happened on which day: as many as the reader knows, then what is due."""
    language = _language()
    choices = [(code, words[language]) for code, words in guided.events_asked().items()]
    incomplete = "add-event" in request.POST and not request.POST.get("event-day")
    context = {**_said(conversation, language), "choices": choices, "incomplete": incomplete}
    return render(request, "law/events.html", context, status=400 if incomplete else 200)


def _answer_page(
    request: HttpRequest, conversation: guided.Conversation, reply: Any
) -> HttpResponse:
    language = _language()
    missing = [
        (fact, question_about(fact).words[language])
        for fact in reply.missing
        if guided.is_fact(fact)
    ]
    context = {
        **_said(conversation, language),
        "reply": shown_reply(reply, language),
        "missing": missing,
        "readings": pages.readings(language),
        "chosen": conversation.new_code,
        "today": timezone.localdate(),
    }
    return render(request, "law/answer.html", context)


def _said(conversation: guided.Conversation, language: str) -> dict[str, Any]:
    """What was said so far, with its words, and the hidden fields that carry it on."""
    names = dict(_countries(language))
    said = []
    for fact, value in conversation.said.items():
        asked = question_about(fact)
        if value is not None and asked.kind == "country":
            shown = names.get(value.upper(), value)
        elif value is not None:
            shown = code_label(fact, value)[language]
        else:
            shown = None
        said.append((fact, asked.words[language], shown))
    events = [(guided.events_asked()[event][language], day) for event, day in conversation.events]
    return {
        "question": conversation.question,
        "title": QUESTIONS[conversation.question].title,
        "said": said,
        "said_events": events,
        "nothing_else": conversation.nothing_else,
        "fields": conversation.fields(),
    }


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """The three eras, the laws that made them, and the open commencement of the new Code."""
    chosen = guided.reading(request.GET.get(guided.NEW_CODE, ""))
    changes, readings = pages.timeline(_language(), chosen)
    eras = [(pages.ERAS[era], start) for era, start in load_law(new_code_from=chosen).eras.items()]
    context = {"changes": changes, "readings": readings, "eras": eras, "chosen": chosen}
    return render(request, "law/timeline.html", context)


@require_safe
def gaps(request: HttpRequest) -> HttpResponse:
    """The report's recommendations against the law on a day, and gaps of the tables' own."""
    on, reading, refused = _day_and_reading(request)
    rows = pages.gap_rows(on, _language(), reading)
    wanted = request.GET.get("state", "")
    counts = {state: sum(row.state == state for row in rows) for state in pages.STATES}
    shown = [row for row in rows if not wanted or row.state == wanted]
    return render(
        request,
        "law/gaps.html",
        {
            "on": on, "reading": reading, "refused": refused, "wanted": wanted,
            "readings": pages.readings(_language()),
            "recommendations": [row for row in shown if row.number],
            "found": [row for row in shown if not row.number],
            "states": [
                (state, words, counts[state]) for state, words in pages.STATES.items()
            ],
        },
    )  # fmt: skip


@require_safe
def gaps_file(request: HttpRequest) -> HttpResponse:
    """The same table as a file."""
    on, reading, _refused = _day_and_reading(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="gaps-{on.isoformat()}.csv"'
    writer = csv.writer(response, lineterminator="\r\n")
    writer.writerow(["on", "recommendation", "text", "state", "article", "why"])
    for row in pages.gap_rows(on, _language(), reading):
        writer.writerow([on.isoformat(), row.number, row.label, row.state, row.article, row.why])
    return response


@require_safe
def offences(request: HttpRequest) -> HttpResponse:
    """All offences, found by words and by era."""
    words, era = request.GET.get("find", "")[:100], request.GET.get("era", "")
    era = era if era in pages.ERAS else ""
    found = pages.offences(_language(), words, era)
    return render(
        request,
        "law/offences.html",
        {"offences": found, "words": words, "era": era, "eras": pages.ERAS.items()},
    )


@require_safe
def offence(request: HttpRequest, offence_id: str) -> HttpResponse:
    """Everything about one offence."""
    found = pages.offence_page(offence_id, _language())
    if found is None:
        raise Http404
    return render(request, "law/offence.html", {"offence": found})


def _day_and_reading(request: HttpRequest) -> tuple[date, date | None, str]:
    """The day asked about (today where it makes no sense, and then what was refused)."""
    text, refused = request.GET.get("on", ""), ""
    on = timezone.localdate()
    if text:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is not None and _FIRST <= day <= _LAST:
            on = day
        else:
            refused = text[:40]
    return on, guided.reading(request.GET.get(guided.NEW_CODE, "")), refused


def _countries(language: str) -> list[tuple[str, str]]:
    """Countries by name, the home country first."""
    home = load_law().country.upper()
    known = Vocabulary(home.lower()).codelist("countries")
    named = [(code, known.label(code, language)) for code in known if code != STATELESS]
    return sorted(named, key=lambda pair: (pair[0] != home, pair[1]))
