"""Deeds with paper: letters are rendered once and kept, given, reminded of; reports are shared in writing."""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import saved
from accounts.wall import SYSTEM, acting
from audit.record import record
from cases.actions.files import report_receivers
from cases.actions.talks import mark_shared, set_position
from cases.models import KeptFile, ReportSharing, Trajectory
from cases.names import find_names, names_of
from consent.actions import OLD_LETTER, ask_choices
from consent.models import Outcome
from letters import pdf
from letters.circle import Circle, place_of
from letters.compose import (
    LetterFacts,
    PaperKind,
    StartedFacts,
    TalkFacts,
    case_summary,
    file_name,
    looks_extract,
    nameless,
    reminder,
    unanswered_envelopes,
)
from letters.models import Addressee, IssuedLetter, ReadingLink

Kind, How = IssuedLetter.Kind, IssuedLetter.How
SharedHow = ReportSharing.How

LINK_DAYS = 14
LINK_TRIES = 5
CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that look alike
NO_NAME = "[naam]"
GIVEN_AS = {SharedHow.PRINT: How.HANDED, SharedHow.POST: How.POST}
PAPERS = {
    Kind.REFERRAL: PaperKind.LETTER,
    Kind.REMINDER: PaperKind.REMINDER,
    Kind.REPORT: PaperKind.REPORT,
    Kind.STARTED: PaperKind.STARTED,
}


def name_of_file(letter):
    """Return the file name of a kept letter: its kind, initials and date, and nobody's name (R36, R54)."""
    return file_name(PAPERS[letter.kind], letter.trajectory.initials, letter.issued_on)


def _keep(made, *, trajectory, people, by, **fields):
    """Keep what was rendered, and to whom it goes. Returns the IssuedLetter."""
    kept = KeptFile.keep(made.pdf, content_type="application/pdf", trajectory=trajectory)
    names = [_name_of(person) if person else trajectory.pupil.full_name for person in people]
    letter = IssuedLetter(
        school_id=trajectory.school_id, trajectory=trajectory, file=kept, addressees=" en ".join(names)[:300], **fields
    )
    saved(letter, by=by, why="issued")
    for person in people:
        row = Addressee(school_id=trajectory.school_id, trajectory=trajectory, letter=letter, guardian=person)
        saved(row, by=by, why="addressee")
    return letter


def _name_of(person):
    return f"{person.institution}, {person.formal_name}" if person.institution else person.formal_name


def closed_for(letter, *, reader, on):
    """Return why this reader may not open the kept paper: "no_contact", "secret_address", or "" (who leads opens all).

    What was printed stays as it was, and so does an address that became secret since; also that of who lives with
    somebody whose address is secret. A report carries no address: it closes for no contact alone.
    """
    if Trajectory.objects.led_by(reader).filter(pk=letter.trajectory_id).exists():
        return ""
    people = [row.guardian for row in letter.to.select_related("guardian") if row.guardian]
    if any(person.no_contact for person in people):
        return "no_contact"
    if letter.kind == Kind.REPORT or not people:
        return ""
    secret = Circle(letter.trajectory.pupil, on).secret_places - {None}
    if any(person.secret_address or place_of(person) in secret for person in people):
        return "secret_address"
    return ""


def closed_reports(letters, *, reader):
    """Return the uuids of those of these reports of one case that this reader may not open (see `closed_for`)."""
    barred = letters.filter(to__guardian__no_contact=True)
    return set(
        barred.exclude(trajectory__in=Trajectory.objects.led_by(reader).values("pk")).values_list("pk", flat=True)
    )


# --- the letter about an expert --------------------------------------------------------------------------------------


def _refuse_issued(engagement):
    if engagement.asked_on:
        raise ValidationError(
            _("This letter has been made already. Another letter needs another guidance."), code="issued_once"
        )
    if engagement.cancelled_on or engagement.ended_on:
        raise ValidationError(_("This guidance has ended."), code="ended")
    if engagement.trajectory.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."), code="closed")


