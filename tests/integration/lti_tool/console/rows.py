"""What an operator's changes leave in the tables, and what a platform does meanwhile."""

from __future__ import annotations

import re

import requests
from sqlalchemy import select

from lti_tool.models import (
    AuditEntry,
    Registration,
    db,
)
from tests.conformance.platform import Platform
from tests.console import Operator
from tests.integration.lti_tool.conftest import Tool


def find(tool: Tool, platform: Platform) -> Registration:
    with tool.app.app_context():
        row = db.session.scalars(
            select(Registration).where(
                Registration.issuer == platform.issuer,
                Registration.client_id == platform.client_id,
            )
        ).one()
        _ = list(row.deployments)
        return row


def audited(tool: Tool, operator: Operator, action: str) -> list[AuditEntry]:
    with tool.app.app_context():
        return list(
            db.session.scalars(
                select(AuditEntry)
                .where(AuditEntry.actor == operator.email, AuditEntry.action == action)
                .order_by(AuditEntry.id)
            )
        )


def login(tool: Tool, row: Registration, platform: Platform) -> requests.Response:
    query = {"iss": platform.issuer, "login_hint": "1", "target_link_uri": f"{tool.url}/"}
    url = f"{tool.url}/lti/{row.public_id}/login"
    return requests.get(url, params=query, allow_redirects=False, timeout=30)


def register(url: str, platform: Platform) -> requests.Response:
    query = {
        "openid_configuration": f"{platform.url}/.well-known/openid-configuration",
        "registration_token": "reg-token",
    }
    page = requests.get(url, params=query, timeout=30)
    token = re.search(r'name="form_token" value="(\w+)"', page.text)
    assert token, page.text
    return requests.post(url, data={"form_token": token[1]}, timeout=30)
