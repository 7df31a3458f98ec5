"""How the story is told: short words for the deeds, each done through the eyes of whoever does it."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from accounts.wall import SYSTEM, acting
from cases.actions.files import open_trajectory, raise_level, report_receivers
from cases.actions.papers import add_entry
from cases.actions.people import add_guardian, assign_teacher, create_group, create_pupil, place_pupil
from cases.actions.school import level_of
from cases.actions.talks import evaluate_intervention, log_conversation, settle_agreement
from cases.models import GroupTeacher, Guardian, Heading, ReportSharing
from cases.models.talks import TOPICS
from config.fiction.calendar import Calendar
from consent.actions import (
    place_case,
    plan_day,
    prepare_engagement,
    record_choice,
    record_consultation,
    share_item,
    start_engagement,
)
from consent.days import running_with
from letters.actions import share_report

HOW = ReportSharing.How
PRINT, APP, POST, READING_LINK = HOW.PRINT, HOW.PARENT_APP, HOW.POST, HOW.READING_LINK


@dataclass(frozen=True)
class Way:
    """The words of one case on its way up: what was said at each level, and what was agreed (what, who)."""

    question: str
    worry: str
    agreed: tuple[str, str]
    tried: str
    help: str
    help_agreed: tuple[str, str] = ()
    help_tried: str = ""
    helped: str = ""
    brought: str = ""
    joint: str = ""
    joint_agreed: tuple[str, str] = ()


@dataclass
class Story:
    """One school while its story is told. People are called by username, children by call name."""

    calendar: Calendar
    people: dict
    school: object = None
    coordinator: object = None
    pupils: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)

    # --- groups and children

    def group(self, name, year, before, **teachers):
        """Add a group of this year, its forerunner of last year (name and year in `before`), and its own teachers."""
        days = self.calendar
        now = create_group(school=self.school, name=name, year=year, school_year=days.school_year, by=SYSTEM)
        earlier = before and create_group(
            school=self.school, name=before[0], year=before[1], school_year=days.last_year, by=SYSTEM
        )
        self.groups[name] = (now, earlier)
        for name, kind in teachers.items():
            username = name.replace("__", ".")
            self.teaches(now, username, kind=kind)
            if earlier:
                ends = days.year_begins - timedelta(days=1)
                self.teaches(earlier, username, kind=kind, from_on=days.last_year_begins, until_on=ends)
        return now

    def teaches(self, group, username, *, kind=GroupTeacher.Kind.OWN, from_on=None, until_on=None):
        """Let somebody teach a group, from the start of the year."""
        assign_teacher(
            group=group, user=self.people[username], kind=kind, from_on=from_on or self.calendar.year_begins,
            until_on=until_on, by=SYSTEM,
        )  # fmt: skip

    def pupil(self, group_name, sex, call_name, surname, *, prefix=None, year=None, born=None, left_on=None):
        """Add a child to a group; it sat in the group's forerunner last year."""
        days, (group, earlier) = self.calendar, self.groups[group_name]
        year = year or group.year
        born = born or days.born(int(year), len(self.pupils))
        pupil = create_pupil(
            school=self.school, by=SYSTEM, call_name=call_name, surname=surname, prefix=prefix, sex=sex,
            born=born.isoformat(), entered_on=date(born.year + 4, born.month, min(born.day, 28)), left_on=left_on,
        )  # fmt: skip
        if earlier:
            ends = min(filter(None, (days.year_begins - timedelta(days=1), left_on)))
            place_pupil(
                pupil=pupil, group=earlier, from_on=days.last_year_begins, until_on=ends, by=SYSTEM,
                year=str(int(year) - 1),
            )  # fmt: skip
        if left_on is None or left_on >= days.year_begins:
            place_pupil(pupil=pupil, group=group, from_on=days.year_begins, until_on=left_on, year=year, by=SYSTEM)
        self.pupils[call_name] = pupil
        return pupil

    def guardian(self, child, title, first_name, surname, *, street=None, relation=None, **person):
        """Add a parent with gezag who is asked, or whatever `relation` says. Returns the Guardian."""
        if street:
            person |= {"street": street, "postcode": self.school.postcode, "city": self.school.city}
        return self.relate(child, {"title": title, "first_name": first_name, "surname": surname, **person}, relation)

    def relate(self, child, person, relation=None):
        """Say what a grown-up (a Guardian of another child, or the fields of a new one) is to this child."""
        days = self.calendar
        relation = {
            "has_authority": True, "authority_source": "gezagsregister, getoond door de ouder",
            "authority_seen_on": days.back(95), **(relation or {}),
        }  # fmt: skip
        with acting(self.coordinator.pk):
            row = add_guardian(
                pupil=self.pupils[child], person=person, relation=relation, from_on=days.long_ago, by=self.coordinator
            )
        return row.guardian

    # --- cases

    def case(self, child, teacher, back, question, **needs):
        """Open a case at the first level."""
        pupil = self.pupils[child]
        with acting(teacher.pk):
            return open_trajectory(pupil=pupil, question=question, by=teacher, on=self.calendar.back(back), **needs)

    def parents(self, case):
        """The guardians who get the report of a talk about this child."""
        return report_receivers(case.pupil, self.calendar.today)

    def talk(self, case, by, back, text, *, parents=None, agreed=(), shared=None, how=PRINT, to=None, **more):
        """Log a talk. `agreed` are (what, who) or (what, who, day).

        With `shared` (days back) each parent who was there has a stance, by default that they agree, and everybody who
        gets the report (or `to`) has it.
        """
        days = self.calendar
        with acting(by.pk):
            present = self.parents(case) if parents is None else parents
            if shared is not None:
                more.setdefault("positions", {guardian: {"stance": "agrees"} for guardian in present})
            talk = log_conversation(
                trajectory=case, held_on=days.back(back), text=text, by=by, guardians=present,
                agreements=[dict(zip(("what", "who", "due_on"), line, strict=False)) for line in agreed], **more,
            )  # fmt: skip
        if shared is not None:
            self.share(talk, by, shared, how=how, to=to)
        return talk

    def share(self, talk, by, back, *, how=PRINT, to=None):
        """Give the report of a talk to these people, or to everybody who gets it."""
        with acting(by.pk):
            share_report(
                talk=talk, guardians=to or self.parents(talk.trajectory), how=how, by=by, on=self.calendar.back(back)
            )

    def up(self, case, back, **why):
        """Raise the case one level; the intern begeleider does that."""
        with acting(self.coordinator.pk):
            raise_level(trajectory=case, by=self.coordinator, on=self.calendar.back(back), **why)

    def looked_back(self, talk, by, back, text=None):
        """Tick what was agreed at a talk; with `text`, write down whether the first thing that was tried helped."""
        day = self.calendar.back(back)
        with acting(by.pk):
            for agreement in talk.agreements.filter(done_on=None):
                settle_agreement(agreement=agreement, by=by, on=day)
            if text:
                evaluate_intervention(intervention=talk.interventions.get(), evaluation=text, by=by, on=day)

    def note(self, case, by, back, heading, text, **more):
        """Add a note under a heading. Returns the Entry."""
        with acting(by.pk):
            return add_entry(
                trajectory=case,
                heading=self.heading(heading),
                text=text,
                observed_on=self.calendar.back(back),
                by=by,
                **more,
            )

    def heading(self, name):
        """The heading of this school that is called so."""
        return Heading.objects.get(school=self.school, name=name)

    def level(self, number):
        """The level of this school with that number."""
        return level_of(self.school, number)

    def to_internal(self, child, teacher, way, back):
        """Tell a case up to level 1, raised there `back` school days ago. Returns it."""
        days = self.calendar
        case = self.case(child, teacher, back + 12, way.question)
        talk = self.talk(
            case, teacher, back + 10, way.worry, topics=TOPICS["teacher"][:1], agreed=[(*way.agreed, days.back(back))],
            interventions=[{"text": way.tried, "evaluate_on": days.back(back + 1)}], shared=back + 9,
        )  # fmt: skip
        self.looked_back(talk, teacher, back + 1, "Dit hielp een deel van de tijd.")
        self.up(case, back, told=TOPICS["teacher"])
        return case

    def to_external(self, child, teacher, way, back, *, parents=None):
        """Tell a case up to level 2 and the talk of both with the parents (or these), held `back` school days ago.

        Returns the case and that talk, whose report is not shared: the letter carries it.
        """
        days, guide = self.calendar, self.coordinator
        case = self.to_internal(child, teacher, way, back + 38)
        talk = self.talk(
            case, guide, back + 34, way.help, colleagues=[teacher], topics=TOPICS["internal"],
            agreed=[(*way.help_agreed, days.back(back + 10))], shared=back + 33,
            interventions=[{"kind": "class_visit", "text": way.help_tried, "evaluate_on": days.back(back + 8)}],
        )  # fmt: skip
        self.looked_back(talk, guide, back + 8, way.helped)
        self.up(case, back + 4, outcome=way.brought)
        joint = self.talk(
            case, guide, back, way.joint, parents=parents, colleagues=[teacher], topics=TOPICS["external"],
            agreed=[(*way.joint_agreed, days.ahead(15))],
            positions={guardian: {"stance": "agrees"} for guardian in parents or self.parents(case)},
        )  # fmt: skip
        return case, joint

    # --- the expert

    @property
    def guidance_ends(self):
        """The last school day, or that of next year when the summer is near."""
        days = self.calendar
        years = [days.year_ends.year, days.year_ends.year + 1]
        summers = [first for name, first, _last in days.holidays if name == "Zomervakantie" and first.year in years]
        ends = [first - timedelta(days=1) for first in summers]
        return next((day for day in ends if (day - days.today).days > 30), days.year_ends.replace(year=years[1]))

    def engage(self, case, expert, back, question, *, talk=None, parts=(), **more):
        """Prepare the guidance by an expert, before the letter."""
        days, guide = self.calendar, self.coordinator
        with acting(guide.pk):
            return prepare_engagement(
                trajectory=case, expert=self.people[expert], question=question, by=guide, on=days.back(back),
                parts=[(self.heading(name), case.opened_on) for name in parts], conversation=talk,
                until=self.guidance_ends, **more,
            )  # fmt: skip

    def answer(self, engagement, back, answer, *, guardian=None, how="slip", **more):
        """Record what one parent (by default the only one who was asked) answered."""
        guide = self.coordinator
        with acting(guide.pk):
            rows = engagement.choices.all()
            choice = rows.get(guardian=guardian) if isinstance(guardian, Guardian) else rows.get()
            return record_choice(choice=choice, answer=answer, how=how, by=guide, on=self.calendar.back(back), **more)

    def start(self, engagement, back):
        """Let the expert begin."""
        with acting(self.coordinator.pk):
            start_engagement(engagement=engagement, by=self.coordinator, on=self.calendar.back(back))

    def confer(self, engagement, back, decision, reason, **more):
        """School and expert speak about parents who stay silent; both want what they decide."""
        guide = self.coordinator
        with acting(guide.pk):
            record_consultation(
                engagement=engagement, decision=decision, reason=reason, school_agrees=True, expert_agrees=True,
                by=guide, on=self.calendar.back(back), **more,
            )  # fmt: skip

    def share_nameless(self, engagement, back, title, text, necessity):
        """Give the expert of an anonymous child a text that the parents allowed."""
        guide = self.coordinator
        with acting(guide.pk):
            share_item(
                engagement=engagement, title=title, text=text, necessity=necessity, by=guide,
                on=self.calendar.back(back),
            )  # fmt: skip

    def clb_day(self, expert, ahead):
        """Plan a day on which an expert comes, with everything that runs on the agenda."""
        days, guide = self.calendar, self.coordinator
        with acting(guide.pk):
            day = plan_day(
                school=self.school, expert=self.people[expert], held_on=days.ahead(ahead), by=guide, on=days.today
            )
            for engagement in running_with(day, guide):
                place_case(day=day, engagement=engagement, by=guide, on=days.today)
