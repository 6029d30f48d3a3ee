"""A platform, five learners and one link."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.lti import ags
from lti_tool.models import (
    Context,
    Deployment,
    Registration,
    ResourceLink,
    User,
)
from tests.unit.lti_tool.deliveries.posting import ITEM, Post


@pytest.fixture
def post(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Post:
    with Session(engine) as session:
        urls = dict.fromkeys(("auth_url", "token_url", "jwks_url"), "https://lms.example/x")
        registration = Registration(
            public_id="p", name="n", issuer="https://lms.example", client_id="c", **urls
        )
        deployment = Deployment(registration=registration, deployment_id="d")
        link = ResourceLink(
            context=Context(deployment=deployment, context_id="k"),
            resource_link_id="l",
            course_id="small",
            unit_id="first",
            line_item_url=ITEM,
            ags_scopes=[ags.SCOPE_SCORE],
        )
        people = [User(registration=registration, sub=f"u{number}") for number in range(1, 6)]
        session.add_all([link, *people])
        session.commit()
    made = Post(engine)
    monkeypatch.setattr(ags, "post_score", made)
    return made
