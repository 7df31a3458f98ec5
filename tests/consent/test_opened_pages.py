"""What the expert reads, for the staff: looked at as the expert, made less, and shared without a name."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.actions.papers import add_document, add_entry
from cases.actions.school import heading_of_consents, headings_that_open
from cases.actions.sharing import leave_out
from cases.models import Heading, LeftOutItem, SharedItem, Trajectory, TrajectoryGrant
from cases.uploads import Accepted
from consent import compose
from consent.actions import end_engagement, remove_item, share_item, start_engagement
from consent.models import CoachingNote, Engagement
from tests.conftest import TODAY, make_guardian
from tests.rows import kept
from tests.steps import answer, ask, at_level, engaged, fresh, prepared, refused, talk

pytestmark = pytest.mark.django_db
NEVER = ("Thuis was er ruzie", "Zusje Roos", "Te oud voor dit traject", "Oude toets")


@pytest.fixture
def case(cast):
    """Emma's case at the level of the expert."""
    return at_level(cast, 2)


def heading(cast, position):
    """One of the school's headings."""
    return Heading.objects.get(school=cast.school, position=position)


@pytest.fixture
def file(cast, case):
    """Talks, notes and papers under two headings and a third; some older than what opens, some to be left out."""
    since = TODAY - timedelta(days=9)
    with acting(cast.coordinator.pk):
        talks, notes, tests = (heading(cast, position) for position in range(3))
        hidden = talk(cast, case, by=cast.coordinator, text="Thuis was er ruzie.")
        talk(cast, case, by=cast.coordinator, text="Wij praatten over breuken.", agreements=[{"what": "samen lezen"}])
        talk(cast, case, by=cast.coordinator, held_on=since - timedelta(days=1), text="Te oud voor dit traject.")

        def note(text, under=notes, on=TODAY):
            return add_entry(trajectory=case, heading=under, text=text, observed_on=on, by=cast.coordinator)

        def paper(title, on=TODAY):
            accepted = Accepted(b"%PDF-1.7", "application/pdf")
            return add_document(
                trajectory=case, heading=tests, title=title, received_on=on, accepted=accepted, by=cast.coordinator
            )

        note("Rekent vlot tot honderd.")
        left = [hidden, note("Zusje Roos was er ook.")]
        note("Te oud voor dit traject.", on=since - timedelta(days=1))
        note("Onder een ander kopje.", under=heading(cast, 3))
        paper("Toets van november")
        paper("Oude toets", on=since - timedelta(days=1))
        for kind, row in zip(("talk", "entry"), left, strict=True):
            leave_out(trajectory=case, reader=cast.expert, kind=kind, item=row.pk, by=cast.coordinator)
        return [(row, since) for row in (talks, notes, tests)]


def look(sign_in, cast, engagement, query=""):
    """The page on which the coordinator looks as the expert."""
    return sign_in(cast.coordinator).get(reverse("consent:engagement_view", args=[engagement.pk]) + query)


def as_the_expert_reads(user, case):
    """The value that the expert's own page shows, made under the expert's own eyes."""
    with acting(user.pk):
        grant = TrajectoryGrant.objects.select_related("permission").get(user=user, content_object=case)
        opened = Trajectory.objects.for_user(user).select_related("level", "school").get(pk=case.pk)
        return compose.guidance(opened, grant=grant, reader=user)


def shared(cast, engagement, title="de toetsen", text="Rekent vlot tot honderd."):
    """A text that is shared without a name."""
    with acting(cast.coordinator.pk):
        return share_item(
            engagement=fresh(engagement), title=title, text=text, necessity="voor de uitleg", by=cast.coordinator,
            on=TODAY,
        )  # fmt: skip


def anonymous(cast, case, items="de toetsen, wat thuis helpt", expert=None):
    """A guidance of an anonymous child that runs; the mother allows these items."""
    engagement = prepared(cast, case, expert, items=items)
    (choice,) = ask(cast, engagement)
    answer(cast, choice, "anonymous", items=items)
    with acting(cast.coordinator.pk):
        return start_engagement(engagement=fresh(engagement), by=cast.coordinator, on=TODAY)


# Looking as the expert


