"""Pages."""

from django.urls import path

from letters.views import administration, agendas, issued, looks, parents, reading, reports

app_name = "letters"
urlpatterns = [
    path("brieven/", issued.letter_list, name="letter_list"),
    path("brieven/<uuid:uuid>/", issued.letter_detail, name="letter_detail"),
    path("brieven/<uuid:uuid>/pdf/", issued.letter_pdf, name="letter_pdf"),
    path("brieven/<uuid:uuid>/gegeven/", issued.letter_given, name="letter_given"),
    path("brieven/<uuid:uuid>/parnassys/", administration.letter_administered, name="letter_administered"),
    path("brieven/<uuid:uuid>/beveiligd/", issued.letter_protected, name="letter_protected"),
    path("brieven/<uuid:uuid>/leeslink/", issued.reading_link_made, name="reading_link_made"),
    path("begeleidingen/<uuid:uuid>/brief/", parents.parent_letter_preview, name="parent_letter_preview"),
    path("begeleidingen/<uuid:uuid>/brief/maken/", parents.parent_letter_issue, name="parent_letter_issue"),
    path("begeleidingen/<uuid:uuid>/brief/woorden/", parents.letter_words, name="letter_words"),
    path("begeleidingen/<uuid:uuid>/bericht/", parents.started_letter_issue, name="started_letter_issue"),
    path("begeleidingen/<uuid:uuid>/bericht/bekijken/", parents.started_letter_preview, name="started_letter_preview"),
    path("begeleidingen/<uuid:uuid>/herinnering/", parents.reminder_issue, name="reminder_issue"),
    path("gesprekken/<uuid:uuid>/delen/", reports.report_share, name="report_share"),
    path("gesprekken/<uuid:uuid>/gedeeld/", reports.report_shared, name="report_shared"),
    path("gesprekken/<uuid:uuid>/zonder-namen/", reports.report_nameless, name="report_nameless"),
    path("gesprekken/<uuid:uuid>/parnassys/pdf/", administration.conversation_pdf, name="conversation_pdf"),
    path("trajecten/<uuid:uuid>/parnassys/pdf/", administration.trajectory_pdf, name="trajectory_pdf"),
    path("trajecten/<uuid:uuid>/wie-keek/", looks.extract_preview, name="extract_preview"),
    path("trajecten/<uuid:uuid>/wie-keek/pdf/", looks.extract_issue, name="extract_issue"),
    path("clb-dagen/<uuid:uuid>/agenda/", agendas.agenda_pdf, name="agenda_pdf"),
    path("lees/<str:token>/", reading.reading_link_open, name="reading_link_open"),
]
