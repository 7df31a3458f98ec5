"""What a letter says, taken from the records: a case goes in, a sheet of `letters.papers` comes out.

Here is decided what may stand on whose paper: one letter for parents at one address, a secret address on no sheet, and
in the copy for one parent nothing of what the other thought elsewhere. Paper is Dutch.
"""

from letters.compose.heads import PaperKind, file_name, initials_of, letterhead
from letters.compose.letters import (
    SUFFIXES,
    Envelope,
    LetterFacts,
    StartedFacts,
    answer_of,
    parent_letter,
    reminder,
    unanswered_envelopes,
)
from letters.compose.looks import looks_extract, looks_list
from letters.compose.reports import ANSWERS, TalkFacts, nameless, report, without_names
from letters.compose.sheets import agenda, case_summary

__all__ = [
    "ANSWERS",
    "SUFFIXES",
    "Envelope",
    "LetterFacts",
    "PaperKind",
    "StartedFacts",
    "TalkFacts",
    "agenda",
    "answer_of",
    "case_summary",
    "file_name",
    "initials_of",
    "letterhead",
    "looks_extract",
    "looks_list",
    "nameless",
    "parent_letter",
    "reminder",
    "report",
    "unanswered_envelopes",
    "without_names",
]
