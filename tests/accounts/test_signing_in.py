"""Signing in: a second step, trusted devices, limits on guessing, what is written down, and how it all ends."""

import re
import time
from datetime import date, timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.cache.backends.db import DatabaseCache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from accounts import actions
from accounts.models import Membership, Role, School, User
from accounts.second_factor import Adapter, may_trust
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.models import SupportLevel
from tests.conftest import SecureClient, enter

TODAY = date(2026, 11, 24)
GOOD = "paarse olifant in de mist"
TEXT = "Emma rekende vandaag vlot."
TODAY_PAGE = reverse("cases:today")


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """The strong hash is not what is tested here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def secret():
    return generate_totp_secret()


def with_password(user):
    """Somebody who can sign in by the page."""
    user = User.objects.get(pk=user.pk)
    user.set_password(GOOD)
    user.save(update_fields=["password"])
    return user


def with_app(user, secret):
    """Somebody with a password and an app."""
    user = with_password(user)
    Authenticator.objects.create(user=user, type="totp", data={"secret": Adapter().encrypt(secret)})
    return user


def code(secret, later=0):
    """What the app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def give_password(client, user, password=GOOD, **more):
    return client.post(reverse("account_login"), {"login": user.username, "password": password, **more})


def give_code(client, digits):
    return client.post(reverse("mfa_authenticate"), {"code": digits})


def events(action, **fields):
    with acting(SYSTEM):
        return list(Event.objects.filter(action=action, **fields).order_by("at", "seq"))


def is_signed_in(client):
    return client.get(TODAY_PAGE).status_code == 200


# --- the second step -------------------------------------------------------------------------------------------------


def test_who_has_no_second_step_gets_the_pages_to_set_one_up_and_nothing_else(cast, trajectory, client):
    teacher = with_password(cast.teacher)
    assert give_password(client, teacher).url == TODAY_PAGE

    for page in (TODAY_PAGE, reverse("cases:trajectory_detail", args=[trajectory.pk]), reverse("usersessions_list")):
        assert client.get(page).url == reverse("mfa_index"), page
    assert "Stel eerst een tweede stap in" in client.get(reverse("mfa_index")).text
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_logout", "accounts:livez"):
        assert client.get(reverse(name)).status_code == 200, name
    assert client.post(reverse("account_logout")).url == reverse("account_login")


def test_a_try_out_may_leave_the_second_step_out(cast, client, settings):
    settings.REQUIRE_MFA = False
    give_password(client, with_password(cast.teacher))

    assert is_signed_in(client)


def test_an_app_is_set_up_by_its_first_code_and_its_secret_lies_open_nowhere(
    cast, client, django_capture_on_commit_callbacks
):
    give_password(client, with_password(cast.teacher))
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret

    def assert_sealed():
        kept = [row.get_decoded() for row in Session.objects.all()]
        assert secret not in str([*kept, *Authenticator.objects.values_list("data", flat=True)])

    assert_sealed()
    wrong = client.post(page.request["PATH_INFO"], {"code": "000000"})
    assert wrong.context["form"].errors["code"] == ["Ongeldige code."]
    assert wrong.context["form"].secret == secret, "the picture stays the same"
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(page.request["PATH_INFO"], {"code": code(secret)})

    assert done.url == reverse("mfa_view_recovery_codes")
    assert_sealed()
    assert len(client.get(done.url).context["unused_codes"]) == 10
    assert is_signed_in(client)
    assert [event.detail for event in events("signin.factor_added")] == [{"factor": "totp"}]


def test_a_password_alone_opens_nothing_for_who_has_an_app(cast, client, secret):
    teacher = with_app(cast.teacher, secret)

    assert give_password(client, teacher).url == reverse("mfa_authenticate")
    assert client.get(TODAY_PAGE).url.startswith(reverse("account_login"))
    assert "Ongeldige code" in give_code(client, "000000").text
    assert give_code(client, code(secret)).url == reverse("mfa_trust")
    assert client.post(reverse("mfa_trust"), {"action": "skip"}).url == TODAY_PAGE
    assert is_signed_in(client)
    assert [event.detail["how"] for event in events("signin.done", actor=teacher.pk)] == [["password", "totp"]]
    [failed] = events("signin.failed")
    assert (failed.actor, failed.detail) == (None, {"person": str(teacher.pk), "step": "code"})


def test_after_signing_in_one_is_where_one_wanted_to_be(cast, client, secret):
    user = with_app(cast.coordinator, secret)
    wanted = reverse("cases:pupil_list")

    give_password(client, user, next=wanted)

    assert give_code(client, code(secret)).url == wanted