@transaction.atomic
def issue_parent_letter(*, engagement, by, on):
    """Make the letters of an engagement, once: compose, render, keep, and put the choice (R25-R34, R38).

    One letter for each address; where it tells of the joint talk, it counts as that talk's written report (decision
    7 of docs/rules.md). Everything is rendered before anything is recorded. Returns the IssuedLetters. Raises
    ValidationError, also for what the report of the talk still misses (`stance_missing`, `agreements_missing`).
    """
    _refuse_issued(engagement)
    facts = LetterFacts(engagement, on, by)
    if not facts.envelopes:
        raise ValidationError(
            _("Nobody can be asked yet: write down who has gezag over this child."), code="nobody_to_ask"
        )
    made = [
        (envelope, pdf.render("letters/parent_letter.html", facts.letter(envelope))) for envelope in facts.envelopes
    ]
    told = [person for envelope in facts.envelopes for person in facts.tells_talk_to(envelope)]
    letters = [
        _keep(
            paper,
            trajectory=engagement.trajectory,
            people=envelope.people,
            by=by,
            kind=Kind.REFERRAL,
            engagement=engagement,
            reference=envelope.reference,
            issued_on=on,
        )
        for envelope, paper in made
    ]
    if told:  # before anything of the engagement is touched: this may refuse
        mark_shared(conversation=engagement.conversation, guardians=told, how=SharedHow.LETTER, by=by, on=on)
    references = {person: envelope.reference for envelope in facts.envelopes for person in envelope.people}
    ask_choices(engagement=engagement, letters=references, by=by, on=on)
    record("letter.issued", letters[0], by=by, detail={"letters": len(letters), "kind": str(Kind.REFERRAL)})
    return letters


@transaction.atomic
def record_given(*, letter, how, by, on):
    """Record that a letter was handed over or posted. Raises ValidationError."""
    if how not in How.values:
        raise ValidationError({"how": ValidationError(_("Say how it was given."), code="how_missing")})
    if on < letter.issued_on:
        raise ValidationError(
            {"on": ValidationError(_("It can't be given before it was made."), code="before_the_letter")}
        )
    letter.given_on, letter.given_how = on, how
    saved(letter, by=by, why="given")
    record("letter.given", letter, by=by, detail={"how": str(how)})
    return letter


def _refuse_reminder(engagement, choices, on):
    if engagement.cancelled_on or engagement.ended_on or engagement.started_on:
        raise ValidationError(_("This guidance waits for no answer any more."), code="ended")
    if any(choice.reminded_on for choice in choices):
        raise ValidationError(_("The parents have been reminded once, and once is what the letter says."), code="once")
    refusals = {
        Outcome.NOT_ASKED: ("not_asked", _("The letter has not been made yet.")),
        Outcome.TALK: ("talk_first", _("A parent wants to talk first. Call; do not remind.")),
        Outcome.OBJECTS: ("objects", _("A parent objects to the plan. Talk; do not remind.")),
        Outcome.ANONYMOUS: ("answered", _("The answer is there: nobody needs a reminder.")),
        Outcome.KNOWN: ("answered", _("The answer is there: nobody needs a reminder.")),
    }
    if refusal := refusals.get(engagement.outcome(on)):
        raise ValidationError(refusal[1], code=refusal[0])


