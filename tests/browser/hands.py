"""What hands do at a page: tap an answer, type in a field, press a button. By what is written there, as people do."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect


@dataclass
class Hands:
    """Somebody's hands at one page. `done` counts what they did: each tap, each field typed in."""

    page: Page
    done: list = field(default_factory=list)

    def follow(self, name, **options):
        """Follow a link."""
        self.done.append(f"link {name}")
        self.page.get_by_role("link", name=name, **options).first.click()

    def press(self, name, **options):
        """Press a button."""
        self.done.append(f"button {name}")
        self.page.get_by_role("button", name=name, **options).first.click()

    def tap(self, question, *answers):
        """Tap answers of a question: chips, radios or boxes."""
        for answer in answers:
            self.done.append(f"answer {answer}")
            self.question(question).get_by_label(answer).first.check()

    def question(self, question):
        """The group of answers under this question."""
        return self.page.get_by_role("group", name=question)

    def tick(self, label):
        """Tick a box that stands alone."""
        self.done.append(f"box {label}")
        self.page.get_by_label(label).check()

    def type(self, label, text):
        """Fill a field."""
        self.done.append(f"field {label}")
        self.page.get_by_label(label).fill(text)

    def unfold(self, label):
        """Open what is folded round this field, when it isn't open yet."""
        self.done.append(f"fold {label}")
        fold = self.page.locator("details:not([open])").filter(has=self.page.get_by_label(label))
        fold.locator("summary").click()

    def reads(self, *texts):
        """See these words on the page."""
        for text in texts:
            expect(self.page.get_by_role("main")).to_contain_text(text)

    def reads_not(self, *texts):
        """Not see these words on the page."""
        for text in texts:
            expect(self.page.get_by_role("main")).not_to_contain_text(text)

    def is_told(self, text):
        """See that it is done."""
        expect(self.page.get_by_role("status").first).to_contain_text(text)

    def is_refused(self, label, text):
        """See an error on top and at the field itself, as a screen reader hears it."""
        expect(self.page.get_by_role("group", name="Er klopt nog iets niet")).to_contain_text(text)
        wrong = self.page.get_by_label(label).first
        expect(wrong).to_have_attribute("aria-invalid", "true")
        expect(wrong).to_have_accessible_description(re.compile(re.escape(text)))