def test_a_code_counts_once(cast, client, secret, frozen_clock):
    user = with_app(cast.coordinator, secret)
    seen = code(secret)
    give_password(client, user)
    give_code(client, seen)
    frozen_clock.shift(timedelta(seconds=40))  # it is still taken for an app that runs behind

    other = SecureClient()
    give_password(other, user)

    assert "Ongeldige code" in give_code(other, seen).text
    assert give_code(other, code(secret)).status_code == 302


def test_after_five_wrong_codes_a_right_one_waits(cast, client, secret):
    user = with_app(cast.coordinator, secret)
    give_password(client, user)
    for wrong in range(5):
        give_code(client, f"00000{wrong}")

    late = give_code(client, code(secret))

    assert late.context["form"].errors["code"] == ["Te veel inlogpogingen. Probeer het later nogmaals."]


def test_a_recovery_code_stands_in_once(cast, client, secret):
    user = with_app(cast.coordinator, secret)
    spare = Authenticator.objects.create(
        user=user, type="recovery_codes", data={"seed": Adapter().encrypt("ab" * 40), "used_mask": 0}
    )
    one = spare.wrap().get_unused_codes()[0]
    give_password(client, user)

    assert give_code(client, f"{one[:4]} {one[4:]}").url == TODAY_PAGE
    other = SecureClient()
    give_password(other, user)
    assert "Ongeldige code" in give_code(other, one).text


def test_who_takes_the_app_away_is_asked_for_a_new_one_and_signed_out_elsewhere(cast, client, secret):
    user = with_app(cast.coordinator, secret)
    elsewhere = enter(SecureClient(), user)
    enter(client, user)

    client.post(reverse("mfa_deactivate_totp"))

    assert not is_signed_in(elsewhere)
    assert client.get(TODAY_PAGE).url == reverse("mfa_index")
    assert [event.detail for event in events("signin.factor_removed")] == [{"factor": "totp"}]


def test_a_passkey_of_another_is_not_there(cast, sign_in):
    theirs = Authenticator.objects.create(user=cast.teacher, type="webauthn", data={"name": "x", "credential": {}})

    answer = sign_in(cast.director).post(reverse("mfa_remove_webauthn", args=[theirs.pk]))

    assert answer.status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_a_passkey_gets_another_name_from_its_owner_alone(cast, sign_in):
    mine, theirs = (
        Authenticator.objects.create(user=user, type="webauthn", data={"name": "Laptop", "credential": {}})
        for user in (cast.director, cast.teacher)
    )
    client = sign_in(cast.director)

    assert "Laptop" in client.get(reverse("mfa_edit_webauthn", args=[mine.pk])).text
    assert client.post(reverse("mfa_edit_webauthn", args=[mine.pk]), {"name": "x" * 61}).status_code in (200, 422)
    client.post(reverse("mfa_edit_webauthn", args=[mine.pk]), {"name": "Telefoon"})
    assert client.post(reverse("mfa_edit_webauthn", args=[theirs.pk]), {"name": "Gekaapt"}).status_code == 404

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.wrap().name, theirs.wrap().name) == ("Telefoon", "Laptop")


def test_recovery_codes_are_taken_along_as_a_text(cast, secret, sign_in):
    with_app(cast.director, secret)
    client = sign_in(cast.director)
    client.post(reverse("mfa_generate_recovery_codes"))
    shown = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    saved = client.get(reverse("mfa_download_recovery_codes"))

    assert saved["Content-Type"].startswith("text/plain")
    assert saved["Content-Disposition"].startswith("attachment")
    assert len(shown) == 10
    told = re.sub(r"\s", "", saved.text)
    assert all(code in told for code in shown)


# --- a sign-in that ends by itself -----------------------------------------------------------------------------------


def test_a_page_says_how_long_a_sign_in_lasts_and_a_page_of_nobody_says_nothing(cast, sign_in, client):
    assert "session-notice" not in client.get(reverse("account_login")).text
    mine = sign_in(cast.teacher)
    session = mine.session
    session["began"] = int(time.time()) - 9 * 60 * 60
    session.save()
    shown = mine.get(TODAY_PAGE).text

    assert 'data-idle="1740"' in shown
    assert 3500 < int(re.search(r'data-longest="(\d+)"', shown)[1]) <= 3600


# --- a trusted device ------------------------------------------------------------------------------------------------


def test_only_who_is_a_teacher_and_nothing_else_may_trust_a_device(cast):
    everybody = {name: user for name, user in vars(cast).items() if isinstance(user, User)}

    assert {name for name, user in everybody.items() if may_trust(user)} == {"teacher", "colleague"}


