"""The doors: every address and what each of the cast is answered. Data alone; `tests/test_doors.py` knocks.

Run as a script, it writes `docs/reference/doors.md`.
"""

from pathlib import Path

CAST = (
    "nobody", "stranger", "colleague", "excluded", "auditor", "fg", "privacy_officer", "safeguarding_lead", "admin",
    "expert", "blind_expert", "ended_expert", "teacher", "director", "coordinator",
)  # fmt: skip

DOORS = [
    # Who is signed in already is sent on.
    ("200 302 302 302 302 302 302 302 302 302 302 302 302 302 302",
     "account_login"),
    # In the middle of signing in; who comes there otherwise is sent to the beginning, or on.
    ("302 302 302 302 302 302 302 302 302 302 302 302 302 302 302",
     "mfa_authenticate mfa_trust mfa_login_webauthn account_set_password"),
    # The own account: nobody has a way into another's. The passkey in the address is somebody else's.
    ("302 200 200 200 200 200 200 200 200 200 200 200 200 200 200",
     ("mfa_index mfa_activate_totp mfa_add_webauthn mfa_list_webauthn mfa_generate_recovery_codes "
     "usersessions_list")),
    ("302 404 404 404 404 404 404 404 404 404 404 404 404 404 404",
     "mfa_view_recovery_codes mfa_download_recovery_codes mfa_deactivate_totp mfa_remove_webauthn mfa_edit_webauthn"),
    # Without an app or a passkey there is a password to confirm with.
    ("302 302 302 302 302 302 302 302 302 302 302 302 302 302 302",
     "mfa_reauthenticate mfa_reauthenticate_webauthn"),
    # Own pages: a list holds what somebody may see, and is empty for the rest.
    ("302 200 200 200 200 200 200 200 200 200 200 200 200 200 200",
     ("account_logout account_change_password account_reauthenticate cases:today cases:trajectory_list "
     "consent:guided_list consent:note_list letters:letter_list cases:look_list cases:signal_list cases:signal_write")),
    # The record of looking as a file: for who looks along what others did.
    ("302 404 404 200 200 200 200 404 404 404 404 404 404 200 404",
     "cases:look_export cases:look_sample"),
    ("302 404 404 404 422 422 422 404 404 404 404 404 404 422 404",
     "cases:look_judge"),
    # Names what stood out in the form: without that there is nothing to judge.
    ("302 404 404 404 404 404 404 404 404 404 404 404 404 404 404",
     "cases:look_unusual_judge"),
    # Open without signing in: health, an invitation, a reading link (a wrong code is answered like a used one).
    ("200 200 200 200 200 200 200 200 200 200 200 200 200 200 200",
     "account_inactive accounts:livez accounts:readyz accounts:invitation_accept letters:reading_link_open"),
    # Lists for who works at a school with children.
    ("302 200 200 200 404 404 404 404 404 404 404 404 200 200 200",
     "cases:pupil_list cases:pupil_search cases:group_list consent:slip_find consent:day_list"),
    # Inside a child's file, and about the child: the staff of the case alone.
    ("302 404 404 404 404 404 404 404 404 404 404 404 200 200 200",
     ("cases:pupil_detail cases:guardian_add cases:guardian_edit cases:guardian_end cases:trajectory_open "
     "cases:trajectory_take_over cases:conversation_detail cases:conversation_edit "
     "cases:record_history cases:trajectory_readers cases:record_move cases:intervention_evaluate cases:document_file "
     "consent:consultation_record consent:engagement_detail consent:old_letter consent:choice_record "
     "consent:report_copy consent:engagement_view consent:engagement_parts consent:item_share "
     "letters:letter_detail letters:letter_pdf "
     "letters:letter_protected letters:reading_link_made letters:letter_words letters:report_share "
     "letters:report_shared letters:report_nameless letters:conversation_pdf")),
    # The case is not closed: the staff are told so, and nobody else that there is one.
    ("302 404 404 404 404 404 404 404 404 404 404 404 302 302 302",
     "letters:trajectory_pdf"),
    # Who reads the child and does not lead the school may not change this.
    ("302 404 404 404 404 404 404 404 404 404 404 404 403 200 200",
     "cases:pupil_exclude"),
    # For who leads the school; a teacher never learns that an exclusion exists.
    ("302 404 404 404 404 404 404 404 404 404 404 404 404 200 200",
     "cases:exclusion_end"),
    # Who looked, for the parents: the director decides what they get.
    ("302 404 404 404 404 404 404 404 404 404 404 404 404 200 404",
     "letters:extract_preview letters:extract_issue"),
    # A class: the staff of the school; the names in it only for its teachers and leaders.
    ("302 404 200 200 404 404 404 404 404 404 404 404 200 200 200",
     "cases:group_detail"),
    # A class, changed by its leaders.
    ("302 404 403 200 404 404 404 404 404 404 404 404 403 200 200",
     "cases:group_assign cases:assignment_end cases:leave_give cases:leave_end"),
    # For who leads some school.
    ("302 200 404 200 404 404 404 404 404 404 404 404 404 200 200",
     "cases:pupil_import cases:guardian_import consent:expert_list consent:day_plan"),
    # What the rule is, for who leads a school or supervises one; of no child.
    ("302 200 404 200 200 200 200 404 404 404 404 404 404 200 200", "cases:matrix cases:matrix_csv"),
    # For who leads this school (an exclusion is about one child, not about the school).
    ("302 404 404 200 404 404 404 404 404 404 404 404 404 200 200",
     ("consent:school_experts consent:expert_add consent:expert_add_known "
     "consent:arrangement_edit")),
    # The same, as a deed.
    ("302 404 404 302 404 404 404 404 404 404 404 404 404 302 302",
     "consent:expert_invite"),
    # The case: the staff read the file, a supervisor that it exists; an expert is sent on.
    ("302 404 404 404 200 200 200 404 404 302 302 404 200 200 200",
     "cases:trajectory_detail"),
    # The same case as its experts read it: nobody else has these pages, no staff either.
    ("302 404 404 404 404 404 404 404 404 200 200 404 404 404 404",
     "consent:guided_detail consent:report_hand_in consent:note_write"),
    # A document that a heading opens: for whom the child is known to.
    ("302 404 404 404 404 404 404 404 404 200 404 404 404 404 404",
     "consent:guided_document"),
    # What an expert tells about himself.
    ("302 404 404 404 404 404 404 404 404 200 200 200 404 404 404",
     "consent:my_profile"),
    # Advice to a teacher: taken away by the teacher, read by its author, found by nobody else.
    ("302 404 404 404 404 404 404 404 404 403 404 404 302 404 404",
     "consent:note_remove"),
    # That something changed, never what: supervisors and the staff of the case.
    ("302 404 404 404 200 200 200 404 404 404 404 404 200 200 200",
     "cases:trajectory_trace"),
    # A supervisor opens one file by break-glass; who reads it already is sent to it.
    ("302 404 404 404 200 200 200 404 404 404 404 404 302 302 302", "cases:glass_open"),
    # What was opened in one's schools: who leads or supervises.
    ("302 200 404 200 200 200 200 404 404 404 404 404 404 200 200", "cases:glass_list"),
    # One of them (of this child; the FG opened it): an excluded leader doesn't find it.
    ("302 404 404 404 200 200 200 404 404 404 404 404 404 200 200", "cases:glass_review"),
    # Closed by who opened it.
    ("302 404 404 404 403 302 403 404 404 404 404 404 404 403 403", "cases:glass_close"),
    # Deeds on a case: who may only read it is told so.
    ("302 404 404 404 403 403 403 404 404 403 403 404 200 200 200",
     ("cases:trajectory_raise cases:trajectory_lower cases:trajectory_close cases:conversation_log "
     "cases:entry_add cases:document_add consent:engagement_prepare")),
    # The same, as one button.
    ("302 404 404 404 403 403 403 404 404 403 403 404 302 302 302",
     "cases:trajectory_rest cases:trajectory_resume cases:trajectory_reopen cases:trajectory_administered"),
    # Only who leads the school lets somebody in, or advises its teacher.
    ("302 404 404 404 403 403 403 404 404 403 403 404 403 200 200",
     "cases:member_add consent:note_write_internal"),
    # The same, as one button.
    ("302 404 404 404 404 404 404 404 404 404 404 404 403 302 302",
     "cases:member_end"),
    # Deeds inside a file.
    ("302 404 404 404 404 404 404 404 404 404 404 404 302 302 302",
     ("cases:agreement_settle consent:engagement_cancel consent:choice_withdraw consent:engagement_start "
     "consent:engagement_end consent:item_remove letters:parent_letter_preview letters:parent_letter_issue "
     "letters:reminder_issue letters:started_letter_issue letters:started_letter_preview letters:letter_administered "
     "cases:conversation_administered cases:document_administered")),
    # The school behind the pages: its leaders and its administrator.
    ("302 200 404 200 404 404 404 404 200 404 404 404 404 200 200",
     "cases:setup"),
    # One school behind the pages.
    ("302 404 404 200 404 404 404 404 200 404 404 404 404 200 200",
     ("consent:expert_accounts consent:expert_switch_off "
     "cases:setup_school cases:setup_letterhead cases:setup_terms cases:setup_levels cases:setup_level "
     "cases:setup_holidays cases:holiday_add cases:setup_holiday cases:setup_help_desks "
     "cases:help_desk_add cases:setup_help_desk cases:setup_headings cases:heading_add cases:setup_heading "
     "cases:setup_people cases:person_add cases:person_add_known cases:person_detail cases:person_edit "
     "cases:role_give cases:role_end cases:account_switch_off cases:account_bring_back")),
    # A right that takes two people: who sets the school up reads the request.
    ("302 404 404 200 404 404 404 404 200 404 404 404 404 200 200", "cases:approval_detail"),
    ("302 404 404 302 404 404 404 404 302 404 404 404 404 302 302",
     "cases:approval_approve cases:approval_withdraw"),
    # Whether everybody still needs what they have: the director decides, who looks after the privacy may look.
    ("302 404 404 200 404 200 200 404 404 404 404 404 404 200 404", "consent:grant_review"),
    # A signal about privacy: its writer and who handles it, but for who is kept from the child.
    ("302 404 404 404 404 200 200 404 404 200 404 404 404 200 200", "cases:signal_detail"),
    # Handled: the FG reads and advises.
    ("302 404 404 404 404 200 200 404 404 403 404 404 404 200 200", "cases:signal_step"),
    ("302 404 404 404 404 403 200 404 404 403 404 404 404 200 200", "cases:signal_take_up"),
    ("302 404 404 404 404 403 302 404 404 403 404 404 404 302 302", "cases:signal_close"),
    # A CLB day: the staff of the school see it (each child only to who works in its file).
    ("302 404 200 200 404 404 404 404 404 404 404 404 200 200 200", "consent:day_detail"),
    # Changed and put on paper by its leaders.
    ("302 404 403 200 404 404 404 404 404 404 404 404 403 200 200", "consent:day_outcomes letters:agenda_pdf"),
    ("302 404 403 302 404 404 404 404 404 404 404 404 403 302 302",
     "consent:day_place consent:day_free consent:day_cancel"),
    # The same day for the expert who comes.
    ("302 404 404 404 404 404 404 404 404 200 404 404 404 404 404", "consent:guided_day"),
    # An expert's own: nobody else accepts.
    ("302 404 404 404 404 404 404 404 404 200 404 404 404 404 404", "consent:arrangement_accept"),
    # A new link for a working account: not by an administrator, nor by who is kept from a child.
    ("302 404 404 302 404 404 404 404 302 404 404 404 404 200 200", "cases:invitation_make"),
    # A lost second step: the same people, and who may not is told so.
    ("302 404 404 302 404 404 404 404 302 404 404 404 404 302 302", "cases:second_step_drop"),
    # What a file would change: who chose the file alone.
    ("302 404 404 404 404 404 404 404 404 404 404 404 404 404 200", "cases:import_preview"),
    ("302 404 404 404 404 404 404 404 404 404 404 404 404 404 302", "cases:import_confirm"),
    # A deed with a form: an empty one is refused in words.
    ("302 404 404 404 404 404 404 404 404 404 404 404 422 422 422",
     "letters:letter_given"),
]  # fmt: skip

DOCUMENT = Path(__file__).parent.parent / "docs" / "reference" / "doors.md"


def table():
    """{name of the address: {person: status}}."""
    found = {}
    for statuses, names in DOORS:
        answers = dict(zip(CAST, map(int, statuses.split()), strict=True))
        found |= dict.fromkeys(names.split(), answers)
    return found


def document():
    """The table as people read it."""
    lines = [
        "# The doors",
        "",
        "What each of the cast is answered at each address, as `tests/test_doors.py` asks it. The case is Emma's:",
        "teacher, director and coordinator work in it; the excluded one is a director who is kept from this child; the",
        "colleague teaches no group; the expert may know the child, the blind expert not, the guidance of the ended",
        "expert is over.",
        '404 answers "not there" and "not yours" alike. This file is written by `./dev python tests/doors.py`.',
        "",
        "| address | " + " | ".join(name.replace("_", " ") for name in CAST) + " |",
        "|---" * (len(CAST) + 1) + "|",
    ]
    for name, answers in sorted(table().items()):
        lines.append(f"| `{name}` | " + " | ".join(str(answers[person]) for person in CAST) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
