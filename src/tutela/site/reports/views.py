"""The front door's pages: the doors, one question a page, all answers, the way back, the end."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tutela.site.permissions.actor import Actor
from tutela.site.reports import conversing
from tutela.site.reports.doors import DOORS
from tutela.site.reports.guard import from_elsewhere, front_door
from tutela.site.reports.help_tables import alternatives, mechanisms, takedown
from tutela.site.reports.questions import (
    LONGEST_TEXT,
    Door,
    Kind,
    Question,
    clean,
    country_name,
    country_options,
    read_answer,
)
from tutela.site.reports.receiving import Way, WeakPhraseError, receive_report
from tutela.site.reports.sealed_state import State, StateRefusedError, seal, unseal
from tutela.site.vault.envelopes import NoKey


def _language() -> str:
    return get_language() or "en"


@front_door
@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    """The first page: who are you, and where do you go."""
    return render(request, "report/doors.html", {"doors": DOORS.values()})


@front_door
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """Somebody has a picture of me: what to do, without sending the picture to anybody."""
    return render(request, "report/picture.html", {"services": takedown(_language())})


@front_door
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Away at once, to a page that says nothing; what the browser kept of this site is cleared."""
    response = HttpResponseRedirect(settings.REPORT_LEAVE_TO)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@front_door
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, name: str) -> HttpResponse:
    """The questions behind one door; the form carries all answers until it is sent."""
    entered = DOORS.get(name)
    if entered is None:
        raise Http404
    if request.method != "POST":
        return _before(request, entered)
    if request.FILES:
        return _files_refused(request, entered)
    if from_elsewhere(request):
        return _begin_again(request, entered, _("This form came from another site."))
    try:
        state = unseal(request.POST.get("state", ""))
    except StateRefusedError:
        return _begin_again(
            request, entered, _("This form was open for longer than a day, or it was changed.")
        )
    if state.door != entered.name:
        return _begin_again(request, entered, _("This form belongs to another door."))
    return _step(request, entered, state)


def _step(request: HttpRequest, entered: Door, state: State) -> HttpResponse:
    """One answer, and the page that follows from it or from the button that was pressed."""
    at = entered.question(request.POST.get("at", ""))
    go = request.POST.get("go", "next")
    if at is not None:
        answer, stands = read_answer(at, request.POST.getlist("answer"))
        if not stands and go == "next":
            return _question(request, entered, state.with_answer(at.name, answer), at, failed=True)
        state = state.with_answer(at.name, answer)
    if go.startswith("change:"):
        asked = entered.question(go.removeprefix("change:"))
        return _question(request, entered, state, asked or entered.questions[0])
    if go == "back":
        previous = entered.before(at.name if at else None, state.answers)
        return (
            _question(request, entered, state, previous) if previous else _before(request, entered)
        )
    if go == "check":
        return _check(request, entered, state)
    following = entered.after(at.name if at else None, state.answers)
    if following is None or (at is None and state.answers):
        return _check(request, entered, state)
    return _question(request, entered, state, following)


def _before(request: HttpRequest, entered: Door) -> HttpResponse:
    """Who will read it, when somebody answers, when confidentiality ends."""
    context = {"door": entered, "state": seal(State.new(entered.name))}
    return render(request, "report/before.html", context)


def _question(
    request: HttpRequest, entered: Door, state: State, asked: Question, *, failed: bool = False
) -> HttpResponse:
    path = entered.path(state.answers)
    context: dict[str, Any] = {
        "door": entered,
        "question": asked,
        "options": asked.options,
        "given": state.answers.get(asked.name, []),
        "state": seal(state),
        "number": path.index(asked) + 1 if asked in path else 1,
        "total": len(path),
        "failed": failed,
        "longest": LONGEST_TEXT,
        "danger": state.answers.get("danger") == ["yes"],
    }
    if asked.kind is Kind.COUNTRY:
        context["options"] = country_options(_language())
    return render(request, "report/question.html", context, status=422 if failed else 200)


def _check(
    request: HttpRequest, entered: Door, state: State, problem: str = "", status: int = 422
) -> HttpResponse:
    """All answers, each with a way to change it; then how to find the way back, and send."""
    answers = [
        (asked, [_words(asked, code) for code in state.answers.get(asked.name, [])])
        for asked in entered.path(state.answers)
    ]
    context = {
        "door": entered,
        "answers": answers,
        "state": seal(state),
        "abroad": _abroad(state),
        "danger": state.answers.get("danger") == ["yes"],
        "problem": problem,
    }
    return render(request, "report/check.html", context, status=status if problem else 200)


