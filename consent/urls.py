"""Pages."""

from django.urls import path

from consent.views import (
    consultations,
    days,
    engagements,
    experts,
    guidance,
    notes,
    opened,
    profile,
    reports,
    reviews,
    slips,
)

app_name = "consent"
urlpatterns = [
    path("trajecten/<uuid:uuid>/expert/", engagements.engagement_prepare, name="engagement_prepare"),
    path("begeleidingen/<uuid:uuid>/", engagements.engagement_detail, name="engagement_detail"),
    path(
        "begeleidingen/<uuid:uuid>/beginnen/", engagements.engagement_turn, {"turn": "start"}, name="engagement_start"
    ),
    path("begeleidingen/<uuid:uuid>/einde/", engagements.engagement_turn, {"turn": "end"}, name="engagement_end"),
    path(
        "begeleidingen/<uuid:uuid>/annuleren/",
        engagements.engagement_turn,
        {"turn": "cancel"},
        name="engagement_cancel",
    ),
    path("begeleidingen/<uuid:uuid>/overleg/", consultations.consultation_record, name="consultation_record"),
    path("begeleidingen/<uuid:uuid>/oude-brief/", engagements.old_letter, name="old_letter"),
    path("begeleidingen/<uuid:uuid>/wat-ziet-de-expert/", opened.engagement_view, name="engagement_view"),
    path("begeleidingen/<uuid:uuid>/delen/", opened.engagement_parts, name="engagement_parts"),
    path("begeleidingen/<uuid:uuid>/zonder-naam-delen/", opened.item_share, name="item_share"),
    path("gedeeld/<uuid:uuid>/weghalen/", opened.item_remove, name="item_remove"),
    path("strook/", slips.slip_find, name="slip_find"),
    path("keuzes/<uuid:uuid>/", engagements.choice_record, name="choice_record"),
    path("keuzes/<uuid:uuid>/intrekken/", engagements.choice_withdraw, name="choice_withdraw"),
    path("clb-dagen/", days.day_list, name="day_list"),
    path("clb-dagen/nieuw/", days.day_plan, name="day_plan"),
    path("clb-dagen/<uuid:uuid>/", days.day_detail, name="day_detail"),
    path("clb-dagen/<uuid:uuid>/erbij/", days.day_place, name="day_place"),
    path("clb-dagen/<uuid:uuid>/eraf/", days.day_free, name="day_free"),
    path("clb-dagen/<uuid:uuid>/afzeggen/", days.day_cancel, name="day_cancel"),
    path("clb-dagen/<uuid:uuid>/uitkomsten/", days.day_outcomes, name="day_outcomes"),
    path("begeleid/", guidance.guided_list, name="guided_list"),
    path("begeleid/<uuid:uuid>/", guidance.guided_detail, name="guided_detail"),
    path("begeleid/<uuid:uuid>/verslag/", reports.report_hand_in, name="report_hand_in"),
    path("begeleid/<uuid:uuid>/advies/", notes.note_write, name="note_write"),
    path("begeleid/documenten/<uuid:uuid>/", guidance.guided_document, name="guided_document"),
    path("expertverslagen/<uuid:uuid>/kopie/", reports.report_copy, name="report_copy"),
    path("trajecten/<uuid:uuid>/advies/", notes.note_write_internal, name="note_write_internal"),
    path("adviezen/", notes.note_list, name="note_list"),
    path("adviezen/<uuid:uuid>/weg/", notes.note_remove, name="note_remove"),
    path("mijn-gegevens/", profile.my_profile, name="my_profile"),
    path("begeleid/dagen/<uuid:uuid>/", days.guided_day_detail, name="guided_day"),
    path("werkafspraken/<uuid:uuid>/", guidance.arrangement_accept, name="arrangement_accept"),
    path("school/experts/", experts.expert_list, name="expert_list"),
    path("school/<uuid:uuid>/experts/", experts.expert_list, name="school_experts"),
    path("school/<uuid:uuid>/experts/nieuw/", experts.expert_add, name="expert_add"),
    path("school/<uuid:uuid>/experts/bekend/", experts.expert_add_known, name="expert_add_known"),
    path("school/<uuid:uuid>/experts/<uuid:person>/uitnodiging/", experts.expert_invite, name="expert_invite"),
    path("rechten/<uuid:uuid>/", reviews.grant_review, name="grant_review"),
    path("school/<uuid:uuid>/afspraken/", experts.arrangement_edit, name="arrangement_edit"),
]
