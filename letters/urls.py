"""Pages."""

from django.http import HttpResponse
from django.urls import path


def _not_yet(request, **kwargs):
    return HttpResponse("")


app_name = "letters"
urlpatterns = [
    path("brieven/", _not_yet, name="letter_list"),
    path("brieven/<uuid:uuid>/", _not_yet, name="letter_detail"),
    path("brieven/<uuid:uuid>/pdf/", _not_yet, name="letter_pdf"),
    path("begeleidingen/<uuid:uuid>/brief/", _not_yet, name="parent_letter_preview"),
    path("begeleidingen/<uuid:uuid>/herinnering/", _not_yet, name="reminder_issue"),
    path("gesprekken/<uuid:uuid>/delen/", _not_yet, name="report_share"),
]
