"""Pages about signing in."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("uitnodiging/<str:token>/", views.invitation_accept, name="invitation_accept"),
]
