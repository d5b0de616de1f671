"""Pages about oneself: what waits, what one may do, one's password and language."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tutela.site.accounts import actions
from tutela.site.accounts.forms import AcceptForm, LanguageForm, PasswordForm
from tutela.site.accounts.notices import finish, open_tasks
from tutela.site.accounts.rights import not_held, rights_of
from tutela.site.audit.access import SESSION_WORDS, session_events
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.gate import ENTRANCE, SIGNED_IN, at
from tutela.site.permissions.request import StaffRequest


@at(SIGNED_IN)
@require_safe
def first_page(request: StaffRequest) -> HttpResponse:
    """What waits for the person, oldest first."""
    return render(request, "staff/first_page.html", {"tasks": open_tasks(request.user.id)})


@at(SIGNED_IN)
@require_safe
def rights(request: StaffRequest) -> HttpResponse:
    """What the person may do, and why; what not, and who may."""
    return render(
        request,
        "staff/rights.html",
        {
            "held": rights_of(request.actor),
            "not_held": not_held(request.actor),
            "form": LanguageForm(initial={"language": request.user.language}),
        },
    )


@at(SIGNED_IN)
@require_safe
def events(request: StaffRequest) -> HttpResponse:
    """When the person signed in and what changed about it; having looked closes the question."""
    finish("account_changed", request.user.id, user_id=request.user.id)
    lines = [
        (time, SESSION_WORDS.get(name, name)) for time, name in session_events(request.user.id)
    ]
    return render(request, "staff/events.html", {"lines": lines})


@at(SIGNED_IN)
@require_POST
def language(request: StaffRequest) -> HttpResponse:
    """Change the language of one's pages and e-mail."""
    form = LanguageForm(request.POST)
    if form.is_valid():
        request.user.language = form.cleaned_data["language"]
        request.user.save(update_fields=["language"])
    return redirect("accounts:rights")


@at(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def password(request: StaffRequest) -> HttpResponse:
    """Change one's password; other sessions of the person end."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_password(
                actor=request.actor,
                user=request.user,
                old_password=form.cleaned_data["old_password"],
                password=form.cleaned_data["password"],
                request=request,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("Your password is changed. Other sessions have ended."))
            return redirect("accounts:first")
    return render(request, "staff/password.html", {"form": form})


@at(ENTRANCE)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept an invitation: name, language, password; then sign in."""
    found = actions.open_invitation(secret)
    if found is None:
        return render(request, "staff/invitation_gone.html", status=404)
    form = AcceptForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if request.method == "POST" and form.is_valid():
        try:
            actions.accept_invitation(
                actor=Actor.system("accounts.accept_invitation"),
                secret=secret,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                language=form.cleaned_data["language"],
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Your account is made. Sign in with your new password."))
            return redirect("account_login")
    return render(request, "staff/invitation.html", {"form": form, "invitation": found})