@transaction.atomic
def issue_reminder(*, engagement, by, on):
    """Remind once who has not answered, with the slip again and a new term (R40). Returns the IssuedLetters.

    Raises ValidationError: after a first reminder, when all is answered, and while a parent wants to talk first.
    """
    choices = list(engagement.choices.select_related("guardian").order_by("pk"))
    _refuse_reminder(engagement, choices, on)
    facts = LetterFacts(engagement, on, by)
    envelopes = unanswered_envelopes(facts, choices)
    asked_on = min(choice.asked_on for choice in choices)
    made = [
        (envelope, pdf.render("letters/reminder.html", reminder(facts, envelope, asked_on=asked_on)))
        for envelope in envelopes
    ]
    letters = [
        _keep(
            paper,
            trajectory=engagement.trajectory,
            people=envelope.people,
            by=by,
            kind=Kind.REMINDER,
            engagement=engagement,
            reference=envelope.reference,
            issued_on=on,
        )
        for envelope, paper in made
    ]
    references = {person and person.pk: envelope.reference for envelope in envelopes for person in envelope.people}
    for choice in choices:
        if choice.guardian_id in references:
            choice.reminded_on, choice.due_on = on, facts.due_on
            if choice.letter_of.startswith(OLD_LETTER):  # the new slip carries a reference; the old one did not
                choice.letter_of = references[choice.guardian_id]
            saved(choice, by=by, why="reminded")
    record("letter.issued", letters[0], by=by, detail={"letters": len(letters), "kind": str(Kind.REMINDER)})
    return letters


# --- the letter that the expert begins without an answer -------------------------------------------------------------


def refuse_telling(engagement):
    """Refuse the letter of R43 where there is nothing to tell, or nothing any more. Raises ValidationError."""
    if not engagement.started_without_answer:
        raise ValidationError(_("The expert did not begin without an answer."), code="not_without_answer")
    if engagement.parents_told_on:
        raise ValidationError(_("The parents have been told already."), code="told")
    if engagement.trajectory.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."), code="closed")


@transaction.atomic
def issue_started_letter(*, engagement, by, on):
    """Tell the parents why the expert begins without their answer, once (R43), and keep the copy (R44).

    One letter for each address. Everything is rendered before anything is recorded. Returns the IssuedLetters. Raises
    ValidationError.
    """
    refuse_telling(engagement)
    facts = StartedFacts(engagement, on, by)
    if not facts.envelopes:
        raise ValidationError(
            _("Nobody can be told yet: write down who has gezag over this child."), code="nobody_to_tell"
        )
    made = [(one, pdf.render("letters/started_letter.html", facts.letter(one))) for one in facts.envelopes]
    letters = [
        _keep(
            paper,
            trajectory=engagement.trajectory,
            people=envelope.people,
            by=by,
            kind=Kind.STARTED,
            engagement=engagement,
            reference=envelope.reference,
            issued_on=on,
        )
        for envelope, paper in made
    ]
    engagement.parents_told_on = on
    saved(engagement, by=by, why="told")
    record("letter.issued", letters[0], by=by, detail={"letters": len(letters), "kind": str(Kind.STARTED)})
    return letters


# --- the report of a talk --------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class SharedCopy:
    """One copy as it was shared: the kept letter, and what is shown once (a pass phrase, or an address and code)."""

    letter: IssuedLetter
    pass_phrase: str = ""
    token: str = ""
    code: str = ""


@transaction.atomic
def complete_report(*, talk, by, positions=None, no_agreements=False):
    """Write down what sharing asks and the report still misses: stances per Guardian, and that nothing was agreed."""
    for guardian, position in (positions or {}).items():
        set_position(conversation=talk, guardian=guardian, by=by, **position)
    if no_agreements and not talk.no_agreements and not talk.agreements.filter(dropped=False).exists():
        talk.no_agreements = True
        saved(talk, by=by, why="no agreements")
    return talk