def test_a_teachers_own_device_is_trusted_for_eight_hours(cast, client, secret, frozen_clock):
    teacher = with_app(cast.teacher, secret)
    give_password(client, teacher)
    give_code(client, code(secret))
    trusted = client.post(reverse("mfa_trust"), {"action": "trust"}).cookies["__Host-trusted"]
    assert (trusted["secure"], trusted["httponly"], trusted["path"], trusted["domain"]) == (True, True, "/", "")
    client.post(reverse("account_logout"))

    assert give_password(client, teacher).url == TODAY_PAGE
    client.post(reverse("account_logout"))
    frozen_clock.shift(timedelta(hours=8, seconds=1))
    assert give_password(client, teacher).url == reverse("mfa_authenticate")


def test_trust_ends_with_the_second_role(cast, client, secret):
    teacher = with_app(cast.teacher, secret)
    give_password(client, teacher)
    give_code(client, code(secret))
    client.post(reverse("mfa_trust"), {"action": "trust"})
    with acting(SYSTEM):
        actions.give_role(user=teacher, role=Role.COORDINATOR, school=cast.school, from_on=TODAY, by=SYSTEM)

    assert give_password(client, teacher).url == reverse("mfa_authenticate")


def test_nobody_else_is_offered_trust(cast, client, secret):
    for user in (cast.coordinator, cast.director, cast.expert):
        person, other = with_app(user, secret), SecureClient()
        give_password(other, person)
        assert give_code(other, code(secret)).url == TODAY_PAGE, user
        assert other.get(reverse("mfa_trust")).url == TODAY_PAGE


# --- guessing --------------------------------------------------------------------------------------------------------


def test_after_five_wrong_passwords_the_right_one_waits_from_there_and_from_nowhere_else(cast, client):
    teacher = with_password(cast.teacher)
    for wrong in range(5):
        give_password(client, teacher, f"fout {wrong}")

    assert "Te veel inlogpogingen" in give_password(client, teacher).text
    elsewhere = SecureClient(REMOTE_ADDR="192.0.2.7")
    assert give_password(elsewhere, teacher).status_code == 302


def test_a_page_that_is_asked_too_often_says_so_in_dutch(cast, client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _turn in range(2):
        give_password(client, cast.teacher, "fout")

    answer = give_password(client, cast.teacher, "fout")

    assert answer.status_code == 429
    assert "te vaak geprobeerd" in answer.text


def test_what_one_worker_counts_another_knows(db):
    cache.set("told", [1.0, 2.0], 60)

    another = DatabaseCache("accounts_counter", {})

    assert another.get("told") == [1.0, 2.0]
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from accounts_counter where cache_key like '%told'")
        assert cursor.fetchone() == (1,)


def test_a_wrong_password_is_counted_and_a_name_that_nobody_has_is_kept_nowhere(cast, client):
    client.post(reverse("account_login"), {"login": "mijn geheime wachtwoord", "password": "x"})
    give_password(client, cast.teacher, "fout")

    unknown, known = events("signin.failed")

    assert (unknown.actor, unknown.detail) == (None, {"step": "password"})
    assert (known.actor, known.detail) == (None, {"step": "password", "person": str(cast.teacher.pk)})


# --- passwords -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        "Wilgenboom2026!",
        "juf-groep-acht-2026",
        "W3lkom0pSch00l!",
        "leerkracht123456",
        "depopulier2026",
        "Voorbeeldstad#1",
    ],
)
def test_words_that_anybody_at_a_school_would_try_are_no_password(password, cast):
    with acting(SYSTEM):
        actions.give_role(user=cast.teacher, role=Role.TEACHER, school=cast.other_school, from_on=TODAY, by=SYSTEM)

    with pytest.raises(ValidationError) as refusal:
        validate_password(password, cast.teacher)

    assert "school_words" in {one.code for one in refusal.value.error_list}


def test_a_few_words_in_a_row_are_a_password(cast):
    for password in (GOOD, "vier zure groene appels", "schoolplein vol kikkers"):
        validate_password(password, cast.teacher)


def test_who_has_no_password_chooses_one_instead_of_meeting_an_error(cast, sign_in):
    user = User.objects.get(pk=cast.teacher.pk)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    client = sign_in(user)

    asked = client.get(reverse("account_change_password"))
    assert asked.url == reverse("account_set_password")
    assert client.get(asked.url).status_code == 200
    client.post(asked.url, {"password1": GOOD, "password2": GOOD})

    assert User.objects.get(pk=user.pk).check_password(GOOD)


