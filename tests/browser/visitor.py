"""What a visitor does, in a visitor's words: fields by their labels, buttons by their names."""

from collections.abc import Mapping

from playwright.sync_api import Page, expect

CONSENT = "You agree that we use what you send here"


def fill(page: Page, values: Mapping[str, str]) -> None:
    """Type `values` (label -> text) into the form."""
    for label, text in values.items():
        page.get_by_label(label).fill(text)


def agree(page: Page) -> None:
    """Tick the consent box, which nobody has ticked before."""
    box = page.get_by_label(CONSENT)
    expect(box).not_to_be_checked()
    box.check()


def notice(page: Page) -> list[str]:
    """The lines of the notice; asserts that it stands before the form."""
    lines = page.locator("#notice-text li")
    expect(lines.first).to_be_visible()
    order = page.evaluate(
        """() => {
            const [notice, form] = ['#notice-text', 'form'].map((s) => document.querySelector(s));
            return notice.compareDocumentPosition(form) & Node.DOCUMENT_POSITION_FOLLOWING;
        }"""
    )
    assert order, "the notice comes after the form"
    return lines.all_inner_texts()
