"""Every address × the whole cast → what is answered. An address that is not in the table fails the suite.

A number is the status of a GET (of a POST, for what is only a deed). 404 is the answer to "not there" and to "not
yours" alike; 403 is for who may read the row and not change it.
"""

from copy import deepcopy
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.actions import add_help_desk, add_holiday, give_role, invite
from accounts.models import Role
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.access import Reading
from cases.actions.files import add_member, open_trajectory, raise_level
from cases.actions.glass import close_glass, open_glass
from cases.actions.imports import preview_pupils
from cases.actions.papers import add_document, add_entry
from cases.actions.privacy import write_signal
from cases.actions.talks import log_conversation
from cases.models import CaseExclusion, GroupTeacher, Heading, SupportLevel, Trajectory
from cases.uploads import Accepted
from consent.actions import (
    ask_choices,
    end_engagement,
    plan_day,
    prepare_engagement,
    receive_report,
    record_choice,
    share_item,
    start_engagement,
    write_note,
)
from consent.models import Acceptance
from letters.actions import share_report
from tests.canaries import Watch, plant
from tests.cases.test_imports import child, edex
from tests.cases.test_uploads import pdf
from tests.conftest import NOW, STANDING, TODAY, enter, person
from tests.doors import CAST, DOCUMENT, document, table

FILES = {
    "coordinator": {"letters:letter_pdf", "cases:document_file", "letters:agenda_pdf"},
    "expert": {"consent:guided_document"},
}


