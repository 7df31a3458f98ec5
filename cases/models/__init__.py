"""The records of the child's file."""

from cases.models.files import (
    Administered,
    CaseExclusion,
    CaseMember,
    CaseTerms,
    FileRow,
    Heading,
    LevelPhase,
    SupportLevel,
    Trajectory,
)
from cases.models.glass import BreakGlass
from cases.models.grants import GrantedHeading, LeftOutItem, MovedRecord, SharedItem, TrajectoryGrant, Visit
from cases.models.papers import Document, Entry, KeptFile
from cases.models.people import Group, GroupPlace, GroupTeacher, Guardian, Guardianship, ImportRun, Pupil
from cases.models.privacy import PrivacySignal, SignalStep
from cases.models.talks import Agreement, Attendee, Conversation, Intervention, Position, ReportSharing, Topic

__all__ = [
    "Administered",
    "Agreement",
    "Attendee",
    "BreakGlass",
    "CaseExclusion",
    "CaseMember",
    "CaseTerms",
    "Conversation",
    "Document",
    "Entry",
    "FileRow",
    "GrantedHeading",
    "Group",
    "GroupPlace",
    "GroupTeacher",
    "Guardian",
    "Guardianship",
    "Heading",
    "ImportRun",
    "Intervention",
    "KeptFile",
    "LeftOutItem",
    "LevelPhase",
    "MovedRecord",
    "Position",
    "PrivacySignal",
    "Pupil",
    "ReportSharing",
    "SharedItem",
    "SignalStep",
    "SupportLevel",
    "Topic",
    "Trajectory",
    "TrajectoryGrant",
    "Visit",
]
