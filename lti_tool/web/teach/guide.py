"""The trainer guide, which learners never see."""

from __future__ import annotations

from flask import Response, abort
from markupsafe import Markup

from content.markup import PageContext, render_page
from content.model import direction
from content.render.strings import words_in
from lti_tool.web.i18n import choose
from lti_tool.web.media import media_base
from lti_tool.web.pages import page
from lti_tool.web.teach.access import blueprint, open_place


@blueprint.get("/teach/<handle>/guide")
def guide(handle: str) -> Response:
    place = open_place(handle)
    unit = place.unit
    if not unit.guide:
        abort(404)
    language = choose(place.session.language, tuple(unit.guide), next(iter(unit.guide)))
    base = media_base(place.course)
    context = PageContext(
        course=place.course,
        unit=unit,
        language=language,
        page_id=f"{unit.id}-guide",
        words=words_in(language),
        media_url=lambda path: base + path,
    )
    html = Markup(render_page(unit.guide[language], context=context))  # noqa: S704 - cleaned
    return page(
        "teach/guide.html",
        200,
        **place.shown(),
        language=language,
        direction=direction(language),
        html=html,
    )
