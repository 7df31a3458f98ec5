"""The pages in a browser: every page that a link leads to, closed doors, and a browser without scripts."""

from urllib.parse import urlsplit

import pytest
from django.urls import get_resolver, resolve
from playwright.sync_api import expect

from tests.browser.hands import Hands

COORDINATOR, TEACHER = "marloes.visser", "lotte.dewit"
# No page of its own: a deed, a file, a page that only a deed leads to, or one for somebody else.
NO_PAGE = {
    "cases": {
        "pupil_search", "import_preview", "import_confirm", "trajectory_rest", "trajectory_resume", "trajectory_reopen",
        "member_end", "agreement_settle", "document_file", "invitation_make", "role_end", "second_step_drop",
        "conversation_administered", "document_administered", "trajectory_administered", "look_export", "look_judge",
        "look_unusual_judge",
        "matrix_csv", "glass_open", "glass_close",
        "approval_approve", "approval_withdraw", "signal_close",
    },
    "consent": {
        "engagement_start", "engagement_end", "engagement_cancel", "choice_withdraw", "expert_invite", "expert_list",
        "guided_list", "arrangement_accept", "guided_detail", "guided_document", "report_hand_in", "note_write",
        "note_remove", "my_profile", "report_copy", "item_remove", "day_place", "day_free", "day_cancel", "guided_day",
        "grant_review",
    },
    "letters": {
        "letter_pdf", "letter_given", "letter_protected", "reading_link_made", "parent_letter_issue", "reminder_issue",
        "reading_link_open", "agenda_pdf", "conversation_pdf", "trajectory_pdf", "letter_administered",
        "started_letter_issue", "extract_issue",
    },
}  # fmt: skip
# Pages that ask for a state which the walk does not bring about; by status in the doors table.
ELSEWHERE = {
    "cases:help_desk_add", "cases:trajectory_trace", "cases:account_bring_back", "consent:day_outcomes",
    "consent:item_share", "letters:extract_preview", "cases:look_sample", "cases:approval_detail",
}  # fmt: skip
# What such a page offers depends on whom it is about, so one of each is not enough to find every link.
MANY = {
    "cases:group_detail", "cases:person_detail", "cases:pupil_detail", "cases:setup_people", "cases:trajectory_detail",
    "consent:engagement_detail",
}  # fmt: skip
# A case of each kind, by the child: at the first level; its letter to be made; its letter out; ended.
CASES = ("Petrović, Milan", "Postma, Guus", "Graaf, Noor de", "Jonker, Mats")


def _page_names():
    for app, others in NO_PAGE.items():
        patterns = get_resolver().namespace_dict[app][1].url_patterns
        yield from (f"{app}:{one.name}" for one in patterns if one.name not in others)


def _links(page):
    """Where the links of this page lead, as (view, path); what saves a file or opens a paper is left out."""
    found = page.eval_on_selector_all(
        "a[href^='/']:not([target])", "links => links.map(one => one.getAttribute('href'))"
    )
    for address in map(urlsplit, dict.fromkeys(found)):
        if "bewaar" not in address.query:
            yield resolve(address.path).view_name, address.path


def test_every_page_that_a_link_leads_to_reads_well_wide_and_narrow(open_as, looks_right):
    page = open_as(COORDINATOR)
    wanted, ways, seen, been = set(_page_names()), [], set(), set()

    def look(path):
        """Open a page; look well when it is the first of its kind; remember where it leads."""
        page.goto(path)
        been.add(path)
        name = resolve(path).view_name
        if name in wanted - seen:
            seen.add(name)
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                looks_right(page, f"{name.replace(':', '-')}-{width}")
            page.set_viewport_size({"width": 1280, "height": 900})
        ways.extend(_links(page))

    look("/")
    look("/trajecten/")
    for child in CASES:
        page.goto("/trajecten/")
        page.get_by_role("link", name=child).click()
        look(urlsplit(page.url).path)
    talk = next(path for name, path in ways if name == "cases:conversation_detail")
    for comes_after_sharing in ("gedeeld", "zonder-namen"):
        look(f"{talk}{comes_after_sharing}/")
    while wanted - seen - ELSEWHERE:
        new = [path for name, path in ways if name in wanted - seen]
        more = [path for name, path in ways if name in MANY and path not in been]
        if not new + more:
            break
        look((new + more)[0])
    missed = wanted - seen - ELSEWHERE
    assert not missed, f"no link leads to {', '.join(sorted(missed))}"


@pytest.mark.parametrize("who", ["joris.bakker", "ingrid.postma", "willemijn.deboer"])
def test_to_a_stranger_an_excluded_colleague_and_an_expert_a_case_is_not_there(open_as, looks_right, who):
    guide = open_as(COORDINATOR)
    guide.goto("/trajecten/")
    guide.get_by_role("link", name="Postma, Guus").click()
    guide.get_by_role("heading", level=1, name="Guus Postma").wait_for()
    page = open_as(who, refusals=(404,))
    for address in (
        guide.url,
        f"{guide.url}gesprek/",
        guide.get_by_role("link", name="Pagina van de leerling").evaluate("one => one.href"),
    ):
        answer = page.goto(address)
        assert answer.status == 404
        expect(page.get_by_role("heading", level=1)).to_have_text("Deze pagina is er niet")
        assert "Guus" not in page.content()
    looks_right(page, f"not-there-{who}")


def test_without_scripts_a_talk_can_be_logged(open_as):
    hands = Hands(open_as(TEACHER, refusals=(422,), java_script_enabled=False))
    page = hands.page
    page.goto("/trajecten/")
    hands.follow("Petrović, Milan")
    hands.follow("Gesprek vastleggen")
    hands.tap("Met wie?", "Jelena Petrović")
    hands.press("Opslaan", exact=True)
    hands.is_refused("Wat is er besproken?", "verplicht")
    hands.type("Wat is er besproken?", "Wij keken naar de letters van deze week.")
    hands.press("Opslaan", exact=True)
    hands.is_told("Het gesprek is opgeslagen")
    hands.reads("Wij keken naar de letters van deze week.")
