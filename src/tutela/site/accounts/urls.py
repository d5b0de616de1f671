"""The addresses of accounts: entrance, second factor, oneself, one's organisation."""

from __future__ import annotations

from allauth.account import views as allauth_account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path

from tutela.site.accounts import organisation_views, views
from tutela.site.permissions.gate import Access, Door, everywhere

#: Security keys need the site's own script; everything else works without any.
_KEY_AT_ENTRANCE = Access(Door.ENTRANCE, scripts=True)
_KEY_ENROLLING = Access(Door.ENROLLING, scripts=True)
_ENTRANCE = Access(Door.ENTRANCE)
_ENROLLING = Access(Door.ENROLLING)

#: allauth finds its pages by these names; what is not listed here does not exist.
entrance = [
    *everywhere(
        _ENTRANCE,
        [
            path("account/sign-in/", allauth_account.login, name="account_login"),
            path("account/sign-out/", allauth_account.logout, name="account_logout"),
            path("account/inactive/", allauth_account.account_inactive, name="account_inactive"),
        ],
    ),
    *everywhere(
        _KEY_AT_ENTRANCE,
        [path("account/second-factor/show/", mfa.authenticate, name="mfa_authenticate")],
    ),
    *everywhere(
        _ENROLLING,
        [
            path("account/confirm/", allauth_account.reauthenticate, name="account_reauthenticate"),
            path("account/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
            path("account/second-factor/", mfa.index, name="mfa_index"),
            path("account/second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
            path(
                "account/second-factor/app/remove/",
                totp.deactivate_totp,
                name="mfa_deactivate_totp",
            ),
            path(
                "account/second-factor/codes/",
                recovery_codes.view_recovery_codes,
                name="mfa_view_recovery_codes",
            ),
            path(
                "account/second-factor/codes/new/",
                recovery_codes.generate_recovery_codes,
                name="mfa_generate_recovery_codes",
            ),
            path("account/second-factor/keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
            path(
                "account/second-factor/keys/<int:pk>/remove/",
                webauthn.remove_webauthn,
                name="mfa_remove_webauthn",
            ),
            path(
                "account/second-factor/keys/<int:pk>/name/",
                webauthn.edit_webauthn,
                name="mfa_edit_webauthn",
            ),
        ],
    ),
    *everywhere(
        _KEY_ENROLLING,
        [
            path(
                "account/confirm/key/",
                webauthn.reauthenticate_webauthn,
                name="mfa_reauthenticate_webauthn",
            ),
            path("account/second-factor/keys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
        ],
    ),
]

pages = [
    path("desk/", views.first_page, name="first"),
    path("account/rights/", views.rights, name="rights"),
    path("account/events/", views.events, name="events"),
    path("account/language/", views.language, name="language"),
    path("account/password/", views.password, name="password"),
    path("account/invitation/<str:secret>/", views.invitation, name="invitation"),
    path("organisations/", organisation_views.organisations, name="organisations"),
    path(
        "organisations/<uuid:organisation_id>/",
        organisation_views.organisation,
        name="organisation",
    ),
    path("organisations/<uuid:organisation_id>/invite/", organisation_views.invite, name="invite"),
    path(
        "organisations/<uuid:organisation_id>/deputies/",
        organisation_views.name_deputy,
        name="name_deputy",
    ),
    path(
        "invitations/<uuid:invitation_id>/withdraw/", organisation_views.withdraw, name="withdraw"
    ),
    path(
        "memberships/<uuid:membership_id>/end/",
        organisation_views.end_membership,
        name="end_membership",
    ),
    path(
        "memberships/<uuid:membership_id>/anew/",
        organisation_views.start_anew,
        name="start_anew",
    ),
    path("deputies/<uuid:deputy_id>/end/", organisation_views.end_deputy, name="end_deputy"),
]

urlpatterns = [*entrance, path("", include((pages, "accounts")))]
