"""Signing in with an app and with a passkey, in a browser that has an authenticator of its own."""

import re
import time
from urllib.parse import urlsplit

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.browser.hands import Hands

WHO = "marloes.visser"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def look(page, looks_right, name, widths=(390,)):
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        looks_right(page, f"signin-{name}-{width}")


def sign_out(hands):
    hands.page.goto("/afmelden/")
    hands.page.get_by_role("main").get_by_role("button", name="Afmelden").click()
    hands.page.get_by_role("heading", level=1, name="Aanmelden").wait_for()


def give_password(hands, site):
    account = next(one for one in site.accounts if one["username"] == WHO)
    hands.page.goto("/")
    hands.type("Gebruikersnaam", account["username"])
    hands.type("Wachtwoord", account["password"])
    hands.press("Aanmelden", exact=True)


def heading(page, words):
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_somebody_signs_in_with_an_app_and_with_a_passkey(open_as, site, looks_right):
    hands = Hands(open_as(WHO))
    page = hands.page
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    page.get_by_text("Marloes Visser").first.click()
    hands.follow("Mijn account")
    hands.reads("niet ingesteld")
    look(page, looks_right, "account", (390, 1280))
    hands.follow("App instellen")
    look(page, looks_right, "app")
    secret = re.sub(r"\s", "", page.locator("code").inner_text())
    hands.type("Code uit de app", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    hands.press("App instellen")
    heading(page, "Herstelcodes")
    look(page, looks_right, "codes")
    hands.follow("Ik heb ze bewaard")

    sign_out(hands)
    look(page, looks_right, "login")
    give_password(hands, site)
    heading(page, "Tweede stap")
    hands.type("Code", "000000")
    hands.press("Aanmelden")
    hands.is_refused("Code", "Ongeldige code")
    look(page, looks_right, "code", (390, 1280))
    hands.type("Code", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    hands.press("Aanmelden")
    heading(page, "Vandaag")

    page.goto("/account/")
    hands.follow("Passkey toevoegen")
    look(page, looks_right, "passkey")
    hands.type("Naam van dit apparaat", "Laptop op school")
    hands.press("Passkey maken")
    heading(page, "Mijn account")
    hands.is_told("De passkey is gemaakt")
    hands.follow("Bekijken of wijzigen")
    hands.reads("Laptop op school")
    look(page, looks_right, "passkeys")
    page.goto("/account/apparaten/")
    hands.reads("dit apparaat")
    look(page, looks_right, "devices")

    sign_out(hands)
    page.goto("/leerlingen/")
    hands.press("Passkey gebruiken")
    heading(page, "Leerlingen")
    assert urlsplit(page.url).path == "/leerlingen/"

    sign_out(hands)
    give_password(hands, site)
    hands.press("Passkey gebruiken")
    heading(page, "Vandaag")
    page.goto("/opnieuw-aanmelden/passkey/?next=/account/")
    look(page, looks_right, "confirm")
    hands.press("Passkey gebruiken")
    heading(page, "Mijn account")


def test_two_minutes_before_a_sign_in_ends_the_page_says_so_and_a_button_lets_it_go_on(open_as, site):
    page = open_as(WHO)
    page.clock.install()
    page.goto("/inzage/")
    notice = page.locator("#session-notice")
    expect(notice).to_be_hidden()

    page.clock.fast_forward("27:05")
    expect(notice).to_contain_text("Over twee minuten melden we je af")
    with page.expect_response(lambda answer: answer.ok):
        notice.get_by_role("button", name="Blijf aangemeld").click()
    expect(notice).to_be_hidden()
    page.clock.fast_forward("30:00")
    expect(notice).to_contain_text("Je bent afgemeld")
    expect(notice.get_by_role("button")).to_be_hidden()
