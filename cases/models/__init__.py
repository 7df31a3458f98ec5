"""The records of the child's file."""

from cases.models.files import (
    CaseExclusion,
    CaseMember,
    CaseTerms,
    FileRow,
    Heading,
    LevelPhase,
    SupportLevel,
    Trajectory,
)
from cases.models.grants import TrajectoryGrant
from cases.models.papers import Document, Entry, KeptFile
from cases.models.people import Group, GroupPlace, GroupTeacher, Guardian, Guardianship, ImportRun, Pupil
from cases.models.talks import Agreement, Attendee, Conversation, Intervention, Position, ReportSharing, Topic

__all__ = [
    "Agreement",
    "Attendee",
    "CaseExclusion",
    "CaseMember",
    "CaseTerms",
    "Conversation",
    "Document",
    "Entry",
    "FileRow",
    "Group",
    "GroupPlace",
    "GroupTeacher",
    "Guardian",
    "Guardianship",
    "Heading",
    "ImportRun",
    "Intervention",
    "KeptFile",
    "LevelPhase",
    "Position",
    "Pupil",
    "ReportSharing",
    "SupportLevel",
    "Topic",
    "Trajectory",
    "TrajectoryGrant",
]