def test_what_staff_see_as_the_expert_of_a_known_child_is_what_the_expert_reads(cast, case, file, sign_in, own_queries):
    engagement = engaged(cast, case, parts=file)
    client, address = sign_in(cast.coordinator), reverse("consent:engagement_view", args=[engagement.pk])
    client.get(address)
    with own_queries() as asked:
        page = client.get(address)
    assert len(asked) <= 20, [query["sql"][:90] for query in asked.captured_queries]

    guidance = page.context["guidance"]
    assert guidance == as_the_expert_reads(cast.expert, case)
    assert [row.text for row in guidance.talks] == ["Wij praatten over breuken."]
    assert [row.text for row in guidance.notes] == ["Rekent vlot tot honderd."]
    assert [row.title for row in guidance.documents] == ["Toets van november"]
    assert "Rekent vlot tot honderd." in page.text
    assert not [words for words in NEVER if words in page.text]


def test_what_staff_see_as_the_expert_of_an_anonymous_child_is_what_the_expert_reads(cast, case, file, sign_in):
    engagement = anonymous(cast, case)
    shared(cast, engagement)
    gone = shared(cast, engagement, "wat thuis helpt", "Rustig voorlezen.")
    with acting(cast.coordinator.pk):
        remove_item(item=gone, by=cast.coordinator, on=TODAY)

    guidance = look(sign_in, cast, engagement).context["guidance"]

    with acting(cast.expert.pk):  # the wall hides the pupil's row
        grant = TrajectoryGrant.objects.select_related("permission").get(user=cast.expert)
        opened = Trajectory.objects.for_user(cast.expert).select_related("level", "school").get(pk=case.pk)
        assert guidance == compose.guidance(opened, grant=grant, reader=cast.expert)
    assert [row.title for row in guidance.shared] == ["de toetsen"]
    assert (guidance.child, guidance.short) == (fresh_as(cast, engagement).alias, fresh_as(cast, engagement).case_code)
    assert {guidance.talks, guidance.notes, guidance.documents, guidance.headings} == {()}


def fresh_as(cast, row):
    """The row as the coordinator finds it now."""
    with acting(cast.coordinator.pk):
        return fresh(row)


def test_before_the_start_both_answers_can_be_looked_at(cast, case, file, sign_in):
    engagement = prepared(cast, case, parts=file)

    a, b = look(sign_in, cast, engagement), look(sign_in, cast, engagement, "?keuze=b")

    assert (a.context["guidance"].is_known, b.context["guidance"].is_known) == (False, True)
    assert 'href="?keuze=b"' in a.text
    assert "Emma" not in repr(a.context["guidance"])
    assert [row.text for row in b.context["guidance"].notes] == ["Rekent vlot tot honderd."]
    assert not [words for words in NEVER if words in b.text]
    assert look(sign_in, cast, engagement, "?keuze=zoiets").context["chosen"] == "a"


@pytest.mark.parametrize("says", ["known", "anonymous"])
def test_what_was_promised_before_the_start_is_what_opens_then(says, cast, case, file, sign_in):
    engagement = prepared(cast, case, parts=file)
    (choice,) = ask(cast, engagement)
    answer(cast, choice, says)
    before = look(sign_in, cast, engagement, "?keuze=a&keuze=b")
    assert before.context["tabs"] == []
    with acting(cast.coordinator.pk):
        start_engagement(engagement=fresh(engagement), by=cast.coordinator, on=TODAY)

    assert look(sign_in, cast, engagement).context["guidance"] == before.context["guidance"]


def test_one_answer_of_two_leaves_both_open_and_an_objection_leaves_nothing(cast, case, sign_in):
    with acting(SYSTEM):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3")
    engagement = prepared(cast, case)
    one, other = ask(cast, engagement)
    answer(cast, one, "known")
    assert len(look(sign_in, cast, engagement).context["tabs"]) == 2

    answer(cast, other, "objects")

    assert look(sign_in, cast, engagement).context["guidance"] is None


def test_after_the_end_there_is_nothing_any_more(cast, case, file, sign_in):
    engagement = engaged(cast, case, parts=file)
    with acting(cast.coordinator.pk):
        end_engagement(engagement=engagement, by=cast.coordinator, on=TODAY)

    page = look(sign_in, cast, engagement)

    assert page.context["guidance"] is None
    assert "Niets meer." in page.text
    assert "Rekent vlot" not in page.text


