"""Deeds on the parents' choice and the expert whose work waits for it (R25-R55)."""

from cases.actions.sharing import leave_out
from consent.actions.arrangements import (
    accept_arrangement,
    add_expert,
    newest_arrangement,
    offer_arrangement,
    offer_newest,
    publish_arrangement,
    renew_arrangement,
    renew_expert_invitation,
    renewable,
)
from consent.actions.choices import OLD_LETTER, adopt_old_letter, ask_choices, record_choice, withdraw_choice
from consent.actions.coaching import remove_note, teachers_to_advise, write_internal_note, write_note
from consent.actions.engagements import (
    LETTERS,
    agreed_words,
    cancel_engagement,
    end_engagement,
    end_of_school_year,
    has_agreed_to_begin,
    joint_talk,
    missing_for_letter,
    prepare_engagement,
    record_consultation,
    rephrase_engagement,
    start_engagement,
)
from consent.actions.naming import SMALLEST_POOL, check_nameless, check_nameless_at, suggest_alias
from consent.actions.reports import OF_THE_CHILD, give_copy, receive_report
from consent.actions.sharing import close_part, leave_out_items, remove_item, share_item

__all__ = [
    "LETTERS",
    "OF_THE_CHILD",
    "OLD_LETTER",
    "SMALLEST_POOL",
    "accept_arrangement",
    "add_expert",
    "adopt_old_letter",
    "agreed_words",
    "ask_choices",
    "cancel_engagement",
    "check_nameless",
    "check_nameless_at",
    "close_part",
    "end_engagement",
    "end_of_school_year",
    "give_copy",
    "has_agreed_to_begin",
    "joint_talk",
    "leave_out",
    "leave_out_items",
    "missing_for_letter",
    "newest_arrangement",
    "offer_arrangement",
    "offer_newest",
    "prepare_engagement",
    "publish_arrangement",
    "receive_report",
    "record_choice",
    "record_consultation",
    "remove_item",
    "remove_note",
    "renew_arrangement",
    "renew_expert_invitation",
    "renewable",
    "rephrase_engagement",
    "share_item",
    "start_engagement",
    "suggest_alias",
    "teachers_to_advise",
    "withdraw_choice",
    "write_internal_note",
    "write_note",
]
