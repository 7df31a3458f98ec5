"""Pages of the child's file. Dutch paths, uuids, never a name."""

from django.urls import path

from cases.models import Conversation, Document, Trajectory
from cases.views import (
    groups,
    guardians,
    histories,
    imports,
    levels,
    matrix,
    moving,
    papers,
    pupils,
    setup,
    staff,
    talks,
    today,
    trajectories,
)

app_name = "cases"
urlpatterns = [
    path("", today.today, name="today"),
    # pupils, and who is round them
    path("leerlingen/", pupils.pupil_list, name="pupil_list"),
    path("leerlingen/zoeken/", pupils.pupil_search, name="pupil_search"),
    path("leerlingen/<uuid:uuid>/", pupils.pupil_detail, name="pupil_detail"),
    path("leerlingen/<uuid:uuid>/uitsluiten/", pupils.pupil_exclude, name="pupil_exclude"),
    path("uitsluitingen/<uuid:uuid>/einde/", pupils.exclusion_end, name="exclusion_end"),
    path("leerlingen/<uuid:uuid>/ouders/nieuw/", guardians.guardian_add, name="guardian_add"),
    path("ouders/<uuid:uuid>/", guardians.guardian_edit, name="guardian_edit"),
    path("ouders/<uuid:uuid>/einde/", guardians.guardian_end, name="guardian_end"),
    # groups
    path("groepen/", groups.group_list, name="group_list"),
    path("groepen/<uuid:uuid>/", groups.group_detail, name="group_detail"),
    path("groepen/<uuid:uuid>/leerkracht/", groups.group_assign, name="group_assign"),
    path("toewijzingen/<uuid:uuid>/einde/", groups.assignment_end, name="assignment_end"),
    path("toewijzingen/<uuid:uuid>/verlof/", groups.leave_give, name="leave_give"),
    path("toewijzingen/<uuid:uuid>/terug/", groups.leave_end, name="leave_end"),
    # reading in
    path("leerlingen/inlezen/", imports.pupil_import, name="pupil_import"),
    path("ouders/inlezen/", imports.guardian_import, name="guardian_import"),
    path("inlezen/<uuid:uuid>/", imports.import_preview, name="import_preview"),
    path("inlezen/<uuid:uuid>/bevestigen/", imports.import_confirm, name="import_confirm"),
    # who reads what
    path("wie-leest-wat/", matrix.matrix, name="matrix"),
    path("wie-leest-wat/tabel/", matrix.matrix_csv, name="matrix_csv"),
    # cases
    path("trajecten/", trajectories.trajectory_list, name="trajectory_list"),
    path("trajecten/<uuid:uuid>/", trajectories.trajectory_detail, name="trajectory_detail"),
    path("leerlingen/<uuid:uuid>/traject/", levels.trajectory_open, name="trajectory_open"),
    path("leerlingen/<uuid:uuid>/traject-overnemen/", levels.trajectory_take_over, name="trajectory_take_over"),
    path("trajecten/<uuid:uuid>/verhogen/", levels.trajectory_raise, name="trajectory_raise"),
    path("trajecten/<uuid:uuid>/verlagen/", levels.trajectory_lower, name="trajectory_lower"),
    path("trajecten/<uuid:uuid>/sluiten/", levels.trajectory_close, name="trajectory_close"),
    path("trajecten/<uuid:uuid>/volgen/", levels.trajectory_turn, {"turn": "rest"}, name="trajectory_rest"),
    path("trajecten/<uuid:uuid>/verder/", levels.trajectory_turn, {"turn": "resume"}, name="trajectory_resume"),
    path("trajecten/<uuid:uuid>/heropenen/", levels.trajectory_turn, {"turn": "reopen"}, name="trajectory_reopen"),
    path(
        "trajecten/<uuid:uuid>/parnassys/",
        papers.administration_tick,
        {"model": Trajectory},
        name="trajectory_administered",
    ),
    path("trajecten/<uuid:uuid>/collega/", levels.member_add, name="member_add"),
    path("betrokkenen/<uuid:uuid>/einde/", levels.member_end, name="member_end"),
    # talks
    path("trajecten/<uuid:uuid>/gesprek/", talks.conversation_log, name="conversation_log"),
    path("gesprekken/<uuid:uuid>/", talks.conversation_detail, name="conversation_detail"),
    path("gesprekken/<uuid:uuid>/wijzigen/", talks.conversation_edit, name="conversation_edit"),
    path(
        "gesprekken/<uuid:uuid>/parnassys/",
        papers.administration_tick,
        {"model": Conversation},
        name="conversation_administered",
    ),
    path("afspraken/<uuid:uuid>/klaar/", talks.agreement_settle, name="agreement_settle"),
    path("interventies/<uuid:uuid>/terugkijken/", talks.intervention_evaluate, name="intervention_evaluate"),
    # notes and papers
    path("trajecten/<uuid:uuid>/notitie/", papers.entry_add, name="entry_add"),
    path("trajecten/<uuid:uuid>/document/", papers.document_add, name="document_add"),
    path("documenten/<uuid:uuid>/bestand/", papers.document_file, name="document_file"),
    path(
        "documenten/<uuid:uuid>/parnassys/",
        papers.administration_tick,
        {"model": Document},
        name="document_administered",
    ),
    # what happened to a record, and what stands with the wrong child
    path("geschiedenis/<str:kind>/<uuid:uuid>/", histories.record_history, name="record_history"),
    path("trajecten/<uuid:uuid>/spoor/", histories.trajectory_trace, name="trajectory_trace"),
    path("verplaatsen/<str:kind>/<uuid:uuid>/", moving.record_move, name="record_move"),
    # the school's set-up, and its people
    path("school/", setup.setup, name="setup"),
    path("school/<uuid:uuid>/", setup.setup, name="setup_school"),
    path("school/<uuid:uuid>/briefhoofd/", setup.setup_letterhead, name="setup_letterhead"),
    path("school/<uuid:uuid>/termijnen/", setup.setup_terms, name="setup_terms"),
    path("school/<uuid:uuid>/niveaus/", setup.setup_levels, name="setup_levels"),
    path("niveaus/<uuid:uuid>/", setup.setup_level, name="setup_level"),
    path("school/<uuid:uuid>/vakanties/", setup.setup_holidays, name="setup_holidays"),
    path("school/<uuid:uuid>/vakanties/nieuw/", setup.holiday_add, name="holiday_add"),
    path("vakanties/<uuid:uuid>/", setup.setup_holiday, name="setup_holiday"),
    path("school/<uuid:uuid>/hulplijnen/", setup.setup_help_desks, name="setup_help_desks"),
    path("school/<uuid:uuid>/hulplijnen/nieuw/", setup.help_desk_add, name="help_desk_add"),
    path("hulplijnen/<uuid:uuid>/", setup.setup_help_desk, name="setup_help_desk"),
    path("school/<uuid:uuid>/kopjes/", setup.setup_headings, name="setup_headings"),
    path("school/<uuid:uuid>/kopjes/nieuw/", setup.heading_add, name="heading_add"),
    path("kopjes/<uuid:uuid>/", setup.setup_heading, name="setup_heading"),
    path("school/<uuid:uuid>/mensen/", staff.setup_people, name="setup_people"),
    path("school/<uuid:uuid>/mensen/nieuw/", staff.person_add, name="person_add"),
    path("school/<uuid:uuid>/mensen/bekend/", staff.person_add_known, name="person_add_known"),
    path("school/<uuid:uuid>/mensen/<uuid:person>/", staff.person_detail, name="person_detail"),
    path("school/<uuid:uuid>/mensen/<uuid:person>/wijzigen/", staff.person_edit, name="person_edit"),
    path("school/<uuid:uuid>/mensen/<uuid:person>/rol/", staff.role_give, name="role_give"),
    path("school/<uuid:uuid>/mensen/<uuid:person>/uitnodiging/", staff.invitation_make, name="invitation_make"),
    path("rollen/<uuid:uuid>/einde/", staff.role_end, name="role_end"),
]
