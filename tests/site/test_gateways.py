"""Protected tables are touched by actions and access only, and never from a view or another app."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

import tutela.site

SITE = Path(tutela.site.__file__).parent
#: Apps whose tables are protected.
PROTECTED_APPS = (
    "accounts",
    "audit",
    "cases",
    "data_protection",
    "emergency",
    "hotline",
    "reports",
    "retention",
    "shifts",
    "vault",
)
#: Modules of an app that read or write its tables; each has one subject (see its first line).
GATEWAYS = {
    "accounts": {"actions", "access", "jobs", "notices", "standings", "sign_in"},
    "audit": {"access", "record", "seal", "verify"},
    "cases": {"access", "actions"},
    "data_protection": {"actions", "access"},
    "emergency": {"actions", "access"},
    "hotline": {"actions", "access", "outbox", "wellness"},
    "reports": {"actions", "access", "receiving", "conversing", "erasure", "for_statistics"},
    "retention": {"actions", "access", "holds"},
    "shifts": {"actions", "access"},
    "vault": {
        "actions", "blind_index", "envelopes", "keyring", "membership_keys", "receivers",
    },
}  # fmt: skip
#: What another module may do with a model's manager, and why.
ALLOWED = {
    ("accounts/forms.py", "User"),  # the choices of who is absent: people of one's organisation
    ("accounts/passwords.py", "Membership"),  # names of one's organisations, to refuse them
    ("audit/access.py", "Membership"),  # whose rows oversight may see
    ("audit/access.py", "User"),  # names for numbers
    ("audit/access.py", "Organisation"),
    ("data_protection/access.py", "Organisation"),  # the controllers, by name
    ("reports/actions.py", "Organisation"),  # the receiver that works here
    ("reports/receiving.py", "Organisation"),  # the hotline
    ("reports/receiving.py", "KeyHolder"),  # the reporter's own key
    ("vault/actions.py", "User"),
    ("vault/membership_keys.py", "Organisation"),
    ("vault/receivers.py", "User"),
}


def models_of(app):
    return {model.__name__ for model in apps.get_app_config(app).get_models()}


def touches(path):
    """(model, line) for every Model.objects in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"objects", "_default_manager", "_base_manager"}
            and isinstance(node.value, ast.Name)
        ):
            yield node.value.id, node.lineno


def faults(folder=SITE):
    owners = {name: app for app in PROTECTED_APPS for name in models_of(app)}
    found = []
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder)
        app = place.parts[0]
        if "migrations" in place.parts:
            continue
        for model, line in touches(path):
            owner = owners.get(model)
            inside = owner == app and path.stem in GATEWAYS.get(app, ())
            if owner and not inside and (place.as_posix(), model) not in ALLOWED:
                found.append(f"{place}:{line} touches {model}")
    return found


def test_only_gateways_touch_protected_tables():
    assert faults() == []


@pytest.mark.parametrize("model", ["Entry", "EnvelopeKey", "Membership"])
def test_a_view_that_goes_around_is_found(tmp_path, model):
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "views.py").write_text(f"{model}.objects.all()\n")
    assert faults(tmp_path) == [f"cases/views.py:1 touches {model}"]


def test_no_code_on_its_way_skips_the_database_layer():
    for path in SITE.rglob("*.py"):
        # Freed pages are a matter of the file, which the layer does not know.
        if "migrations" not in path.parts and path.name != "freed_pages.py":
            text = path.read_text(encoding="utf-8")
            assert ".raw(" not in text, path
            assert "cursor(" not in text, path
