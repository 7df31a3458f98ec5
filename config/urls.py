"""Where everything lives. Of allauth only what is used is routed: nothing to close that was never opened."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from django.urls import include, path

handler500 = "config.errors.server_error"  # 503 while the database is away

urlpatterns = [
    path("aanmelden/", account.login, name="account_login"),
    path("afmelden/", account.logout, name="account_logout"),
    path("wachtwoord/", account.password_change, name="account_change_password"),
    path("opnieuw-aanmelden/", account.reauthenticate, name="account_reauthenticate"),
    path("aanmelden/code/", mfa.authenticate, name="mfa_authenticate"),
    path("aanmelden/vertrouwen/", mfa.trust, name="mfa_trust"),
    path("aanmelden/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("opnieuw-aanmelden/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("opnieuw-aanmelden/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/", mfa.index, name="mfa_index"),
    path("account/wachtwoord/", account.password_set, name="account_set_password"),
    path("account/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/app/weg/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/herstelcodes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/herstelcodes/bestand/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/herstelcodes/nieuw/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("account/passkeys/nieuw/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/naam/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/weg/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("account/apparaten/", usersessions.list_usersessions, name="usersessions_list"),
    path("account-staat-uit/", account.account_inactive, name="account_inactive"),
    path("", include("accounts.urls")),
    path("", include("cases.urls")),
    path("", include("consent.urls")),
    path("", include("letters.urls")),
]
