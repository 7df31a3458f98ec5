"""Where everything lives. Of allauth only what is used is routed: nothing to close that was never opened."""

from allauth.account import views as account
from django.urls import include, path

handler500 = "config.errors.server_error"  # 503 while the database is away

urlpatterns = [
    path("aanmelden/", account.login, name="account_login"),
    path("afmelden/", account.logout, name="account_logout"),
    path("wachtwoord/", account.password_change, name="account_change_password"),
    path("opnieuw-aanmelden/", account.reauthenticate, name="account_reauthenticate"),
    path("account-staat-uit/", account.account_inactive, name="account_inactive"),
    path("", include("accounts.urls")),
    path("", include("cases.urls")),
    path("", include("consent.urls")),
    path("", include("letters.urls")),
]
