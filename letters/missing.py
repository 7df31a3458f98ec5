"""What a letter still misses before it can be made, in words, each with the page that settles it."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from letters.compose import LetterFacts


@dataclass(frozen=True)
class Missing:
    """One thing: what it is, where it is settled, and whether the letter waits for it."""

    text: str
    url: str = ""
    label: str = ""
    blocks: bool = True


def letters_of(facts: LetterFacts, *, leads: bool):
    """Return (letters, what they miss). `leads`: whether this reader can open the school's set-up."""
    missing = [*_people(facts), *_talk(facts), *(_school(facts) if leads else ())]
    try:
        letters = [(envelope, facts.letter(envelope)) for envelope in facts.envelopes]
    except ValidationError as refusal:
        return [], [*missing, _too_long(facts, refusal, leads=leads)]
    return letters, missing


def _people(facts):
    pupil = facts.pupil.pk
    if not facts.envelopes:
        yield Missing(
            _("Nobody can be asked yet. Write down who has gezag over this child, and who says so."),
            *(
                (reverse("cases:pupil_detail", args=[pupil]), _("Look at the parents"))
                if facts.circle.relations
                else (reverse("cases:guardian_add", args=[pupil]), _("Add a parent"))
            ),
        )
    for row in facts.circle.relations.values():
        if row.has_authority is None and not row.guardian.no_contact:
            yield Missing(
                _("It is not known whether %(name)s has gezag. Without it, this person is not asked.")
                % {"name": row.guardian.formal_name},
                reverse("cases:guardian_edit", args=[row.pk]),
                _("Write down gezag"),
                blocks=False,
            )


def _talk(facts):
    talk = facts.engagement.conversation
    if talk is None or not any(facts.tells_talk_to(envelope) for envelope in facts.envelopes):
        return
    url, label = reverse("letters:report_share", args=[talk.pk]), _("Complete the report")
    if facts.awaits_stance:
        yield Missing(_("This letter is the report of your talk too. Say first what each parent thought."), url, label)
    elif not talk.no_agreements and not facts.agreed:
        yield Missing(
            _("This letter is the report of your talk too. Write down the agreements first, or that none were made."),
            url,
            label,
        )


def _school(facts):
    school = facts.engagement.school
    wanted = [
        (school.fg_name and school.fg_email, _("The letter names no FG yet."), "cases:setup_letterhead"),
        (school.complaint_page, _("The letter names no page about complaints yet."), "cases:setup_letterhead"),
    ]
    for there, text, page in wanted:
        if not there:
            yield Missing(text, reverse(page, args=[school.pk]), _("Complete letterhead"), blocks=False)


def _too_long(facts, refusal, *, leads):
    """What was refused in composing, with the page where it can be made shorter."""
    engagement, where = facts.engagement, getattr(refusal, "params", None) or {}
    of, name = where.get("of"), where.get("field")
    text = " ".join(refusal.messages)
    if of == "ParentLetter" and name in _WORDS:
        label = _("Change the words")
        return Missing(f"{_WORDS[name]()}: {text}", reverse("letters:letter_words", args=[engagement.pk]), label)
    if of == "ParentLetter" and name == "parts":
        text = _("Under B too many parts are ticked, or their names for parents are too long: %(why)s") % {"why": text}
        return Missing(
            text, reverse("cases:setup_headings", args=[engagement.school_id]) if leads else "", _("Headings")
        )
    if of in ("Letterhead", "HelpDesk") or name in ("fg_name", "fg_mail", "complaint_page"):
        page = "cases:setup_help_desks" if of == "HelpDesk" else "cases:setup_letterhead"
        text = _("School on the letter: %(why)s") % {"why": text}
        return Missing(text, reverse(page, args=[engagement.school_id]) if leads else "", _("Set up school"))
    if of == "Addressee" or name == "address":
        text = _("Name or address of a parent: %(why)s") % {"why": text}
        return Missing(text, reverse("cases:pupil_detail", args=[facts.pupil.pk]), _("Look at the parents"))
    return Missing(text)


_WORDS = {
    "question": lambda: _("Question"),
    "own_words": lambda: _("Own words"),
    "items": lambda: _("Under A"),
    "alias": lambda: _("How the expert hears of the child"),
}