# --- how long it lasts -----------------------------------------------------------------------------------------------


def test_after_half_an_hour_of_nothing_one_signs_in_again_and_is_told_why(cast, trajectory, sign_in, frozen_clock):
    client = sign_in(cast.teacher)
    page = reverse("cases:trajectory_detail", args=[trajectory.pk])
    for _turn in range(3):
        frozen_clock.shift(timedelta(minutes=29))
        assert client.get(page).status_code == 200, "who works goes on"
    frozen_clock.shift(timedelta(minutes=30))

    answer = client.get(page)

    assert answer.url == f"{reverse('account_login')}?next={page}"
    assert "Je deed een half uur niets" in client.get(answer.url).text
    [ended] = events("signin.ended")
    assert (ended.actor, ended.detail) == (cast.teacher.pk, {"why": "idle"})


def test_what_asks_by_itself_keeps_no_session_alive(cast, sign_in, frozen_clock):
    client = sign_in(cast.teacher)
    for _turn in range(3):
        frozen_clock.shift(timedelta(minutes=11))
        answer = client.get(TODAY_PAGE, headers={"X-Background": "1"})

    assert answer.status_code == 302


def test_after_ten_hours_everybody_signs_in_again(cast, sign_in, frozen_clock):
    client = sign_in(cast.teacher)
    for _turn in range(23):
        frozen_clock.shift(timedelta(minutes=25))
        assert is_signed_in(client)
    frozen_clock.shift(timedelta(minutes=25))

    assert not is_signed_in(client)
    assert [event.detail for event in events("signin.ended")] == [{"why": "long"}]


def test_a_form_that_comes_too_late_gets_its_text_back_and_nothing_is_kept(cast, trajectory, sign_in, frozen_clock):
    client = sign_in(cast.teacher)
    frozen_clock.shift(timedelta(minutes=31))

    answer = client.post(
        reverse("cases:entry_add", args=[trajectory.pk]), {"text": TEXT, "observed_on": "24-11-2026", "password": GOOD}
    )

    assert answer.status_code == 403
    assert answer.context["texts"] == [TEXT]
    assert TEXT in answer.text
    assert GOOD not in answer.text
    assert not any(TEXT in str(row.get_decoded()) for row in Session.objects.all())


def test_a_text_comes_back_to_nobody_without_the_token_of_the_form(cast):
    strict = SecureClient(enforce_csrf_checks=True)

    assert TEXT not in strict.post(reverse("cases:pupil_search"), {"q": TEXT}).text


def test_sessions_end_with_a_role_given_or_ended_and_with_the_account(cast, client):
    def is_out_after(deed):
        elsewhere = enter(SecureClient(), cast.colleague)
        assert is_signed_in(elsewhere)
        with acting(SYSTEM):
            deed()
        return not is_signed_in(elsewhere)

    user = User.objects.get(pk=cast.colleague.pk)
    role = {"user": user, "role": Role.SAFEGUARDING_LEAD, "school": cast.school}
    assert is_out_after(lambda: actions.give_role(from_on=TODAY, by=SYSTEM, **role))
    assert is_out_after(lambda: actions.end_role(membership=Membership.objects.get(**role), by=SYSTEM, on=TODAY))
    assert is_out_after(lambda: actions.end_sessions(user))

    def switch_off():
        user.is_active = False
        user.save(update_fields=["is_active"])

    assert is_out_after(switch_off)


def test_a_session_that_ended_elsewhere_says_so_on_the_way_in(cast, client):
    enter(client, cast.colleague)
    actions.end_sessions(cast.colleague)

    assert "Je bent niet meer aangemeld" in client.get(TODAY_PAGE, follow=True).text


def test_a_new_password_ends_all_sessions_but_this_one(cast, client):
    user = with_password(cast.coordinator)
    enter(client, user)
    elsewhere = enter(SecureClient(), user)
    new = "een heel ander geheim"

    client.post(
        reverse("account_change_password"), {"oldpassword": GOOD, "password1": new, "password2": new}, follow=True
    )

    assert User.objects.get(pk=user.pk).check_password(new)
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert len(events("signin.password_changed", actor=user.pk)) == 1


