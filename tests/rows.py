"""One row of every record that stands in a child's file: for tests that must hold for each table."""

from datetime import date, timedelta

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import LookVerdict
from accounts.wall import SYSTEM, acting
from audit.record import sign
from cases.access import SEE_ANONYMOUS
from cases.actions.school import level_of
from cases.models import (
    Agreement,
    Attendee,
    BreakGlass,
    CaseExclusion,
    CaseMember,
    Conversation,
    Document,
    Entry,
    GrantedHeading,
    GroupPlace,
    Heading,
    ImportRun,
    Intervention,
    KeptFile,
    LeftOutItem,
    LevelPhase,
    MovedRecord,
    Position,
    PrivacySignal,
    ReportSharing,
    SharedItem,
    SignalStep,
    TrajectoryGrant,
)
from consent.models import (
    ClbDay,
    ClbPlace,
    CoachingNote,
    Consultation,
    Engagement,
    EngagementPart,
    ExpertReport,
    ParentChoice,
    SharingReason,
)
from letters.models import Addressee, IssuedLetter, ReadingLink

TODAY = date(2026, 11, 24)
SECRET = "Zeldzaamwoord"  # stands in every sealed text, and so may stand in no statement


def kept(row):
    """Save a row as the system, without any deed."""
    sign(row, by=SYSTEM, why="made for a test").save()
    return row


def one_of_each(cast, trajectory):
    """Return {table: a row of it}, all about Emma, for every table of a child's file."""
    with acting(SYSTEM):
        rows = [cast.pupil, cast.mother, cast.mother.guardian, trajectory, *_file(cast, trajectory)]
        rows += [GroupPlace.objects.get(pupil=cast.pupil), CaseExclusion.objects.get(pupil=cast.pupil)]
        rows.append(LevelPhase.objects.get(trajectory=trajectory))
        rows.append(kept(ImportRun(school=cast.school, kind="pupils", rows=SECRET, counts={"new": 1})))
    return {row._meta.db_table: row for row in rows}


def _file(cast, trajectory):
    school, guardian = cast.school, cast.mother.guardian
    heading = Heading.objects.filter(school=school).first()

    def row(model, **fields):
        return kept(model(school=school, trajectory=trajectory, **fields))

    talk = row(
        Conversation,
        held_on=TODAY,
        level=level_of(school, 0),
        led_by=cast.teacher,
        text=SECRET,
        child_view=SECRET,
        source=SECRET,
        judgement=SECRET,
        judgement_rests_on=SECRET,
    )
    scan, paper = (
        KeptFile.keep(f"{SECRET} {name}".encode(), content_type="application/pdf", trajectory=trajectory)
        for name in ("scan", "letter")
    )
    engagement = row(
        Engagement,
        expert=cast.blind_expert,
        conversation=talk,
        reference="7Q2",
        question=SECRET,
        alias=SECRET,
        case_code=SECRET[:12],
        prepared_on=TODAY,
        until=TODAY + timedelta(days=90),
    )
    document = row(Document, title=SECRET, heading=heading, received_on=TODAY, file=scan, author=cast.blind_expert)
    grant = TrajectoryGrant.objects.create(
        school=school,
        content_object=trajectory,
        user=cast.blind_expert,
        permission=Permission.objects.get(codename=SEE_ANONYMOUS),
        engagement=engagement.pk,
        from_on=TODAY,
        until=TODAY + timedelta(days=90),
        visit="class",
        alias=SECRET,
        case_code=SECRET[:12],
        question=SECRET,
    )
    item = row(SharedItem, reader=cast.blind_expert, title=SECRET, text=SECRET, shared_on=TODAY)
    day = kept(ClbDay(school=school, expert=cast.blind_expert, held_on=TODAY))
    letter = row(IssuedLetter, kind="referral", engagement=engagement, addressees=SECRET, file=paper, issued_on=TODAY)
    signal = kept(
        PrivacySignal(
            school=school,
            writer=cast.teacher,
            about=trajectory.pk,
            child=trajectory.pupil_id,
            text=SECRET,
            data_left="no",
            noticed_on=TODAY,
            discovered_at=timezone.now(),
        )
    )
    step = kept(SignalStep(school=school, signal=signal, kind="note", text=SECRET, taken_by=cast.coordinator))
    verdict = kept(
        LookVerdict(
            school=school,
            event=engagement.pk,
            about=cast.teacher.pk,
            on=TODAY,
            verdict="asked",
            note=SECRET,
            judged_by=cast.auditor,
        )
    )
    return [
        signal,
        step,
        verdict,
        talk,
        scan,
        engagement,
        letter,
        row(Attendee, conversation=talk, other=SECRET),
        row(Position, conversation=talk, guardian=guardian, stance="objects", reasons=SECRET),
        row(Intervention, conversation=talk, text=SECRET),
        row(Agreement, conversation=talk, what=SECRET, who=SECRET),
        row(ReportSharing, conversation=talk, guardian=guardian, edition=1, shared_on=TODAY, how="print"),
        row(
            Entry,
            kind="judgement",
            heading=heading,
            text=SECRET,
            rests_on=SECRET,
            observed_on=TODAY,
            author=cast.teacher,
        ),
        document,
        grant,
        item,
        day,
        GrantedHeading.objects.create(
            school=school, trajectory=trajectory, grant=grant, reader=grant.user, heading=heading, from_on=TODAY
        ),
        row(LeftOutItem, reader=cast.blind_expert, kind="document", item=document.pk),
        row(MovedRecord, kind="talk", moved_on=TODAY),
        row(Consultation, engagement=engagement, held_on=TODAY, decision="wait", wait_until=TODAY, reason=SECRET),
        row(SharingReason, engagement=engagement, item=item, necessity=SECRET),
        row(
            ExpertReport,
            engagement=engagement,
            author=cast.blind_expert,
            document=document,
            kind="clb",
            written_on=TODAY,
        ),
        row(
            CoachingNote,
            engagement=engagement,
            teacher=cast.teacher,
            author=cast.blind_expert,
            text=SECRET,
            written_on=TODAY,
            lasts_until=TODAY + timedelta(days=300),
        ),
        row(ClbPlace, day=day, engagement=engagement),
        row(
            BreakGlass,
            user=cast.fg,
            role="fg",
            kind="complaint",
            sentence=SECRET,
            opened_at=timezone.now() - timedelta(hours=2),
            until_at=timezone.now() - timedelta(minutes=90),
            review_by=TODAY + timedelta(days=7),
        ),
        row(CaseMember, user=cast.safeguarding_lead, reason=SECRET, from_on=TODAY - timedelta(days=9)),
        row(EngagementPart, engagement=engagement, heading=heading, from_on=TODAY),
        row(ParentChoice, engagement=engagement, guardian=guardian, remark=SECRET),
        row(Addressee, letter=letter, guardian=guardian),
        ReadingLink.objects.create(
            school=school,
            trajectory=trajectory,
            letter=letter,
            token_hash=b"t" * 32,
            code_hash=b"c" * 32,
            expires_at=timezone.now() + timedelta(days=1),
        ),
    ]
