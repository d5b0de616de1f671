"""The app of the public law pages."""

from django.apps import AppConfig


class LawbookConfig(AppConfig):
    """Reads the law engine; has no table and keeps nothing that a reader says."""

    name = "tutela.site.lawbook"
    label = "lawbook"
