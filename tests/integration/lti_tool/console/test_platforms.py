"""What operators do with platforms that are connected: suspend, name, delete; keys of LTI 1.1."""

from __future__ import annotations

import json

from sqlalchemy import select

from lti_tool.db import writing
from lti_tool.lti.platform import name_of_host
from lti_tool.lti.sealing import unseal
from lti_tool.models import (
    LegacyConsumer,
    Registration,
    RegistrationStatus,
    User,
    db,
)
from lti_tool.services import legacy
from lti_tool.worker.loop import deliver
from tests.conformance.platform import LTI, Platform
from tests.console import Operator
from tests.integration.lti_tool.conftest import SECRET, Campus, Tool
from tests.integration.lti_tool.console.conftest import CampusOf
from tests.integration.lti_tool.console.rows import audited, find, login
from tests.integration.lti_tool.test_learning import RIGHT, hand_in


def test_a_platform_is_suspended_at_once_and_resumed(
    operator: Operator, tool: Tool, platform: Platform, known: Registration
) -> None:
    assert login(tool, known, platform).status_code in (200, 302)
    page = operator.follow(operator.post(f"/registrations/{known.id}/suspend"))
    assert "The platform is suspended" in page.text
    assert "registration.suspended" in login(tool, known, platform).text
    operator.post(f"/registrations/{known.id}/resume")
    assert login(tool, known, platform).status_code in (200, 302)
    (entry,) = audited(tool, operator, "registration.suspended")[-1:]
    assert entry.subject == f"registration {known.id} (Campus)"


def test_names_and_options(
    operator: Operator, tool: Tool, platform: Platform, known: Registration
) -> None:
    path = f"/registrations/{known.id}"
    name = 'Université "du Lac" <b>&'
    page = operator.follow(operator.post(f"{path}/rename", name=name))
    assert "Université &#34;du Lac&#34; &lt;b&gt;&amp;" in page.text
    assert operator.post(f"{path}/rename", name="  ").status_code == 400
    operator.post(f"{path}/options", allow_anonymous="1")
    row = find(tool, platform)
    assert (row.name, row.allow_anonymous, row.hold_deployments) == (name, True, False)
    operator.post(f"{path}/options", hold_deployments="1")
    row = find(tool, platform)
    assert (row.allow_anonymous, row.hold_deployments) == (False, True)
    assert operator.get(f"/registrations/?q={platform.client_id}").text.count("<tbody>") == 1


