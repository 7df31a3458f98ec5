"""What the benchmark measures: a made-up school of many children, in a transaction that is taken back.

Only ratios within one run say something: times differ from machine to machine and from hour to hour.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import create_board, create_expert, create_person, create_school, give_role
from accounts.models import Role
from accounts.wall import SYSTEM, acting
from audit.record import sign
from cases.access import SEE_DOSSIER
from cases.actions.files import open_trajectory
from cases.actions.papers import add_entry
from cases.actions.people import create_pupil
from cases.actions.school import level_of, set_up_cases
from cases.models import Heading, Pupil, Trajectory, TrajectoryGrant, Visit
from consent.grants import _permission as permission_of
from letters import pdf

GUIDED = 40  # the cases of one expert, and of one school in the list of its staff
ENTRIES = 500


@dataclass(frozen=True)
class Measure:
    """One line of the report: what, the ratio, the mark it should stay under, and what stood on either side."""

    name: str
    ratio: float
    mark: float
    detail: str

    @property
    def holds(self):
        """Whether the mark is reached in this run."""
        return self.ratio <= self.mark


def _cpu(work, times=15):
    """Median CPU time of some runs, in milliseconds; the first run warms up and doesn't count."""
    work()
    found = []
    for _turn in range(times):
        before = time.process_time()
        work()
        found.append((time.process_time() - before) * 1000)
    return median(found)


def _wall(work, times=25):
    """Median time on the clock, in milliseconds: what the database does counts too."""
    work()
    found = []
    for _turn in range(times):
        before = time.perf_counter()
        work()
        found.append((time.perf_counter() - before) * 1000)
    return median(found)


class School:
    """The made-up school: staff, an expert with forty known children, and as many other children as asked."""

    def __init__(self):
        board = create_board(name="Meting", by=SYSTEM)
        self.day = timezone.localdate()
        since = self.day - timedelta(days=100)
        self.school = self._school(board, "00XX")
        self.guide = create_person(by=SYSTEM, username="meting.ib", first_name="Ib", last_name="Meting")
        give_role(user=self.guide, role=Role.COORDINATOR, school=self.school, from_on=since, by=SYSTEM)
        self.expert = create_expert(
            by=SYSTEM, username="meting.expert", first_name="Ex", last_name="Pert", function="expert"
        )
        self.children, self.others = 0, self._school(board, "00YY")
        guided = self.add(GUIDED, school=self.school)
        for case in guided:
            TrajectoryGrant.objects.create(
                user=self.expert,
                content_object=case,
                school=self.school,
                permission_id=permission_of(SEE_DOSSIER),
                engagement=case.pk,
                from_on=self.day,
                until=self.day + timedelta(days=30),
                visit=Visit.CLASS,
                alias="een leerling",
                case_code="K-XXXX",
                question="Hoe help ik?",
            )

    def _school(self, board, brin):
        school = create_school(
            by=SYSTEM, board=board, name=f"Meting {brin}", brin=brin, street="-", postcode="-", city="-", phone="-"
        )
        set_up_cases(school=school, by=SYSTEM)
        return school

    def add(self, number, school=None):
        """Add so many children with a case: without deeds and history, or this would take all day."""
        school = school or self.others
        level, names = level_of(school, 0), range(self.children, self.children + number)
        self.children += number
        pupils = [Pupil(school=school, call_name=f"Kind{n}", surname=f"Naam{n}") for n in names]
        cases = [
            Trajectory(school=school, pupil=one, level=level, initials="K.N.", question="Hoe?", opened_on=self.day)
            for one in pupils
        ]
        for rows in (pupils, cases):
            type(rows[0]).objects.bulk_create(rows, batch_size=2000)
        with connection.cursor() as cursor:
            cursor.execute("analyze cases_trajectory")
        return cases

    def full_case(self):
        """One case with five hundred notes."""
        pupil = create_pupil(school=self.school, by=SYSTEM, call_name="Vol", surname="Dossier")
        case = open_trajectory(pupil=pupil, question="Hoe help ik?", by=self.guide, on=self.day)
        heading = Heading.objects.filter(school=self.school).order_by("position")[1]
        for number in range(ENTRIES):
            add_entry(
                trajectory=case, heading=heading, text=f"Notitie {number}. " * 20, observed_on=self.day, by=self.guide
            )
        return case