def test_somebody_sees_the_own_sessions_and_ends_the_others(cast, client, settings):
    settings.REQUIRE_MFA = False
    user = with_password(cast.coordinator)
    elsewhere = SecureClient(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    stranger = SecureClient()
    give_password(stranger, with_password(cast.stranger))
    for one in (elsewhere, client):
        give_password(one, user)

    page = client.get(reverse("usersessions_list"))
    assert "Firefox, Windows" in page.text
    assert page.context["session_count"] == 2
    client.post(reverse("usersessions_list"))

    assert is_signed_in(client)
    assert is_signed_in(stranger)
    assert not is_signed_in(elsewhere)
    assert UserSession.objects.filter(user=user).count() == 1


def test_the_nightly_round_forgets_sessions_that_are_over(cast, client, settings, frozen_clock):
    settings.REQUIRE_MFA = False
    give_password(client, with_password(cast.teacher))
    frozen_clock.shift(timedelta(hours=11))
    give_password(SecureClient(), with_password(cast.coordinator))

    call_command("daily", stdout=StringIO())

    assert [row.user_id for row in UserSession.objects.all()] == [cast.coordinator.pk]
    assert Session.objects.count() == 1


def test_cookies_belong_to_this_host_alone(cast, client):
    give_password(client, with_password(cast.teacher))

    for name in ("__Host-session", "__Host-csrf"):
        cookie = client.cookies[name]
        assert (cookie["secure"], cookie["path"], cookie["domain"], cookie["samesite"]) == (True, "/", "", "Lax")


def test_who_signs_out_is_written_down(cast, sign_in):
    sign_in(cast.teacher).post(reverse("account_logout"))

    assert [event.actor for event in events("signin.out")] == [cast.teacher.pk]


# --- a lost second step ----------------------------------------------------------------------------------------------


def test_a_lost_second_step_is_taken_away_by_who_could_hand_the_account_out(cast, secret, sign_in):
    teacher = with_app(cast.teacher, secret)
    page = reverse("cases:second_step_drop", args=[cast.school.pk, teacher.pk])

    sign_in(cast.admin).post(page)
    assert Authenticator.objects.filter(user=teacher).exists(), "an administrator gets no way into a working account"
    elsewhere = enter(SecureClient(), teacher)
    sign_in(cast.director).post(page)

    assert not Authenticator.objects.filter(user=teacher).exists()
    assert not is_signed_in(elsewhere)
    [dropped] = events("signin.factors_dropped")
    assert (dropped.actor, dropped.detail) == (cast.director.pk, {"person": str(teacher.pk), "factors": ["totp"]})


def test_the_maintainer_takes_a_second_step_away_by_a_command(cast, secret):
    with_app(cast.expert, secret)

    call_command("second_step", "drop", username="EXPERT", stdout=StringIO())

    assert not Authenticator.objects.filter(user=cast.expert).exists()
    with pytest.raises(CommandError):
        call_command("second_step", "drop", username="niemand")


# --- an empty installation -------------------------------------------------------------------------------------------


SCHOOL = {
    "board": "Stichting Nieuw",
    "name": "De Nieuwe School",
    "brin": "99xx",
    "street": "Weg 1",
    "postcode": "1234 AB",
    "city": "Stad",
    "phone": "0123-456789",
    "username": "bea.smit",
    "first_name": "Bea",
    "last_name": "Smit",
}


def test_a_first_school_comes_with_a_link_for_its_administrator_and_no_password(db, client):
    out = StringIO()
    call_command("add_school", stdout=out, **SCHOOL)

    link = out.getvalue().strip()
    assert re.fullmatch(r"https://localhost/uitnodiging/[\w-]{43}/", link)
    school = School.objects.get(brin="99XX")
    assert (school.board.name, SupportLevel.objects.filter(school=school).count()) == ("Stichting Nieuw", 3)
    first = Membership.objects.get(school=school)
    assert (first.role, first.user.has_usable_password()) == (Role.ADMIN, False)
    assert client.get(link.removeprefix("https://localhost")).context["state"] == "open"


def test_a_school_that_is_there_is_not_added_again(db):
    call_command("add_school", stdout=StringIO(), **SCHOOL)

    with pytest.raises(CommandError) as error:
        call_command("add_school", stdout=StringIO(), **(SCHOOL | {"username": "een.ander"}))

    assert "\n" not in str(error.value)
    assert not User.objects.filter(username="een.ander").exists()


# --- budget ----------------------------------------------------------------------------------------------------------


def test_the_pages_of_the_own_account_ask_little(cast, sign_in, own_queries, secret):
    user = with_app(cast.coordinator, secret)
    for name in ("mfa_index", "mfa_list_webauthn", "usersessions_list", "account_change_password"):
        client = sign_in(user)
        with own_queries() as asked:
            assert client.get(reverse(name)).status_code == 200
        assert len(asked) <= 15, name