def test_the_day_after_the_last_one_there_is_nothing_though_no_job_ran(cast, case, file, sign_in, frozen_clock):
    engagement = engaged(cast, case, parts=file, until=TODAY)

    frozen_clock.move_to("2026-11-25T08:00:00+01:00")

    assert look(sign_in, cast, engagement).context["guidance"] is None


def test_the_expert_who_works_on_after_this_guidance_is_not_shown_under_it(cast, case, file, sign_in):
    ended = engaged(cast, case, parts=file)
    with acting(cast.coordinator.pk):
        end_engagement(engagement=ended, by=cast.coordinator, on=TODAY)
    engaged(cast, case, parts=file)

    assert look(sign_in, cast, ended).context["guidance"] is None


def test_it_says_that_there_are_coaching_notes_and_not_what_they_say(cast, case, sign_in):
    engagement = engaged(cast, case)
    with acting(SYSTEM):
        for _number in range(2):
            kept(
                CoachingNote(
                    school=cast.school, trajectory=case, engagement=engagement, teacher=cast.teacher,
                    author=cast.expert, text="Praat langzamer.", written_on=TODAY,
                    lasts_until=TODAY + timedelta(days=300),
                )
            )  # fmt: skip

    page = look(sign_in, cast, engagement)

    assert "Er zijn 2 coachnotities" in page.text
    assert "Praat langzamer" not in page.text


def test_looking_as_the_expert_is_written_down(cast, case, sign_in):
    engagement = engaged(cast, case)

    look(sign_in, cast, engagement)

    with acting(SYSTEM):
        event = Event.objects.get(action="engagement.viewed_as_expert")
    assert (event.actor, event.subject, event.dossier) == (cast.coordinator.pk, engagement.pk, case.pk)


@pytest.mark.parametrize("says", ["known", "anonymous"])
def test_looking_as_the_expert_shows_the_experts_own_page_by_no_right_of_the_expert(says, cast, case, file, sign_in):
    engagement = engaged(cast, case, parts=file) if says == "known" else anonymous(cast, case)
    client = sign_in(cast.coordinator)
    with CaptureQueriesContext(connection) as asked:
        viewed = client.get(reverse("consent:engagement_view", args=[engagement.pk])).context["guidance"]
    acted = [query["sql"] for query in asked.captured_queries if "set_config" in query["sql"]]
    with acting(SYSTEM):
        by = set(Event.objects.filter(dossier=case.pk, action__endswith="_as_expert").values_list("actor", flat=True))
        looked = Event.objects.filter(actor=cast.expert.pk, action="guidance.looked").count()

    own = sign_in(cast.expert).get(reverse("consent:guided_detail", args=[case.pk])).context["guidance"]

    assert viewed == own
    assert (by, looked) == ({cast.coordinator.pk}, 0)
    assert acted
    assert not [statement for statement in acted if str(cast.expert.pk) in statement or SYSTEM in statement]


# Less


def parts_page(engagement):
    return reverse("consent:engagement_parts", args=[engagement.pk])


def test_staff_see_each_item_that_opens_and_tick_what_stays_out(cast, case, file, sign_in, own_queries):
    engagement = engaged(cast, case, parts=file)
    client = sign_in(cast.coordinator)
    client.get(parts_page(engagement))  # the menu is warm
    with own_queries() as asked:
        page = client.get(parts_page(engagement))
    assert len(asked) <= 15, [query["sql"][:90] for query in asked.captured_queries]
    items = {item.words: item for part in page.context["parts"] for item in part.items}

    assert set(items) == {
        "Thuis was er ruzie.", "Wij praatten over breuken.", "Rekent vlot tot honderd.", "Zusje Roos was er ook.",
        "Toets van november",
    }  # fmt: skip
    assert {words for words, item in items.items() if item.is_left_out} == {
        "Thuis was er ruzie.", "Zusje Roos was er ook."
    }  # fmt: skip

    out = [items["Rekent vlot tot honderd."].uuid, items["Zusje Roos was er ook."].uuid]
    client.post(parts_page(engagement), {"shown": [item.uuid for item in items.values()], "left_out": out})

    guidance = as_the_expert_reads(cast.expert, case)
    assert guidance.notes == ()
    assert {row.text for row in guidance.talks} == {"Thuis was er ruzie.", "Wij praatten over breuken."}