def _listed(user):
    with acting(user.pk):
        return len(list(Trajectory.objects.for_user(user).select_related("level")[:GUIDED]))


def measures(size, tell):
    """Yield the Measures, with a word to `tell` before each slow step. Call it inside `acting(SYSTEM)`."""
    school = School()
    few = max(size // 10, 1)
    tell(f"{few} kinderen")
    school.add(few)
    short = _wall(lambda: _listed(school.expert))
    tell(f"{size} kinderen")
    school.add(size - few)
    with CaptureQueriesContext(connection) as asked:
        _listed(school.expert)
    queries = sum(query["sql"].startswith('SELECT "cases_') for query in asked.captured_queries)
    long, full = _wall(lambda: _listed(school.expert)), _wall(lambda: _listed(school.guide))
    size_words = f"{long:.1f} ms bij {size}, {short:.1f} ms bij {few}; {queries} vraag"
    yield Measure("lijst van de expert, tien keer zo veel kinderen", long / short, 1.15, size_words)
    yield Measure("lijst van de expert / van de school", long / full, 1.2, f"{long:.1f} / {full:.1f} ms")
    yield _wall_on_and_off(school)
    yield _history(school)
    tell(f"een dossier met {ENTRIES} notities")
    yield _case_page(school)
    tell("brieven")
    yield _letter()


def _wall_on_and_off(school):
    """The expert's list, the same question twice: behind the expert's wall, and with every policy standing open."""

    def ask(who):
        with acting(who):
            return len(list(Trajectory.objects.for_user(school.expert).select_related("level")[:GUIDED]))

    closed, opened = _wall(lambda: ask(school.expert.pk)), _wall(lambda: ask(SYSTEM))
    return Measure("muur dicht / open", closed / opened, 1.1, f"{closed:.1f} / {opened:.1f} ms")


def _history(school):
    row = Trajectory.objects.filter(school=school.school).first()

    def save():
        row.question = f"Hoe help ik {time.perf_counter_ns()}?"
        sign(row, by=SYSTEM, why="benchmark").save()

    with_history = _wall(save)
    row.skip_history_when_saving = True
    without = _wall(save)
    return Measure(
        "opslaan met / zonder geschiedenis", with_history / without, 2.3, f"{with_history:.1f} / {without:.1f} ms"
    )


def _case_page(school):
    case = school.full_case()
    client = Client(SERVER_NAME="localhost")
    client.force_login(school.guide, backend="allauth.account.auth_backends.AuthenticationBackend")
    pages = [reverse("cases:trajectory_detail", args=[case.pk]), reverse("account_logout")]

    def get(page):
        answer = client.get(page, secure=True)
        if answer.status_code != 200:
            raise RuntimeError(f"The page answers {answer.status_code}.")
        return answer

    page, floor = (_cpu(lambda page=page: get(page), times=9) for page in pages)
    weight = len(get(pages[0]).content) / 1024
    return Measure(
        "dossier van 500 notities / lege pagina", page / floor, 6.0, f"{page:.1f} / {floor:.1f} ms CPU, {weight:.0f} kB"
    )


def _letter():
    """A page of text as the child process makes it, against a page with nothing on it."""
    empty = "<!doctype html><html lang=nl><title>-</title><body></body></html>"
    lines = "<p>Een zin van acht woorden over een brief.</p>" * 30
    page = empty.replace("<body>", f"<body>{lines}")
    nothing, letter = _wall(lambda: pdf._press.make(empty)), _wall(lambda: pdf._press.make(page))
    return Measure("brief / leeg document", letter / nothing, 5.5, f"{letter:.0f} / {nothing:.0f} ms")