def _words(asked: Question, code: str) -> Any:
    """An answer in words: a country by its name, an option by its text, a text as it is."""
    if asked.kind is Kind.COUNTRY:
        return country_name(code, _language())
    return asked.label(code)


def _abroad(state: State) -> dict[str, Any] | None:
    """For a report from abroad: that country's own mechanism, or where to turn without one."""
    countries = state.answers.get("country", [])
    if not countries or countries == [settings.HOME_COUNTRY]:
        return None
    today = timezone.localdate()
    found = mechanisms(countries[0], _language(), today)
    return {"places": found or alternatives(_language()), "own": bool(found)}


def _files_refused(request: HttpRequest, entered: Door) -> HttpResponse:
    context = {"door": entered}
    return render(request, "report/files_refused.html", context, status=415)


def _begin_again(request: HttpRequest, entered: Door, why: str) -> HttpResponse:
    context = {"door": entered, "why": why}
    return render(request, "report/begin_again.html", context, status=400)


@front_door
@require_http_methods(["POST"])
def send(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the report and show the way back, once."""
    entered = DOORS.get(name)
    if entered is None:
        raise Http404
    if request.FILES:
        return _files_refused(request, entered)
    if from_elsewhere(request):
        return _begin_again(request, entered, _("This form came from another site."))
    try:
        state = unseal(request.POST.get("state", ""))
    except StateRefusedError:
        return _begin_again(
            request, entered, _("This form was open for longer than a day, or it was changed.")
        )
    if state.door != entered.name:
        return _begin_again(request, entered, _("This form belongs to another door."))
    for asked in entered.path(state.answers):
        if asked.needed and not state.answers.get(asked.name):
            return _question(request, entered, state, asked, failed=True)
    way = Way(request.POST["way"]) if request.POST.get("way") in set(Way) else Way.WORDS
    try:
        received = receive_report(
            actor=Actor.system("reports.receive"), door=entered.name, language=_language(),
            answers=state.answers, way=way, phrase=request.POST.get("phrase", "")[:200],
            began=state.began,
        )  # fmt: skip
    except WeakPhraseError:
        return _check(
            request, entered, state,
            _("Others could guess this sentence. Take at least four words, or let us make some."),
        )  # fmt: skip
    except NoKey:
        return _check(
            request, entered, state,
            _("Nobody can receive this right now. Nothing is lost: keep this page open and try"
              " again, or call one of the numbers below."),
            status=503,
        )  # fmt: skip
    context = {
        "door": entered,
        "lookup": received.lookup,
        "secret": received.secret,
        "danger": received.report.danger,
        "picture": "csam" in received.report.forms or "sexual_extortion" in received.report.forms,
    }
    return render(request, "report/sent.html", context)


@front_door
@require_http_methods(["GET", "HEAD", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    """Two words and a secret open the conversation; wrong ones cost as much time as right ones."""
    if request.method != "POST":
        return render(request, "report/return.html", {})
    opening = None
    if not from_elsewhere(request):
        opening = conversing.come_back(
            request.POST.get("lookup", "")[:100], request.POST.get("secret", "")[:200]
        )
    if opening is None:
        return render(request, "report/return.html", {"failed": True}, status=422)
    return _conversation(request, opening)


@front_door
@require_http_methods(["POST"])
def conversation(request: HttpRequest) -> HttpResponse:
    """Read, write, look again, close: what opens it travels in the page, for half an hour."""
    if request.POST.get("go") == "close":
        return redirect("report:leave")
    if request.FILES or from_elsewhere(request):
        return render(request, "report/return.html", {"failed": True}, status=422)
    try:
        opening = conversing.unseal(request.POST.get("state", ""))
    except conversing.ConversationClosedError:
        return render(request, "report/return.html", {"closed": True}, status=422)
    text = clean(request.POST.get("message", ""))
    if len(text) > conversing.LONGEST:
        failed = _("This is longer than %d characters. Nothing is lost: shorten it.")
        return _conversation(request, opening, failed % conversing.LONGEST, text, 422)
    if request.POST.get("go") == "write":
        conversing.write(opening, text, request.POST.get("safe", ""), request.POST.get("wish", ""))
    return _conversation(request, opening)


def _conversation(
    request: HttpRequest, opening: conversing.Opening, failed: str = "", draft: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    found = conversing.conversation(opening)
    context = {
        "stage": found.stage, "messages": found.messages, "safe": found.safe,
        "wish": found.wish, "by_child": found.by_child, "state": opening.sealed(),
        "failed": failed, "draft": draft,
    }  # fmt: skip
    return render(request, "report/conversation.html", context, status=status)