def test_what_was_not_on_the_page_stays_as_it_was(cast, case, file, sign_in):
    engagement = engaged(cast, case, parts=file)

    sign_in(cast.coordinator).post(parts_page(engagement), {"shown": [], "left_out": []})

    with acting(cast.coordinator.pk):
        assert LeftOutItem.objects.filter(dropped=False).count() == 2


def test_the_page_of_one_case_leaves_out_nothing_of_another(cast, case, file, sign_in, trajectory):
    engagement = engaged(cast, case, parts=file)
    with acting(cast.coordinator.pk):
        other = add_entry(
            trajectory=trajectory, heading=heading(cast, 1), text="x", observed_on=TODAY, by=cast.coordinator
        )

    sign_in(cast.coordinator).post(parts_page(engagement), {"shown": [other.pk], "left_out": [other.pk]})

    with acting(cast.coordinator.pk):
        assert not LeftOutItem.objects.filter(item=other.pk).exists()


def test_a_closed_heading_is_gone_for_the_expert_at_once_and_does_not_come_back(cast, case, file, sign_in):
    engagement = engaged(cast, case, parts=file)
    client = sign_in(cast.coordinator)
    notes = next(part for part in client.get(parts_page(engagement)).context["parts"] if part.name == "Notities")

    client.post(parts_page(engagement), {"close": notes.uuid})

    guidance = as_the_expert_reads(cast.expert, case)
    assert guidance.notes == ()
    assert [row.name for row in guidance.headings] == ["Gesprekken", "Toetsen"]
    assert "Notities" not in [part.name for part in client.get(parts_page(engagement)).context["parts"]]


def test_after_the_end_nothing_is_left_out_any_more(cast, case, file, sign_in):
    engagement = engaged(cast, case, parts=file)
    with acting(cast.coordinator.pk):
        end_engagement(engagement=engagement, by=cast.coordinator, on=TODAY)
    client = sign_in(cast.coordinator)
    parts = client.get(parts_page(engagement)).context["parts"]
    items = [item.uuid for part in parts for item in part.items]

    answered = client.post(parts_page(engagement), {"shown": items, "left_out": items}, follow=True)

    assert "beëindigd" in answered.text
    with acting(cast.coordinator.pk):
        assert LeftOutItem.objects.filter(dropped=False).count() == 2


def detail(sign_in, cast, engagement):
    return sign_in(cast.coordinator).get(reverse("consent:engagement_detail", args=[engagement.pk]))


def test_a_known_child_of_whom_nothing_opens_is_flagged(cast, case, file, sign_in):
    bare = engaged(cast, case)
    assert "Kan de ontvanger hiermee helpen?" in detail(sign_in, cast, bare).text
    full = engaged(cast, case, expert=cast.blind_expert, parts=file)
    assert "Kan de ontvanger hiermee helpen?" not in detail(sign_in, cast, full).text


def test_an_anonymous_child_of_whom_nothing_opens_is_as_it_should_be(cast, case, sign_in):
    assert "Kan de ontvanger hiermee helpen?" not in detail(sign_in, cast, anonymous(cast, case)).text


# The whole file, and what is older


def form_of(cast, parts, **more):
    """What the coordinator types to involve the expert."""
    return {
        "expert": cast.expert.pk, "question": "Welke uitleg past bij rekenen?", "alias": "een meisje uit groep 5",
        "parts": [row.pk for row in parts], "parts_from": "24-11-2026", "until": "1-7-2027", "skip_because": "liep al",
        **more,
    }  # fmt: skip


def prepare(sign_in, cast, case, typed):
    return sign_in(cast.coordinator).post(reverse("consent:engagement_prepare", args=[case.pk]), typed)


def test_what_is_older_than_the_case_opens_only_when_somebody_has_read_it_again(cast, case, sign_in):
    typed = form_of(cast, [heading(cast, 1)], parts_from="1-9-2026")

    refusal = prepare(sign_in, cast, case, typed)

    assert refusal.status_code == 422
    assert [error.code for error in refusal.context["form"].errors.as_data()["older_checked"]] == ["older_unconfirmed"]
    assert prepare(sign_in, cast, case, typed | {"older_checked": "on"}).status_code == 302
    with acting(cast.coordinator.pk):
        assert str(Engagement.objects.get().parts.get().from_on) == "2026-09-01"