@transaction.atomic
def share_report(*, talk, guardians, how, by, on, positions=None, no_agreements=False):
    """Share the present edition of a report in writing (R7-R10, R17, R24). Returns a list of SharedCopy.

    For paper, a protected PDF and a reading link each receiver's copy is rendered and kept; in the copy for one parent
    nothing stands of what the other thought elsewhere. The copy without names is text, shown by `nameless_text`. Raises
    ValidationError.
    """
    guardians = list(guardians)
    entitled = {person.pk for person in report_receivers(talk.trajectory.pupil, on)}
    if any(person.pk not in entitled for person in guardians):
        raise ValidationError(_("This person does not get the report."), code="not_a_receiver")
    complete_report(talk=talk, by=by, positions=positions, no_agreements=no_agreements)
    made = []
    if how == SharedHow.PARENT_APP:
        nameless_text(talk=talk, on=on)  # raises when a name is left
    else:
        facts = TalkFacts(talk, on, by)
        made = [(people, pdf.render("letters/report.html", facts.report(people))) for people in facts.copies(guardians)]
    letters = [
        _keep(
            paper,
            trajectory=talk.trajectory,
            people=people,
            by=by,
            kind=Kind.REPORT,
            conversation=talk,
            edition=talk.edition,
            issued_on=on,
            given_on=on,
            given_how=GIVEN_AS.get(how, ""),
        )
        for people, paper in made
    ]
    mark_shared(conversation=talk, guardians=guardians, how=how, by=by, on=on)
    return [_opened_up(letter, how, by=by) for letter in letters]


def _opened_up(letter, how, *, by):
    """Return the copy with what its receiver needs to open it."""
    if how == SharedHow.PROTECTED_PDF:
        return SharedCopy(letter, pass_phrase=pdf.pass_phrase())
    if how == SharedHow.READING_LINK:
        token, code = make_reading_link(letter=letter, by=by)
        return SharedCopy(letter, token=token, code=code)
    return SharedCopy(letter)


def protected_pdf(*, letter, pass_phrase, by):
    """Return the kept bytes, locked with this pass phrase (which is kept nowhere). Raises ValidationError."""
    if not re.fullmatch(r"[a-z]{4}(-[a-z]{4}){4}", pass_phrase):
        raise ValidationError(_("This is no pass phrase of ours."), code="pass_phrase")
    locked = pdf.protect(letter.file.data, pass_phrase)
    record("letter.downloaded", letter, by=by, detail={"as": "protected"})
    return locked


def nameless_text(*, talk, on, facts=None):
    """Return (text, how many names became "[naam]") of the report without names, for the school's parent app.

    Names become words ("Emma" → "uw kind") where it is clear whose they are; the naamcontrole looks at what is left.
    `facts` are those of the talk, for who has read them already. Raises ValidationError when a name still stands.
    """
    facts = facts or TalkFacts(talk, on)
    answers, is_elsewhere = facts.answers_in_app()
    report = replace(facts.report(()), answers=answers)
    copy = nameless(report, facts.words_for_names(), answers_elsewhere=is_elsewhere)
    text = pdf.render_html("letters/nameless.txt", copy).strip()
    names = names_of(facts.pupil, facts.circle.known)
    found = find_names(text, names)
    for hit in reversed(found):
        text = f"{text[: hit.start]}{NO_NAME}{text[hit.end :]}"
    if find_names(text, names):
        raise ValidationError(_("A name is left in this text. Change the report first."), code="names_left")
    return text, len(found)


# --- for the pupil administration ------------------------------------------------------------------------------------


def report_for_administration(*, talk, by, on):
    """Return (PDF, file name) of a talk's report for the pupil administration: made when asked, and not kept."""
    made = pdf.render("letters/report.html", TalkFacts(talk, on, by).report_for_file())
    record("conversation.downloaded", talk, by=by, detail={"as": "administration", "edition": talk.edition})
    return made.pdf, file_name(PaperKind.REPORT, talk.trajectory.initials, talk.held_on)


def summary_for_administration(*, trajectory, by, on):
    """Return (PDF, file name) of a closed case for the pupil administration. Raises ValidationError `not_closed`."""
    made = pdf.render("letters/case_summary.html", case_summary(trajectory, on))
    record("trajectory.downloaded", trajectory, by=by, detail={"as": "administration"})
    return made.pdf, file_name(PaperKind.SUMMARY, trajectory.initials, trajectory.closed_on)


# --- who looked ------------------------------------------------------------------------------------------------------


