"""The pages that Open edX would have around lti_consumer's own."""

from django.contrib.auth import login
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    JsonResponse,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from lti_consumer.api import get_lti_1p3_content_url, get_lti_1p3_launch_start_url
from lti_consumer.lti_1p3.constants import LTI_1P3_ROLE_MAP

from xblock_platform.course import PLACEMENTS, enrol, load_block
from xblock_platform.models import Grade
from xblock_platform.registration import Tool, describe, register_tool


@require_GET
def launch(request: HttpRequest) -> HttpResponse:
    """Sign a member in and send them to the tool's login, as clicking on the block would.

    Query: `user`, made on first sight; `role`, one of lti_consumer's names; `target`, `resource`
    or `deep_linking`; `placement`, `declarative` or `programmatic`. Once deep links are saved,
    `resource` follows them: to the only one, or to lti_consumer's page that lists several.
    """
    role = request.GET.get("role")
    target = request.GET.get("target", "resource")
    placement = PLACEMENTS.get(request.GET.get("placement", "declarative"))
    username = request.GET.get("user")
    if not username or placement is None or target not in ("resource", "deep_linking"):
        return HttpResponseBadRequest("user, target or placement is missing or unknown")
    if role and role not in LTI_1P3_ROLE_MAP:
        return HttpResponseBadRequest(f"role is none of {', '.join(LTI_1P3_ROLE_MAP)}")

    user = enrol(username, role)
    login(request, user)
    launch_data = load_block(placement.location, user).get_lti_1p3_launch_data()
    if target == "deep_linking":
        url = get_lti_1p3_launch_start_url(launch_data, deep_link_launch=True)
    else:
        url = get_lti_1p3_content_url(launch_data)
    return HttpResponseRedirect(url)


@require_GET
def grades(request: HttpRequest) -> HttpResponse:
    """Show every grade that reached the gradebook, oldest first."""
    rows = Grade.objects.select_related("user__profile").order_by("id")
    return JsonResponse(
        {
            "grades": [
                {
                    "user": row.user.username,
                    "user_id": str(row.user.profile.external_user_id),
                    "resource_link_id": row.resource_link_id,
                    "earned": row.earned,
                    "possible": row.possible,
                    "published_at": row.published_at,
                }
                for row in rows
            ]
        }
    )


@csrf_exempt
@require_POST
def tool(request: HttpRequest) -> HttpResponse:
    """Change where the tool answers, for tools whose URLs depend on what we print at start.

    Form: `login`, `launch` and `jwks`, and if wanted `deep_linking` and any number of `redirect`.
    """
    form = request.POST
    if not all(form.get(name) for name in ("login", "launch", "jwks")):
        return HttpResponseBadRequest("login, launch and jwks are required")
    register_tool(
        Tool(
            login_url=form["login"],
            launch_url=form["launch"],
            jwks_url=form["jwks"],
            deep_linking_url=form.get("deep_linking", ""),
            redirect_urls=tuple(form.getlist("redirect")),
        )
    )
    return JsonResponse(describe())