def test_what_opens_from_the_day_of_the_case_on_asks_for_no_reading_again(cast, case, sign_in):
    assert prepare(sign_in, cast, case, form_of(cast, [heading(cast, 1)])).status_code == 302


def test_no_day_typed_is_the_day_on_which_the_case_was_opened(cast, case, sign_in):
    assert prepare(sign_in, cast, case, form_of(cast, [heading(cast, 1)], parts_from="")).status_code == 302
    with acting(cast.coordinator.pk):
        assert Engagement.objects.get().parts.get().from_on == case.opened_on


def test_the_whole_file_opens_only_with_a_reason_that_stays_in_sight(cast, case, sign_in):
    typed = form_of(cast, list(headings_that_open(cast.school)))

    refusal = prepare(sign_in, cast, case, typed)

    assert [error.code for error in refusal.context["form"].errors.as_data()["whole_because"]] == [
        "whole_without_reason"
    ]
    assert prepare(sign_in, cast, case, typed | {"whole_because": "De vraag gaat over alles."}).status_code == 302
    with acting(cast.coordinator.pk):
        engagement = Engagement.objects.get()
    assert "De vraag gaat over alles." in detail(sign_in, cast, engagement).text


def test_a_reason_for_the_whole_file_is_not_kept_for_a_part_of_it(cast, case):
    engagement = prepared(cast, case, parts=[(heading(cast, 1), TODAY)], whole_because="De vraag gaat over alles.")

    assert engagement.whole_because is None


def test_no_deed_opens_the_whole_file_without_a_reason(cast, case):
    with refused("whole_without_reason"):
        prepared(cast, case, parts=[(row, TODAY) for row in headings_that_open(cast.school)])


def test_what_parents_signed_for_others_never_opens(cast, case):
    with refused("never_opens"):
        prepared(cast, case, parts=[(heading_of_consents(cast.school.pk), TODAY)])


# Shared without a name


def share_page(engagement):
    return reverse("consent:item_share", args=[engagement.pk])


TEXT = {"title": "de toetsen", "text": "Rekent vlot.", "necessity": "voor de uitleg", "recognised": "no"}


def test_a_text_without_a_name_goes_out_with_why_it_is_needed(cast, case, sign_in):
    engagement = anonymous(cast, case)
    client = sign_in(cast.coordinator)
    assert [value for value, _label in client.get(share_page(engagement)).context["form"].fields["title"].choices] == [
        "de toetsen", "wat thuis helpt",
    ]  # fmt: skip

    assert client.post(share_page(engagement), TEXT).status_code == 302

    page = client.get(reverse("consent:engagement_detail", args=[engagement.pk]))
    assert "Nodig omdat: voor de uitleg" in page.text
    assert [row.text for row in as_the_anonymous_reader(cast.expert)] == ["Rekent vlot."]


def as_the_anonymous_reader(user):
    with acting(user.pk):
        return list(SharedItem.objects.of_reader(user).filter(removed_on=None))


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"recognised": "yes"}, "recognised", "recognisable"),
        ({"recognised": ""}, "recognised", "required"),
        ({"necessity": ""}, "necessity", "required"),
        ({"text": "Emma rekent vlot."}, "text", "names_child"),
        ({"text": "E.K. rekent vlot."}, "text", "names_child"),
        ({"title": "het dossier"}, "title", "invalid_choice"),
    ],
)
def test_a_text_that_may_not_go_out_is_refused_beside_what_is_wrong(typed, field, code, cast, case, sign_in):
    engagement = anonymous(cast, case)

    refusal = sign_in(cast.coordinator).post(share_page(engagement), TEXT | typed)

    assert refusal.status_code == 422
    assert [error.code for error in refusal.context["form"].errors.as_data()[field]] == [code]
    assert as_the_anonymous_reader(cast.expert) == []


def test_the_names_that_were_found_are_shown_beside_the_text(cast, case, sign_in):
    refusal = sign_in(cast.coordinator).post(
        share_page(anonymous(cast, case)), TEXT | {"text": "Emma rekent met Ayse."}
    )

    (error,) = refusal.context["form"].errors["text"]
    assert "Emma" in error
    assert "Ayse" in error


