"""The app of children's files."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Files of children, in the agency role only."""

    name = "tutela.site.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
