"""The one table of permissions: what is not written here is denied.

A row says: this role may take this action under this condition, for these purposes. Every page
names the action that it needs (`gate.guarded`), every action and access asks `decide` again with
its target. `tests/site/test_permissions.py` walks every address with every role against it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela.site.permissions.conditions import (
    Condition,
    anywhere,
    assigned,
    entitled,
    entitled_and_somebody_elses,
    made_by_oneself,
    oneself,
    own_organisation,
    received,
    somebody_elses,
)
from tutela.site.permissions.roles import Purpose, Role


@dataclass(frozen=True)
class Grant:
    """One row of the table."""

    action: str
    role: Role
    condition: Condition
    purposes: frozenset[Purpose]


def _rows(
    action: str, condition: Condition, purposes: set[Purpose], *roles: Role
) -> tuple[Grant, ...]:
    return tuple(Grant(action, role, condition, frozenset(purposes)) for role in roles)


_ADMIN = {Purpose.ADMINISTRATION}
_PROTECTION = {Purpose.PROTECTION}
_RECEIVING = {Purpose.PROSECUTION, Purpose.PROTECTION}
_OVERSIGHT = {Purpose.OVERSIGHT}
_TRIAGE = {Purpose.TRIAGE}
_SHIFTS = (Role.OPERATOR, Role.SUPERVISOR)
#: For which purposes a record may be opened in an emergency, and by whom.
_EMERGENCY = {Purpose.TRIAGE, Purpose.PROTECTION, Purpose.PROSECUTION}
_AT_WORK = (Role.OPERATOR, Role.SUPERVISOR, Role.CASE_WORKER, Role.GUARDIAN, Role.LIAISON)

#: What each action is, in words; an action without words cannot be granted.
ACTIONS: dict[str, Promise | str] = {
    "accounts.see_members": _("see who belongs to the organisation"),
    "accounts.invite": _("invite somebody, withdraw an invitation"),
    "accounts.start_anew": _("let somebody choose password and second factor anew"),
    "accounts.end_membership": _("end somebody's role"),
    "accounts.name_deputy": _("name a deputy for an absence"),
    "audit.read": _("read the audit log of the organisation"),
    "vault.see_keys": _("see who has the organisation's key"),
    "vault.grant_key": _("give a member the organisation's key"),
    "vault.rotate_key": _("replace the organisation's key"),
    "emergency.open": _("open a record in an emergency"),
    "emergency.ask": _("ask to be let in to another organisation's record in an emergency"),
    "emergency.close": _("give an emergency access back"),
    "emergency.see": _("see emergency accesses"),
    "emergency.let_in": _("let somebody in to a record in an emergency"),
    "emergency.review": _("judge an emergency access"),
    "data_protection.see": _("see the register of processing"),
    "data_protection.record_breach": _("record a breach"),
    "data_protection.see_breaches": _("see the register of breaches"),
    "data_protection.decide_breach": _("decide who is told of a breach"),
    "retention.see": _("see what is kept how long, and what is due"),
    "retention.hold": _("keep a record from being erased"),
    "retention.lift": _("let a record be erased again"),
    "shifts.see": _("see one's shift and what is handed over"),
    "shifts.hand_over": _("hand a shift over"),
    "shifts.read": _("read the note of a handover"),
    "shifts.take_over": _("take a shift over"),
    "shifts.take_back": _("take one's handover back"),
    "accounts.change_password": _("change one's password"),
    "reports.take_call": _("write down a telephone call as a report"),
    "reports.list": _("see the queue of reports"),
    "reports.read": _("read a report"),
    "reports.work": _("claim, answer, pass on and close a report"),
    "reports.approve": _("agree to what somebody else asked about a report"),
    "reports.figures": _("see the figures of the desk"),
    "handovers.list": _("see what was handed over to the organisation"),
    "handovers.read": _("read what was handed over"),
    "handovers.answer": _("acknowledge, accept or refuse a handover"),
    "hotline.keep": _("see one's time on reports, keep notes and drafts of one's own"),
    "hotline.reopen": _("open or destroy a note or draft"),
    "hotline.outbox": _("see what is on its way to receivers outside"),
    "hotline.send_again": _("try a delivery to a receiver outside again"),
    "hotline.declare": _("declare how a receiver outside receives"),
    "cases.list": _("list the files of children one works for"),
    "cases.list_team": _("list the files of all children of the organisation"),
    "cases.open": _("open a file for a child"),
    "cases.read": _("read a child's file"),
    "cases.record": _("record what happens in a child's file"),
    "cases.assign": _("decide who works on a child's file"),
    "cases.close": _("close a child's file or open it again"),
}

GRANTS: tuple[Grant, ...] = (
    *_rows(
        "accounts.see_members", own_organisation, _ADMIN,
        Role.ADMINISTRATOR, Role.SUPERVISOR, Role.OVERSIGHT,
    ),
    *_rows("accounts.invite", own_organisation, _ADMIN, Role.ADMINISTRATOR),
    *_rows("accounts.start_anew", own_organisation, _ADMIN, Role.ADMINISTRATOR),
    *_rows("accounts.end_membership", own_organisation, _ADMIN, Role.ADMINISTRATOR),
    *_rows(
        "accounts.name_deputy", own_organisation, _ADMIN, Role.ADMINISTRATOR, Role.SUPERVISOR
    ),
    *_rows("audit.read", anywhere, {Purpose.OVERSIGHT}, Role.OVERSIGHT),
    *_rows(
        "vault.see_keys", own_organisation, _ADMIN,
        Role.SUPERVISOR, Role.ADMINISTRATOR, Role.OVERSIGHT,
    ),
    *_rows("vault.grant_key", own_organisation, _ADMIN, Role.SUPERVISOR),
    *_rows("vault.rotate_key", own_organisation, _ADMIN, Role.SUPERVISOR),
    *_rows("emergency.open", entitled, _EMERGENCY, *_AT_WORK),
    *_rows("emergency.ask", anywhere, _EMERGENCY, *_AT_WORK),
    *_rows("emergency.close", made_by_oneself, _OVERSIGHT, *_AT_WORK),
    *_rows("emergency.see", made_by_oneself, _OVERSIGHT, *_AT_WORK),
    *_rows("emergency.see", entitled, _OVERSIGHT, Role.SUPERVISOR, Role.OVERSIGHT),
    *_rows("emergency.see", own_organisation, _OVERSIGHT, Role.ADMINISTRATOR),
    *_rows("emergency.let_in", entitled_and_somebody_elses, _OVERSIGHT, Role.SUPERVISOR),
    *_rows(
        "emergency.review", entitled_and_somebody_elses, _OVERSIGHT,
        Role.SUPERVISOR, Role.OVERSIGHT,
    ),
    *_rows("data_protection.see", anywhere, _OVERSIGHT, *Role),
    *_rows("data_protection.record_breach", own_organisation, _OVERSIGHT, *Role),
    *_rows(
        "data_protection.see_breaches", own_organisation, _OVERSIGHT,
        Role.OVERSIGHT, Role.ADMINISTRATOR, Role.SUPERVISOR,
    ),
    *_rows(
        "data_protection.decide_breach", own_organisation, _OVERSIGHT,
        Role.OVERSIGHT, Role.ADMINISTRATOR,
    ),
    *_rows("retention.see", anywhere, _OVERSIGHT, Role.SUPERVISOR, Role.OVERSIGHT),
    *_rows("retention.hold", entitled, _OVERSIGHT, Role.SUPERVISOR, Role.OVERSIGHT),
    *_rows("retention.lift", own_organisation, _OVERSIGHT, Role.SUPERVISOR, Role.OVERSIGHT),
    *_rows("shifts.see", anywhere, _TRIAGE, *_SHIFTS),
    *_rows("shifts.hand_over", own_organisation, _TRIAGE, *_SHIFTS),
    *_rows("shifts.read", assigned, _TRIAGE, *_SHIFTS),
    *_rows("shifts.take_over", received, _TRIAGE, *_SHIFTS),
    *_rows("shifts.take_back", made_by_oneself, _TRIAGE, *_SHIFTS),
    *_rows("accounts.change_password", oneself, _ADMIN, *Role),
    *_rows("reports.take_call", own_organisation, _TRIAGE, Role.OPERATOR, Role.SUPERVISOR),
    *_rows("reports.list", anywhere, _TRIAGE, Role.OPERATOR, Role.SUPERVISOR),
    *_rows("reports.read", entitled, _TRIAGE, Role.OPERATOR, Role.SUPERVISOR),
    *_rows("reports.work", entitled, _TRIAGE, Role.OPERATOR, Role.SUPERVISOR),
    *_rows("reports.approve", somebody_elses, _TRIAGE, Role.SUPERVISOR),
    *_rows("reports.figures", anywhere, {Purpose.STATISTICS}, Role.SUPERVISOR),
    *_rows("handovers.list", anywhere, _RECEIVING, Role.LIAISON, Role.CASE_WORKER),
    *_rows("handovers.read", own_organisation, _RECEIVING, Role.LIAISON, Role.CASE_WORKER),
    *_rows("handovers.answer", own_organisation, _RECEIVING, Role.LIAISON, Role.CASE_WORKER),
    *_rows("hotline.keep", anywhere, _TRIAGE, *_SHIFTS),
    *_rows("hotline.reopen", made_by_oneself, _TRIAGE, *_SHIFTS),
    *_rows("hotline.outbox", anywhere, _TRIAGE, *_SHIFTS),
    *_rows("hotline.send_again", own_organisation, _TRIAGE, *_SHIFTS),
    *_rows("hotline.declare", own_organisation, _TRIAGE, Role.SUPERVISOR),
    *_rows(
        "cases.list", anywhere, _PROTECTION, Role.CASE_WORKER, Role.GUARDIAN, Role.SUPERVISOR
    ),
    *_rows("cases.list_team", own_organisation, _PROTECTION, Role.SUPERVISOR),
    *_rows("cases.open", own_organisation, _PROTECTION, Role.CASE_WORKER, Role.SUPERVISOR),
    *_rows("cases.read", assigned, _PROTECTION, Role.CASE_WORKER, Role.GUARDIAN),
    *_rows("cases.read", entitled, _PROTECTION, Role.SUPERVISOR),
    *_rows("cases.record", assigned, _PROTECTION, Role.CASE_WORKER, Role.GUARDIAN),
    *_rows("cases.record", entitled, _PROTECTION, Role.SUPERVISOR),
    *_rows("cases.assign", entitled, _PROTECTION, Role.SUPERVISOR),
    *_rows("cases.close", entitled, _PROTECTION, Role.SUPERVISOR),
)  # fmt: skip

#: Actions that a command or job may take without a person; each command takes one.
COMMANDS: frozenset[str] = frozenset(
    {
        "accounts.create",
        "accounts.accept_invitation",
        "emergency.run_clocks",
        "shifts.run_clocks",
        "retention.run",
        "data_protection.run_clocks",
        "reports.receive",
        "reports.converse",
        "reports.escalate",
        "hotline.run_clocks",
        "hotline.extract",
        "vault.make_recovery_key",
        "vault.recover",
    }
)