def test_for_a_known_child_nothing_is_shared_like_this(cast, case, sign_in):
    engagement = engaged(cast, case)
    client = sign_in(cast.coordinator)

    assert "<textarea" not in client.get(share_page(engagement)).text
    assert client.post(share_page(engagement), TEXT).status_code == 422


def test_a_text_is_taken_away_with_one_button_and_the_expert_finds_it_no_more(cast, case, sign_in):
    engagement = anonymous(cast, case)
    item = shared(cast, engagement)
    remove = reverse("consent:item_remove", args=[item.pk])
    assert remove in detail(sign_in, cast, engagement).text

    answered = sign_in(cast.coordinator).post(remove)

    assert answered.url == reverse("consent:engagement_detail", args=[engagement.pk])
    assert as_the_anonymous_reader(cast.expert) == []
    assert "Rekent vlot" not in detail(sign_in, cast, engagement).text


@pytest.mark.parametrize("who", ["stranger", "colleague", "excluded", "expert", "blind_expert", "ended_expert"])
def test_nobody_but_the_staff_of_the_case_takes_a_text_away_or_looks_as_the_expert(who, cast, case, sign_in):
    engagement = anonymous(cast, case)
    item = shared(cast, engagement)
    client = sign_in(getattr(cast, who))

    assert client.post(reverse("consent:item_remove", args=[item.pk])).status_code == 404
    for name in ("engagement_view", "engagement_parts", "item_share"):
        assert client.get(reverse(f"consent:{name}", args=[engagement.pk])).status_code == 404
        assert client.post(share_page(engagement), TEXT).status_code == 404
    assert len(as_the_anonymous_reader(cast.expert)) == 1


# What holds now


def holds(sign_in, cast, engagement):
    return " ".join(detail(sign_in, cast, engagement).context["holds"])


def test_what_each_parent_said_and_what_holds_now_stand_together(cast, case, sign_in, own_queries):
    with acting(SYSTEM):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3")
    engagement = prepared(cast, case, items="de toetsen, wat thuis helpt")
    one, other = ask(cast, engagement)
    answer(cast, one, "anonymous", class_visit="child", items="de toetsen, wat thuis helpt")
    answer(cast, other, "anonymous", class_visit="class", items="de toetsen")
    client, address = sign_in(cast.coordinator), reverse("consent:engagement_detail", args=[engagement.pk])
    client.get(address)
    with own_queries() as asked:
        page = client.get(address)
    assert len(asked) <= 15, [query["sql"][:90] for query in asked.captured_queries]

    told = " ".join(page.text.split())
    assert "ook mijn kind, zonder naam" in told
    assert "leerkracht en groep" in told
    assert holds(sign_in, cast, engagement) == (
        "Het kind blijft zonder naam. In de klas: naar de leerkracht en de groep, niet naar dit kind. "
        "Zonder naam mag gedeeld worden: de toetsen. De expert is nog niet begonnen."
    )


def test_a_no_of_one_parent_to_looking_at_the_child_holds(cast, case, sign_in):
    with acting(SYSTEM):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3")
    engagement = prepared(cast, case)
    for row, observe in zip(ask(cast, engagement), (True, False), strict=True):
        answer(cast, row, "known", observe=observe)

    page = detail(sign_in, cast, engagement)

    assert "Mag naar het kind kijken: ja" in page.text
    assert "Mag naar het kind kijken: nee" in page.text
    assert "niet naar dit kind" in holds(sign_in, cast, engagement)


def test_who_got_gezag_after_the_letter_makes_the_child_anonymous_on_the_page_too(cast, case, file, sign_in):
    engagement = engaged(cast, case, parts=file)
    assert "met naam kennen" in holds(sign_in, cast, engagement)
    with acting(cast.coordinator.pk):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3")

    assert "zonder naam" in holds(sign_in, cast, engagement)


def test_while_parents_are_silent_the_expert_sees_nothing(cast, case, sign_in):
    engagement = prepared(cast, case)
    ask(cast, engagement)

    assert holds(sign_in, cast, engagement) == "De expert ziet niets."
