"""What a member of staff can be in an organisation, and for what a record may be used."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A function that a person has in one organisation."""

    ADMINISTRATOR = "administrator", _("administrator of accounts")
    OPERATOR = "operator", _("hotline operator")
    SUPERVISOR = "supervisor", _("supervisor")
    CASE_WORKER = "case_worker", _("case worker")
    GUARDIAN = "guardian", _("guardian")
    LIAISON = "liaison", _("police or prosecution liaison")
    ANALYST = "analyst", _("analyst")
    COORDINATOR = "coordinator", _("coordinator of the plan")
    OVERSIGHT = "oversight", _("oversight (data protection)")


#: Roles whose holders work on records of persons, and so receive the organisation's key.
WORKS_ON_RECORDS = frozenset(
    {
        Role.OPERATOR,
        Role.SUPERVISOR,
        Role.CASE_WORKER,
        Role.GUARDIAN,
        Role.LIAISON,
        Role.OVERSIGHT,
    }
)

#: Roles that a deputy never takes over: they watch over others, or make accounts.
NEVER_LENT = frozenset({Role.ADMINISTRATOR, Role.OVERSIGHT})


class Purpose(TextChoices):
    """Why somebody touches data; it travels with each access into the audit log."""

    TRIAGE = "triage", _("triage")
    PROTECTION = "protection", _("protection of a child")
    PROSECUTION = "prosecution", _("prosecution")
    STATISTICS = "statistics", _("statistics")
    OVERSIGHT = "oversight", _("oversight")
    ADMINISTRATION = "administration", _("administration of accounts")
