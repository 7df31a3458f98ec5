"""Pages."""

from django.urls import path

from consent.views import engagements

app_name = "consent"
urlpatterns = [
    path("trajecten/<uuid:uuid>/expert/", engagements.engagement_prepare, name="engagement_prepare"),
    path("begeleidingen/<uuid:uuid>/", engagements.engagement_detail, name="engagement_detail"),
    path("begeleidingen/<uuid:uuid>/annuleren/", engagements.engagement_cancel, name="engagement_cancel"),
    path("begeleidingen/<uuid:uuid>/oude-brief/", engagements.old_letter, name="old_letter"),
    path("keuzes/<uuid:uuid>/", engagements.choice_record, name="choice_record"),
]
