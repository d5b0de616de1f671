"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    """Stands where a hotline reads reports; listens to what happens to them."""

    name = "tutela.site.hotline"
    label = "hotline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to reports, and say how what is kept here is erased."""
        from tutela.site.hotline import listening  # noqa: F401
        from tutela.site.hotline.actions import erase_own, erase_stubs
        from tutela.site.retention.erasable import Erasable, register

        register(Erasable("debrief", erase_own))
        register(Erasable("draft", erase_own))
        register(Erasable("case_stub", erase_stubs))
