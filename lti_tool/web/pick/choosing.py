"""Choosing. One form searches (GET) and answers (POST), so that what is ticked outlives a search;
nothing of it is kept on the server."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Response, make_response, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from lti_tool.languages import LANGUAGES
from lti_tool.lti.claims import DeepLinkingSettings
from lti_tool.lti.deep_linking import ContentItem, response_jwt
from lti_tool.models import LaunchSession, db, now
from lti_tool.security import allow_form_to
from lti_tool.services.link_options import ATTEMPTS, PASS_MARKS, LinkOptions
from lti_tool.tool import current_tool
from lti_tool.web.catalogue import Filters, browse
from lti_tool.web.pages import page
from lti_tool.web.pick.access import blueprint, open_picker
from lti_tool.web.pick.choice import Chosen, ItemWish, read_choice, read_wishes
from lti_tool.web.sessions import check_form_token, session_form_token, switch_language

LINK = "ltiResourceLink"
#: The purpose that the form tokens of these pages are made for.
FORMS = "pick"


@blueprint.get("/pick/<handle>")
def pick(handle: str) -> Response:
    found, settings = open_picker(handle)
    if switch_language(found, request.args.get("language")):
        kept = [
            (name, value) for name, value in request.args.items(multi=True) if name != "language"
        ]
        path = url_for("pick.pick", handle=handle)
        return make_response(redirect(f"{path}?{urlencode(kept)}" if kept else path, 303))
    return _form(found, settings, handle, request.args)


@blueprint.post("/pick/<handle>")
def answer(handle: str) -> Response:
    """What is ticked, or nothing, back to the LMS."""
    found, settings = open_picker(handle)
    check_form_token(FORMS, handle)
    if "cancel" in request.form:
        return _send(found, settings, [], cancelled=True)
    chosen = read_choice(request.form)
    if not _taken(chosen, settings):
        return _form(found, settings, handle, request.form, missing=True)
    spoken = request.form.get("spoken", "")
    graded = "graded" in request.form
    kept = not graded and settings.accept_line_item is not False
    wishes = [
        ItemWish(
            one,
            LinkOptions(spoken if spoken in one.course.languages else None, ungraded=kept),
            graded,
        )
        for one in chosen
    ]
    return _send(found, settings, _items(found, wishes))


@blueprint.post("/pick/<handle>/options")
def options(handle: str) -> Response:
    """What is ticked, with what can be set for each link."""
    found, settings = open_picker(handle)
    check_form_token(FORMS, handle)
    chosen = read_choice(request.form)
    if not _taken(chosen, settings):
        return _form(found, settings, handle, request.form, missing=True)
    return _options(found, settings, handle, chosen, {})


@blueprint.post("/pick/<handle>/add")
def add(handle: str) -> Response:
    """The links as they were set, back to the LMS."""
    found, settings = open_picker(handle)
    check_form_token(FORMS, handle)
    wishes, wrong = read_wishes(request.form, settings.accept_line_item is not False)
    if wrong:
        return _options(found, settings, handle, [one.chosen for one in wishes], wrong)
    if not _taken(wishes, settings):
        return _form(found, settings, handle, MultiDict(), missing=True)
    return _send(found, settings, _items(found, wishes))


def _items(found: LaunchSession, wishes: Sequence[ItemWish]) -> list[ContentItem]:
    context_id = found.context.context_id if found.context else None
    return [one.item(found.language, context_id) for one in wishes]


def _taken(chosen: Sequence[object], settings: DeepLinkingSettings) -> bool:
    """Whether the LMS takes as many links as are chosen, and links at all."""
    if LINK not in settings.accept_types:
        return False
    return len(chosen) == 1 or (len(chosen) > 1 and settings.accept_multiple)


def _form(
    found: LaunchSession,
    settings: DeepLinkingSettings,
    handle: str,
    values: MultiDict[str, str],
    missing: bool = False,
) -> Response:
    filters = Filters() if "clear" in values else Filters.read(values)
    catalogue = browse(found.language, filters)
    ticked, programmes = set(values.getlist("unit")), set(values.getlist("programme"))
    shown = {offer.key for group in catalogue.groups for offer in group.offers}
    chosen = read_choice(values)
    return page(
        "pick/choose.html",
        400 if missing else 200,
        handle=handle,
        settings=settings,
        takes_links=LINK in settings.accept_types,
        courses=current_tool().shelf.courses(),
        filters=filters,
        catalogue=catalogue,
        chosen=chosen,
        ticked=ticked,
        programmes=programmes,
        # Ticked before, and not among what was searched for now.
        aside=[one for one in chosen if one.key in ticked and one.unit_key not in shown],
        wish=found.language,
        missing=missing,
        # A form that was sent before says what is ticked; at first all scores go to the gradebook.
        graded="graded" in values or "sent" not in values,
        spoken=values.get("spoken", ""),
        languages=_languages(),
        faulty=current_tool().shelf.faulty(),
        form_token=session_form_token(FORMS, handle),
    )


def _options(
    found: LaunchSession,
    settings: DeepLinkingSettings,
    handle: str,
    chosen: Sequence[Chosen],
    wrong: dict[str, str],
) -> Response:
    return page(
        "pick/options.html",
        400 if wrong else 200,
        handle=handle,
        settings=settings,
        chosen=chosen,
        values=request.form,
        again=bool(wrong),
        wrong=wrong,
        attempts=ATTEMPTS,
        pass_marks=PASS_MARKS,
        wish=found.language,
        form_token=session_form_token(FORMS, handle),
    )


def _send(
    found: LaunchSession,
    settings: DeepLinkingSettings,
    items: Sequence[ContentItem],
    cancelled: bool = False,
) -> Response:
    """The signed answer, in a form that goes to the LMS by itself, or by its button."""
    jwt = response_jwt(
        db.session(),
        current_tool().settings.secret_key,
        found.deployment.registration,
        found.deployment.deployment_id,
        settings,
        items,
        now(),
    )
    allow_form_to(settings.return_url)
    return page(
        "return.html", url=settings.return_url, jwt=jwt, count=len(items), cancelled=cancelled
    )


def _languages() -> list[tuple[str, str]]:
    """The languages of all courses, by tag."""
    offered = {item for course in current_tool().shelf.courses() for item in course.languages}
    return [(item, LANGUAGES.get(item, item)) for item in sorted(offered)]
