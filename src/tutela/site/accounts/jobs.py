"""Background jobs of accounts. A job holds no key and gets numbers only."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext, override
from django_tasks import task

from tutela.site.accounts.models import Notice


@task()
def mail_notice(notice_id: str) -> None:
    """Tell a person that something waits: neither what, nor about whom, nor a link to it."""
    notice = Notice.objects.select_related("user").filter(id=notice_id).first()
    if notice is None or notice.done_at or notice.mailed_at or not notice.user.is_active:
        return
    with override(notice.user.language):
        subject = gettext("You have a task in Tutela")
        body = gettext("You have a task. Sign in to Tutela to see it.")
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [notice.user.email])
    notice.mailed_at = timezone.now()
    notice.save(update_fields=["mailed_at"])