def rows_of(cast, trajectory):
    """Return what stands behind each address: Emma's case at level 2, three engagements, a letter, a shared report."""
    on, by, mother = TODAY, cast.coordinator, cast.mother.guardian
    with acting(by.pk):
        for _level in range(2):
            raise_level(trajectory=trajectory, by=by, on=on, skip_because="liep al", outcome="Het hielp niet.")
        talk = log_conversation(
            trajectory=trajectory, held_on=on, text="Wij praatten.", by=by, guardians=[mother],
            agreements=[{"what": "lezen"}], interventions=[{"text": "rekenmaatje"}],
            positions={mother: {"stance": "agrees"}},
        )  # fmt: skip
        heading = Heading.objects.filter(school=cast.school).order_by("position").first()
        note = add_entry(trajectory=trajectory, heading=heading, text="Rekende.", observed_on=on, by=by)
        document = add_document(
            trajectory=trajectory, heading=heading, title="Brief", received_on=on, by=by,
            accepted=Accepted(b"%PDF-1.7", "application/pdf"),
        )  # fmt: skip
        for name, answer in (("expert", "known"), ("blind_expert", "anonymous"), ("ended_expert", "known")):
            engagement = prepare_engagement(
                trajectory=trajectory, expert=getattr(cast, name), question="Hoe help ik bij rekenen?", by=by, on=on,
                conversation=talk, skip_because="liep al", parts=[(heading, on)],
            )  # fmt: skip
            (choice,) = ask_choices(engagement=engagement, letters={mother: name[:8]}, by=by, on=on)
            record_choice(choice=choice, answer=answer, how="slip", by=by, on=on, items="de toetsen")
            start_engagement(engagement=engagement, by=by, on=on)
            if answer == "anonymous":
                item = share_item(
                    engagement=engagement, title="de toetsen", text="Rekent vlot.", necessity="x", by=by, on=on
                )
        end_engagement(engagement=engagement, by=by, on=on)
        # After the answers: each of them makes a new edition of a report that parents have in hand.
        shared = share_report(talk=talk, guardians=[mother], how="reading_link", by=by, on=on)[0]
        day = plan_day(school=cast.school, expert=cast.expert, held_on=on, by=by, on=on)
        found = {"clb-dagen": day, "dagen": day}
        found |= {
            "trajecten": trajectory, "leerlingen": cast.pupil, "gesprekken": talk, "afspraken": talk.agreements.get(),
            "interventies": talk.interventions.get(), "documenten": document, "begeleidingen": engagement,
            "keuzes": choice, "brieven": shared.letter, "ouders": cast.mother, "groepen": cast.group,
            "toewijzingen": GroupTeacher.objects.get(), "niveaus": SupportLevel.objects.filter(school=cast.school)[0],
            "inlezen": preview_pupils(school=cast.school, data=edex(child("1")), by=by, on=on),
            "betrokkenen": add_member(trajectory=trajectory, user=cast.director, reason="x", from_on=on, by=by),
            "geschiedenis": note, "verplaatsen": note,
            "rechten": cast.school,
            "school": cast.school, "kopjes": heading, "rollen": cast.colleague.memberships.get(),
            "gedeeld": item,
        }  # fmt: skip
    with acting(cast.expert.pk):
        case = {"trajectory": trajectory, "seen": Reading.DOSSIER, "by": cast.expert, "on": on}
        found |= {
            "begeleid": trajectory,
            "privacy": write_signal(
                school=cast.school, text="Een briefje.", data_left="no", noticed_on=on, case=trajectory, by=cast.expert
            ),
            "adviezen": write_note(teacher=cast.teacher, text="Begin de les rustig.", **case),
            "expertverslagen": receive_report(
                kind="clb", title="CLB-verslag", written_on=on, accepted=Accepted(pdf(), "application/pdf"), **case
            ),
        }
    with acting(cast.fg.pk):
        opened = open_glass(trajectory=trajectory, kind="sample", sentence="Steekproef.", by=cast.fg, at=timezone.now())
        found["noodinzage"] = close_glass(glass=opened, by=cast.fg, at=timezone.now())
    with acting(cast.admin.pk):
        found["goedkeuringen"] = give_role(
            user=cast.colleague, role=Role.COORDINATOR, school=cast.school, from_on=on, by=cast.admin
        )
    with acting(SYSTEM):
        found |= {
            "inzage": Event.objects.filter(action="trajectory.raised", school=cast.school.pk).first(),
            "uitsluitingen": CaseExclusion.objects.get(),
            "vakanties": add_holiday(school=cast.school, name="Kerst", from_on=on, until_on=on, by=SYSTEM),
            "werkafspraken": Acceptance.objects.get(user=cast.expert),
            "hulplijnen": add_help_desk(school=cast.school, name="Hulp", phone="0800", by=SYSTEM),
        }
        tokens = {"uitnodiging": invite(user=cast.colleague, by=cast.admin), "lees": shared.token}
        found["passkeys"] = Authenticator.objects.create(
            user=person("pim"), type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop", "credential": {}}
        )
    return {name: row.pk for name, row in found.items()} | tokens


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """Everything that addresses lead to, with a mark in every text: told once for the tests of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            cast = deepcopy(STANDING.cast)
            with acting(cast.teacher.pk):
                trajectory = open_trajectory(
                    pupil=cast.pupil, question="Hoe help ik?", by=cast.teacher, on=TODAY - timedelta(days=30)
                )
            rows = rows_of(cast, trajectory)
            field = plant(cast, trajectory)
        yield SimpleNamespace(cast=cast, trajectory=trajectory, rows=rows, field=field)
        transaction.set_rollback(True)


@pytest.fixture
def house(told):
    """The same, in a transaction for this test alone."""
    with transaction.atomic():
        yield told
        transaction.set_rollback(True)


@pytest.fixture
def cast(house):
    """The people of the story."""
    return house.cast


@pytest.fixture
def rows(house):
    """The uuid behind every address."""
    return house.rows


def address_of(name, rows, cast):
    """The address of this name, with the row that the word before its number stands for."""
    pattern = next(p for p in patterns(get_resolver()) if p[0] == name)[1]
    kind = pattern.split("/<")[0].split("/")[-1]
    words = {}
    if "<uuid:uuid>" in pattern:
        words["uuid"] = rows[kind]
    if "<uuid:person>" in pattern:
        words["person"] = cast.expert.pk if "experts" in pattern else cast.colleague.pk
    if "<int:pk>" in pattern:
        words["pk"] = rows["passkeys"]
    if "<str:kind>" in pattern:
        words["kind"] = "notitie"
    if "<str:token>" in pattern:
        words["token"] = rows[kind]
    return reverse(name, kwargs=words)


def patterns(resolver, space="", before=""):
    """(name, pattern) of every address."""
    for pattern in resolver.url_patterns:
        path = f"{before}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space, path)
        else:
            yield f"{space}{pattern.name}", path


def answer_to(watch, client, address, name):
    """The status of a GET; of an empty POST where only a deed lives. What it did is taken back."""
    answer = watch.ask(client, "get", address, name)
    return watch.ask(client, "post", address, name) if answer.status_code == 405 else answer


def test_every_address_is_in_the_table():
    assert {name for name, _pattern in patterns(get_resolver())} == set(table())


def test_the_document_says_what_the_table_says():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "write it anew: ./dev python tests/doors.py"


@pytest.mark.parametrize("who", CAST)
def test_everybody_gets_what_the_table_says(who, house, rows, cast, client, caplog):
    """And sees no more: a mark stands in every text of every file, and each row that is loaded is looked at.

    Every page carries the headers, and whatever is shown or done leaves an event.
    """
    watch = Watch(who, house.field)
    with acting(SYSTEM):
        engagements = list(house.trajectory.engagements.values_list("pk", flat=True))
        assert not Event.objects.filter(request__isnull=False).exists()
    expected = {name: answers[who] for name, answers in table().items()}
    if who != "nobody":
        enter(client, getattr(cast, who))
    found = {name: answer_to(watch, client, address_of(name, rows, cast), name).status_code for name in expected}
    for engagement in engagements:
        watch.ask(client, "get", reverse("consent:engagement_view", args=[engagement]), "consent:engagement_view")
    pasts = watch.histories()
    seen = {key: watch.ask(client, "get", *key).status_code for key in pasts}
    for kind, told in (("a log", caplog.text), ("a mail", repr(mail.outbox)), ("a cache", repr(vars(cache)))):
        watch.hear(told, kind)

    assert found == expected
    assert seen == pasts
    assert not watch.wrong
    assert watch.shown == watch.expected()
    assert watch.files >= FILES.get(who, set())


def both_answers_to(client, address):
    """The status of a GET and of an empty POST. What they did is taken back."""
    found = []
    for ask in (client.get, client.post):
        with transaction.atomic():
            found.append(ask(address).status_code)
            transaction.set_rollback(True)
    return tuple(found)


def test_who_has_the_file_open_by_break_glass_gets_a_history_more_and_no_deed(rows, cast, sign_in):
    """Every address, asked and posted to while the file is open: no deed, no paper, no search opens."""
    client = sign_in(cast.auditor)
    addresses = {name: address_of(name, rows, cast) for name in table() if name != "account_logout"}
    with acting(cast.auditor.pk):
        case = Trajectory.objects.get(pk=rows["trajecten"])
        open_glass(trajectory=case, kind="sample", sentence="Steekproef.", by=cast.auditor, at=timezone.now())

    after = {name: both_answers_to(client, address) for name, address in addresses.items()}

    opened = {name for name, (get, post) in after.items() if table()[name]["auditor"] not in (get, post)}
    assert {name: after[name] for name in opened} == {
        "cases:record_history": (200, 405),
        "cases:glass_open": (302, 302),
    }
    of_no_case = {name for name in addresses if name.startswith(("account", "mfa_", "usersessions_"))}
    of_no_case |= {"letters:reading_link_open", "cases:signal_write", "cases:look_sample", "cases:look_judge"}
    answered = {name for name, (_get, post) in after.items() if post not in (403, 404, 405)}
    assert answered <= of_no_case | {"cases:glass_open"}


def test_what_is_not_yours_is_answered_like_what_is_not_there(rows, cast, sign_in):
    client = sign_in(cast.stranger)
    theirs = client.get(reverse("cases:trajectory_detail", args=[rows["trajecten"]]))
    nothing = client.get(reverse("cases:trajectory_detail", args=["00000000-0000-4000-8000-000000000000"]))

    bodies = {answer.text.replace(str(answer.context["csrf_token"]), "") for answer in (theirs, nothing)}

    assert (theirs.status_code, nothing.status_code, len(bodies)) == (404, 404, 1)
