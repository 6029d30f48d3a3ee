"""Moodle's page of external tools: registering one by its URL, activating and deleting it."""

from __future__ import annotations

from playwright.sync_api import FrameLocator

from tests.moodle.site import Site

PATH = "/mod/lti/toolconfigure.php"
_CARDS = ".tool-card[data-type-id]"
_CHOICES = 'button[data-href*="&type="]'
_FRAME = "#external-registration-template-container iframe"


def begin(site: Site, invite: str, *, update: str = "0") -> tuple[FrameLocator, set[str]]:
    """Give Moodle the invitation. The tool's page in its frame, and the ids of the tools before.
    Where Moodle has a tool of that host it asks which to bring up to date: ``update``, or none."""
    site.go(PATH)
    site.page.locator("#tool-create-button").wait_for()
    site.settle()
    before = _ids(site)
    site.page.fill("#tool-url", invite)
    site.page.click("#tool-create-button")
    frame = site.page.frame_locator(_FRAME)
    frame.locator(f"h1:visible, {_CHOICES}").first.wait_for()
    if frame.locator(_CHOICES).count():
        # Pressed before Moodle's script has taken hold, the button would do nothing.
        frame.locator(f'button[data-href$="&type={update}"]').evaluate(
            """button => new Promise(done => {
                const press = () => button.onclick ? done(button.click()) : setTimeout(press, 50);
                press();
            })"""
        )
    return frame, before


def await_closed(site: Site) -> None:
    """Wait until the tool has had Moodle close its page."""
    site.page.locator(_FRAME).wait_for(state="detached")


def await_card(site: Site, before: set[str]) -> str:
    """The id of the tool that the registration made, once the tool has closed its page."""
    await_closed(site)
    site.page.wait_for_function(
        "([cards, count]) => document.querySelectorAll(cards).length > count",
        arg=[_CARDS, len(before)],
    )
    new = _ids(site) - before
    if len(new) != 1:
        raise RuntimeError(f"{len(new)} new tools after the registration, instead of one")
    return new.pop()


def activate(site: Site, tool: str) -> None:
    site.settle()
    site.page.locator(f"{_card(tool)} a.activate").click()
    site.page.locator(f'{_card(tool)} .badge:has-text("Active")').wait_for()


def show_in_chooser(site: Site, tool: str) -> None:
    """Let teachers add it as an activity; Moodle leaves a registered tool out of the chooser."""
    href = site.page.locator(f"{_card(tool)} a.edit").get_attribute("href")
    site.page.goto(href or "")
    site.page.select_option("#id_lti_coursevisible", "2")
    site.submit("#id_submitbutton")


def details(site: Site, tool: str) -> dict[str, str]:
    card = site.page.locator(_card(tool))
    return {name: card.get_attribute(f"data-{name}") or "" for name in ("clientid", "deploymentid")}


def delete(site: Site, tool: str) -> None:
    site.go(PATH)
    site.settle()
    site.page.locator(f"{_card(tool)} a.delete").click()
    site.page.locator('.modal.show [data-action=save], .moodle-dialogue [value="Delete"]').click()
    site.page.locator(_card(tool)).wait_for(state="detached")


def _card(tool: str) -> str:
    return f'.tool-card[data-type-id="{tool}"]'


def _ids(site: Site) -> set[str]:
    cards = site.page.locator(_CARDS).all()
    return {number for card in cards if (number := card.get_attribute("data-type-id"))}