def looks_for_parents(*, trajectory, by, on):
    """Return (PDF, file name) of who looked at this child's file, for parents who ask (R130).

    It isn't kept: who works in the case may not read here what colleagues looked at. Its seal is, with who made it.
    """
    letter = looks_extract(trajectory, by=by, on=on)
    made = pdf.render("letters/looks_extract.html", letter)
    detail = {"rows": len(letter.rows), "as": "for parents", "sha256": sha256(made.pdf).hexdigest()}
    record("looks.exported", trajectory, by=by, detail=detail)
    return made.pdf, file_name(PaperKind.LOOKS, trajectory.initials, on)


# --- a reading link --------------------------------------------------------------------------------------------------


def is_present_edition(letter):
    """Whether this report is still what the talk's report says."""
    return letter.edition == letter.conversation.edition


def are_receivers(letter, on):
    """Whether everyone whom this copy is for gets reports about this child on that day (R7)."""
    entitled = {person.pk for person in report_receivers(letter.trajectory.pupil, on)}
    people = {row.guardian_id for row in letter.to.all()}
    return bool(people) and people <= entitled


def may_be_linked(letter, on):
    """Whether a reading link to this report may be made, and one that was made may be used."""
    return letter.kind == Kind.REPORT and is_present_edition(letter) and are_receivers(letter, on)


@transaction.atomic
def make_reading_link(*, letter, by):
    """Make an address at which one receiver reads one report, once, within 14 days. Returns (token, code).

    Both are shown once and only their hashes are kept. An older link to the same report closes. Raises
    ValidationError for another kind of letter, for an older version of the report, and when somebody whom this copy
    is for does not get the report any more.
    """
    if letter.kind != Kind.REPORT:
        raise ValidationError(_("Only a report can be read by a link."), code="no_report")
    if not is_present_edition(letter):
        raise ValidationError(
            _("This is an older version of the report. Share the present version."), code="older_edition"
        )
    if not are_receivers(letter, timezone.localdate()):
        raise ValidationError(_("This person does not get the report."), code="not_a_receiver")
    now = timezone.now()
    letter.links.filter(opened_at=None, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(24)
    code = "".join(secrets.choice(CODE_SIGNS) for _sign in range(8))
    ReadingLink.objects.create(
        school_id=letter.school_id,
        trajectory_id=letter.trajectory_id,
        letter=letter,
        token_hash=ReadingLink.hash(token),
        code_hash=_code_hash(token, code),
        expires_at=now + timedelta(days=LINK_DAYS),
    )
    record("reading_link.made", letter, by=by)
    return token, f"{code[:4]}-{code[4:]}"


def _code_hash(token, code):
    """The hash of a code, which is short, hangs on the token, which is not: who has the table guesses neither."""
    return ReadingLink.hash(f"{token}|{re.sub(r'[^0-9A-Z]', '', code.upper())}")


@transaction.atomic
def open_link(*, token, code):
    """Return (KeptFile, file name) of the report behind this link, once; or None: equal for wrong, used and expired.

    None as well when there is a newer version, or when who it is for gets no reports any more: what was right when
    the link was made says nothing about today. Who opens it is signed in nowhere, so the system looks. Five wrong
    codes close a link.
    """
    with acting(SYSTEM):
        link = ReadingLink.objects.select_for_update().filter(token_hash=ReadingLink.hash(token)).first()
        if link is None or link.tries >= LINK_TRIES:
            return None
        letter = IssuedLetter.objects.select_related("file", "trajectory__pupil", "conversation").get(pk=link.letter_id)
        fits = secrets.compare_digest(bytes(link.code_hash), _code_hash(token, code))
        is_due = may_be_linked(letter, timezone.localdate())  # asked for a wrong code too: as slow, and as silent
        if not (fits and link.is_open and is_due):
            link.tries += 1
            link.save(update_fields=["tries"])
            record("reading_link.refused", letter, by=SYSTEM, detail={"tries": link.tries})
            return None
        link.opened_at = timezone.now()
        link.save(update_fields=["opened_at"])
        opened = letter.file, name_of_file(letter)
        record("reading_link.opened", letter, by=SYSTEM)
        return opened
