"""What the gradebook hears before the first score."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lti_tool.models import (
    LineItemResult,
    Registration,
    ResourceLink,
    ScoreDelivery,
    User,
)
from lti_tool.services.deliveries import (
    Round,
    write_start,
)
from tests.unit.lti_tool.deliveries.posting import Post


class TestStart:
    def start(self, post: Post, product: str) -> ScoreDelivery | None:
        with post.transaction() as session:
            session.get_one(Registration, 1).product = product
            user, link = session.get_one(User, 1), session.get_one(ResourceLink, 1)
            return write_start(session, user, link, post.now)

    def test_it_is_told_once(self, post: Post) -> None:
        assert self.start(post, "open-edx") is not None
        assert self.start(post, "open-edx") is None
        assert post.round() == Round(delivered=1)
        (sent,) = post.sent
        assert sent["value"] is None

    @pytest.mark.parametrize(
        "product", ["moodle", "canvas", "BlackboardLearn", "desire2learn", "sakai", "", "unknown"]
    )
    def test_never_where_it_might_erase_a_grade(self, post: Post, product: str) -> None:
        assert self.start(post, product) is None

    def test_never_after_a_score(self, post: Post) -> None:
        post.write(1, "50")
        assert self.start(post, "openedx") is None

    def test_never_where_the_gradebook_holds_a_score(self, post: Post) -> None:
        with post.transaction() as session:
            session.add(LineItemResult(link_pk=1, user_id=1, score="7", maximum="10"))
        assert self.start(post, "openedx") is None

    def test_a_score_replaces_it(self, post: Post) -> None:
        row = self.start(post, "openedx")
        assert row is not None
        post.write(1, "0")
        assert post.round() == Round(delivered=1)
        assert [call["value"] for call in post.sent] == [Decimal(0)]