def test_who_has_no_name_takes_the_platforms_own(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    """Registered by URL, a platform is called by its host until it says more of itself."""
    campus = Campus(tool, platform)
    host, number = name_of_host(platform.issuer), find(tool, platform).id
    with tool.app.app_context(), writing() as session:
        session.get_one(Registration, number).name = host
    told = {LTI + "tool_platform": {"guid": "g", "name": "Université <b>Nord</b>"}}
    campus.learner(**{LTI + "tool_platform": {"guid": "g"}})
    assert find(tool, platform).name == host
    campus.learner(**told)
    assert find(tool, platform).name == "Université <b>Nord</b>"
    page = operator.get(f"/registrations/{number}").text
    assert "Université &lt;b&gt;Nord&lt;/b&gt;" in page
    operator.post(f"/registrations/{number}/rename", name="Ours")
    campus.learner(**told)
    assert find(tool, platform).name == "Ours"


def test_deployments_one_by_one(operator: Operator, tool: Tool, platform: Platform) -> None:
    campus = Campus(tool, platform, hold_deployments=True)
    refused = campus.browser().launch(platform.claims())
    assert "deployment.pending" in refused.text
    row = find(tool, platform)
    (held,) = row.deployments
    path = f"/registrations/{row.id}/deployments/{held.id}"
    operator.post(path, status="active")
    hand_in(campus.learner(), 1, RIGHT)
    operator.post(path, status="suspended")
    assert deliver(tool.app).total == 0, "its scores wait"
    assert "deployment.suspended" in campus.browser().launch(platform.claims()).text
    assert operator.post(path, status="nonsense").status_code == 400
    other = tool.register(Platform("https://other.example", client_id=platform.client_id))
    with tool.app.app_context():
        foreign = db.session.scalars(
            select(Registration.id).where(Registration.public_id == other)
        ).one()
    crossed = operator.post(f"/registrations/{foreign}/deployments/{held.id}", status="active")
    assert crossed.status_code == 404
    assert find(tool, platform).deployments[0].status == RegistrationStatus.SUSPENDED
    operator.post(path, status="active")
    assert deliver(tool.app).delivered == 1


def test_deleting_says_what_goes_and_wants_the_name(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    campus = Campus(tool, platform)
    campus.learner("one")
    campus.learner("two")
    row = find(tool, platform)
    path = f"/registrations/{row.id}/delete"
    page = operator.get(path)
    assert "2 people" in page.text
    assert "1 course<" in page.text
    wrong = operator.post(path, name="campus")
    assert wrong.status_code == 422
    assert 'href="#name"' in wrong.text
    assert operator.follow(operator.post(path, name="Campus")).status_code == 200
    with tool.app.app_context():
        assert db.session.get(Registration, row.id) is None
        people = select(User.id).where(User.registration_id == row.id)
        assert db.session.scalars(people).all() == []
    entry = audited(tool, operator, "registration.deleted")[-1]
    assert entry.detail["people"] == 2
    assert "one" not in json.dumps(entry.detail)


def test_keys_of_lti_1_1(
    operator: Operator, tool: Tool, platform: Platform, known: Registration, campus_of: CampusOf
) -> None:
    """Entered and removed; the secret is kept sealed, and neither shown nor written down."""
    path = f"/registrations/{known.id}"
    assert 'name="legacy_secret" type="password"' in operator.get(path).text
    secret = "old secret of the campus"
    for form, said in (
        ({"legacy_key": "", "legacy_secret": secret}, "as the platform shows it"),
        ({"legacy_key": "a\nb", "legacy_secret": secret}, "as the platform shows it"),
        ({"legacy_key": "k" * 256, "legacy_secret": secret}, "as the platform shows it"),
        ({"legacy_key": "old-key", "legacy_secret": " "}, "the secret that belongs to the key"),
    ):
        answer = operator.post(f"{path}/legacy", **form)
        assert answer.status_code == 422
        assert said in answer.text
        assert secret not in answer.text
    assert consumers(tool, known) == []
    for given in ("wrong at first", secret):
        page = operator.follow(
            operator.post(f"{path}/legacy", legacy_key=" old-key ", legacy_secret=given)
        )
        assert "The LTI 1.1 key is kept." in page.text
        assert ">old-key</code>" in page.text
        assert given not in page.text
    (row,) = consumers(tool, known)
    assert unseal(row.secret_encrypted, SECRET, legacy.PURPOSE) == secret.encode()
    entry = audited(tool, operator, "registration.legacy-key")[-1]
    assert entry.detail == {"key": "old-key"}
    # Another platform's page removes nothing of this one.
    other = campus_of(product="canvas")
    assert operator.post(f"/registrations/{other}/legacy/{row.id}/remove").status_code == 404
    assert len(consumers(tool, known)) == 1
    token, operator.token = operator.token, "forged"
    assert operator.post(f"{path}/legacy/{row.id}/remove").status_code in (400, 403)
    operator.token = token
    page = operator.follow(operator.post(f"{path}/legacy/{row.id}/remove"))
    assert "The LTI 1.1 key is removed." in page.text
    assert consumers(tool, known) == []
    assert audited(tool, operator, "registration.legacy-key-removed")[-1].detail == entry.detail
    assert operator.post(f"{path}/legacy/{row.id}/remove").status_code == 404


def consumers(tool: Tool, row: Registration) -> list[LegacyConsumer]:
    with tool.app.app_context():
        wanted = select(LegacyConsumer).where(LegacyConsumer.registration_id == row.id)
        return list(db.session.scalars(wanted))
