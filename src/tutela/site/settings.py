"""Settings of the site, from the environment; what is not said is denied.

| variable | meaning | default |
| --- | --- | --- |
| TUTELA_ROLE | what this site is deployed as: agency, centre or public | public |
| TUTELA_RELEASE | the release folder that is shown | none: pages answer 503 |
| TUTELA_STORE | at the centre, the folder of the national store | none |
| TUTELA_SITE_DATA | the site's own folder (database, key, assets) | `var/site` |
| TUTELA_DATABASE_URL | `postgresql://…`; empty for SQLite | SQLite |
| TUTELA_SECRET_KEY | the secret key | kept in `TUTELA_SITE_DATA/secret.key`, mode 0600 |
| TUTELA_KEYS | folder of the keys that stand outside the database | `TUTELA_SITE_DATA/keys` |
| TUTELA_AUDIT_ROOTS | where daily signed roots are written; on another system | `audit-roots` |
| TUTELA_MAIL | `smtp://user:password@host:port` for "you have a task" | files in `outbox` |
| TUTELA_MAIL_FROM | the sender of that e-mail | tutela@localhost |
| TUTELA_SYNTHETIC | `1` where all people and records are invented: every page says so | off |
| TUTELA_HOSTS | names the site answers to, with commas | this machine only |
| TUTELA_HOTLINE | short name of the organisation that reads reports | hotline |
| TUTELA_REPORT_ADDRESS | for the other roles: the front door (`…/{language}/report/`) | none |
| TUTELA_RECEIVERS | receivers that work here: `federal_police=police …` | the same short name |
| TUTELA_HTTPS | `1` behind TLS: redirect, HSTS, secure cookies | off |
| TUTELA_PROXY | with TUTELA_HTTPS: the proxy whose X-Forwarded-Proto is believed | 127.0.0.1 |
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.functional import SimpleLazyObject

from tutela.site.data_folder import data_folder, secret_key
from tutela.site.database import database_setting
from tutela.site.deployment import deployment, installed_apps, middleware
from tutela.site.mail import mail_settings

PACKAGE = Path(__file__).parent
DATA = data_folder()
KEYS = Path(os.environ.get("TUTELA_KEYS") or DATA / "keys")
AUDIT_ROOTS = Path(os.environ.get("TUTELA_AUDIT_ROOTS") or DATA / "audit-roots")
RELEASE = os.environ.get("TUTELA_RELEASE") or None
STORE = os.environ.get("TUTELA_STORE") or None
DEPLOYMENT = deployment()
SYNTHETIC = os.environ.get("TUTELA_SYNTHETIC", "") == "1"

DEBUG = False
# Made on first use only: to read settings writes nothing.
SECRET_KEY = SimpleLazyObject(lambda: secret_key(DATA))
HTTPS = os.environ.get("TUTELA_HTTPS", "") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"] + [
    host.strip() for host in os.environ.get("TUTELA_HOSTS", "").split(",") if host.strip()
]

ROOT_URLCONF = "tutela.site.urls"
WSGI_APPLICATION = "tutela.site.wsgi.application"

# The public role has no sessions, no messages, no accounts: a reader's visit leaves nothing.
INSTALLED_APPS = installed_apps(DEPLOYMENT)
MIDDLEWARE = middleware(DEPLOYMENT)

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tutela.site.explorer.frame.frame",
            ]
            if DEPLOYMENT.has_staff
            else ["tutela.site.explorer.frame.frame"],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]

DATABASES = {"default": database_setting(os.environ.get("TUTELA_DATABASE_URL"), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if DEPLOYMENT.has_staff:
    AUTH_USER_MODEL = "accounts.User"
# What the gate asks about whoever comes, and who opens the keys of a session.
STAFF_SESSION = "tutela.site.accounts.staff_session.StaffSession" if DEPLOYMENT.has_staff else ""
SESSION_KEYS = "tutela.site.vault.keyring.of_session" if DEPLOYMENT.has_identities else ""
# What it costs to try a password against a member's wrapped key: passes, bytes (Argon2id).
VAULT_KDF = (3, 64 * 1024 * 1024)
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "tutela.site.accounts.passwords.ContextValidator"},
]

# Sessions end with the browser, after half an hour without use, and after twelve hours
# (accounts.staff_session). Several sites on one machine each have cookies of their own.
_COOKIE = ("__Host-" if HTTPS else "") + f"tutela_{DEPLOYMENT}"
SESSION_COOKIE_NAME = f"{_COOKIE}_session"
SESSION_SECRET_COOKIE = f"{_COOKIE}_secret"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_USE_SESSIONS = DEPLOYMENT.has_staff
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "attempts",
    }
    if DEPLOYMENT.has_staff
    else {
        "BACKEND": "django.core.cache.backends.dummy.DummyCache",
    }
}

# Signing in: by invitation only, with a second factor, without looking at network addresses.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:first"
ACCOUNT_ADAPTER = "tutela.site.accounts.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"login": "tutela.site.accounts.sign_in.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/5m/key"}
MFA_ADAPTER = "tutela.site.accounts.sign_in.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "tutela.site.accounts.second_factor.ShowForm",
    "reauthenticate": "tutela.site.accounts.second_factor.ConfirmForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# Five wrong passwords for one account close it for a quarter of an hour, wherever they come from.
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "email"
AXES_CLIENT_IP_CALLABLE = "tutela.site.accounts.nowhere.nowhere"
AXES_CLIENT_STR_CALLABLE = "tutela.site.accounts.nowhere.somebody"
AXES_LOCKOUT_CALLABLE = "tutela.site.accounts.nowhere.locked_out"
AXES_VERBOSE = False
# Addresses are left out on purpose: an account is closed whoever tries, from wherever.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_ENABLE_ADMIN = False

# Background jobs wait in the database; they hold no key and get numbers only.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
globals().update(mail_settings(os.environ.get("TUTELA_MAIL"), DATA))
DEFAULT_FROM_EMAIL = os.environ.get("TUTELA_MAIL_FROM") or "tutela@localhost"

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("fr", "Français"),
    ("nl", "Nederlands"),
    ("de", "Deutsch"),
    ("en", "English"),
]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Europe/Brussels"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "assets"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "tutela.site.bootstrap.BootstrapFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "tutela.site.bootstrap.AssetStorage"},
}

# Who reads what comes through the front door, and which organisations stand for which receivers.
HOTLINE = os.environ.get("TUTELA_HOTLINE") or "hotline"
RECEIVERS = dict(
    pair.split("=", 1) for pair in os.environ.get("TUTELA_RECEIVERS", "").split() if "=" in pair
)

# Where the front door is, for sites that do not carry it themselves; "" where there is none.
REPORT_ADDRESS = os.environ.get("TUTELA_REPORT_ADDRESS", "")

# The front door: what a secret's key costs (passes, bytes; RFC 9106), where the leave link leads,
# and the country whose services act.
REPORT_ARGON2 = (3, 64 * 1024 * 1024)
REPORT_LEAVE_TO = "https://www.wikipedia.org/"
HOME_COUNTRY = "BE"

# Nothing inline, nothing from elsewhere, no script at all, no form that could post anywhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        # Bootstrap draws a few arrows and ticks from data: URLs in its own style sheet.
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SECURE = HTTPS

# Warnings and errors to standard error; never an address of a reader.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Its warnings hold the path that was asked for and nothing that we need.
    "loggers": {"django.request": {"level": "ERROR"}},
}
