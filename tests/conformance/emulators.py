"""Learning platforms as their products really are: each a ``Platform`` that differs from the
specification, or from the others, where its product was seen to. Gathered from the products'
sources and documentation; what is not known of a product is left as the specification has it."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from tests.conformance.platform import ABSENT, LTI, Answer, Platform, Request

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
CONTAINER_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
EDX_SAME = "Score already exists for the provided timestamp"
EDX_OLDER = "Score timestamp can only be updated to a later point in time"
MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


@dataclass
class Emulator(Platform):
    """``product`` is the product family code; ``page_size`` how many entries a container shows at
    once; ``not_gradable`` are people who cannot have a grade, such as teachers."""

    product: ClassVar[str] = ""
    page_size: ClassVar[int | None] = None
    page_parameter: ClassVar[str] = "page"
    not_gradable: set[str] = field(default_factory=set)

    def claims(self, **changes: Any) -> dict[str, Any]:
        guise = {"guid": "campus", "product_family_code": self.product}
        return super().claims(**{LTI + "tool_platform": guise, **changes})

    def configuration(self) -> dict[str, Any]:
        value = super().configuration()
        value["https://purl.imsglobal.org/spec/lti-platform-configuration"][
            "product_family_code"
        ] = self.product
        return value

    def grades(self, number: str = "1") -> dict[str, Any]:
        """The gradebook's column: what each user has, those without a grade left out."""
        return {
            user: score["scoreGiven"]
            for (item, user), score in self.scores.items()
            if item == number and score.get("scoreGiven") is not None
        }

    def next_link(self, request: Request, following: int) -> str:
        """The header's value for the page that begins at ``following``."""
        query = urlencode({**request.query, self.page_parameter: str(following)})
        return f'<{self.url}{request.path}?{query}>; rel="next"'

    def page(self, request: Request, entries: list[Any]) -> tuple[list[Any], dict[str, str]]:
        """The entries of the page asked for, and its headers."""
        if self.page_size is None:
            return entries, {}
        first = int(request.query.get(self.page_parameter, "0"))
        end = first + self.page_size
        if end >= len(entries):
            return entries[first:end], {}
        # As bytes on the wire, where a product writes what is not ASCII.
        link = self.next_link(request, end).encode().decode("latin-1")
        return entries[first:end], {"Link": link}

    def _members(self, request: Request) -> Answer:
        answer = super()._members(request)
        answer.body["members"], headers = self.page(request, self.members)
        return Answer(200, answer.body, {"Content-Type": MEMBERS_TYPE, **headers})

    def _line_items(self, request: Request) -> Answer:
        answer = super()._line_items(request)
        if request.method == "GET" and isinstance(answer.body, list) and answer.status == 200:
            entries, headers = self.page(request, answer.body)
            return Answer(200, entries, headers)
        return answer

    def _score(self, number: str, request: Request) -> Answer:
        if request.json["userId"] in self.not_gradable:
            return Answer(400, b"This user cannot be graded", {"Content-Type": "text/plain"})
        return super()._score(number, request)

    def _results(self, number: str, request: Request) -> Answer:
        wanted = request.query.get("user_id")
        users = [user for user in self.grades(number) if wanted in (None, user)]
        return Answer(200, [self._result(number, user) for user in users])


@dataclass
class Moodle(Emulator):
    """Exact content types; scores before ``?type_id=``; curly quotes and ``&amp;`` in links; a
    post without a score, or not fully graded, erases the grade; ``limit`` beside ``type_id``
    crashes the results; 409 at one-second resolution; short roles, and a next page of members
    that forgets the role asked for."""

    product: ClassVar[str] = "moodle"
    page_size: ClassVar[int | None] = 50
    page_parameter: ClassVar[str] = "from"

    def next_link(self, request: Request, following: int) -> str:
        query = {name: value for name, value in request.query.items() if name != "role"}
        url = f"{self.url}{request.path}?{urlencode({**query, 'from': str(following)})}"
        return f"<{html.escape(url)}>; rel=“next”"

    def _members(self, request: Request) -> Answer:
        if request.headers.get("Accept") != MEMBERS_TYPE:
            return Answer(406, b"")
        return super()._members(request)

    def _line_items(self, request: Request) -> Answer:
        if "type_id" not in request.query:
            return Answer(400, b"No tool type")
        last = request.path.rpartition("/")[2]
        wanted = {"lineitems": CONTAINER_TYPE, "results": RESULTS_TYPE}.get(last)
        if request.method == "GET" and wanted and request.headers.get("Accept") != wanted:
            return Answer(406, b"")
        if last == "results" and "limit" in request.query:
            return Answer(500, b"Error reading from database")
        return super()._line_items(request)

    def _score(self, number: str, request: Request) -> Answer:
        if request.headers.get("Content-Type") != SCORE_TYPE:
            return Answer(415, b"")
        score = request.json
        before = self.scores.get((number, score["userId"]))
        moment = datetime.fromisoformat(score["timestamp"]).replace(microsecond=0)
        if before and moment <= datetime.fromisoformat(before["timestamp"]).replace(microsecond=0):
            return Answer(409, b"Refusing score with an earlier timestamp")
        answer = super()._score(number, request)
        if answer.status == 200 and score.get("gradingProgress") != "FullyGraded":
            self.scores[number, score["userId"]] = {**score, "scoreGiven": None}
        return answer


@dataclass
class Canvas(Emulator):
    """Throttles by cost, with 403 and no Retry-After; pages of 50; 400, not 409, for what is older
    than what it has, and the same again is taken; a post without a score erases the grade; a
    registration that it does not like gets 422 with a body of its own."""

    product: ClassVar[str] = "canvas"
    page_size: ClassVar[int | None] = 50
    #: Calls that are taken before the rest is told to come later; None: all.
    allowance: int | None = None
    refuses_registration: bool = False

    def answer(self, request: Request) -> Answer:
        if self.allowance is not None and request.path.startswith("/lineitems"):
            with self.lock:
                self.allowance -= 1
                if self.allowance < 0:
                    self.requests.append(request)
                    return Answer(
                        403, b"403 Forbidden (Rate Limit Exceeded)", {"Content-Type": "text/plain"}
                    )
        return super().answer(request)

    def _register(self, request: Request) -> Answer:
        if self.refuses_registration:
            return Answer(422, {"errors": [{"field": "scopes", "message": "is not included"}]})
        return super()._register(request)

    def _score(self, number: str, request: Request) -> Answer:
        score = request.json
        if score["userId"] in self.not_gradable:
            return Answer(422, {"errors": {"type": "unprocessable_entity", "message": "User"}})
        before = self.scores.get((number, score["userId"]))
        if before is not None and score["timestamp"] < before["timestamp"]:
            said = f"Provided timestamp of {score['timestamp']} before last updated timestamp of x"
            return Answer(400, {"errors": {"type": "bad_request", "message": said}})
        self.scores[number, score["userId"]] = score
        return Answer(200, {"resultUrl": f"{self.url}/results/{score['userId']}"})


@dataclass
class Blackboard(Emulator):
    """A post without a score deletes the grade. Its issuer is that of every Blackboard."""

    product: ClassVar[str] = "BlackboardLearn"
    page_size: ClassVar[int | None] = 100


@dataclass
class Brightspace(Emulator):
    """Registers without a token; people whose role cannot be graded are refused."""

    product: ClassVar[str] = "desire2learn"
    registration_token: str | None = None

    def _score(self, number: str, request: Request) -> Answer:
        if request.json["userId"] in self.not_gradable:
            return Answer(403, {"title": "User is not gradable"})
        return super()._score(number, request)


@dataclass
class Sakai(Emulator):
    """A post without a score clears the grade, and no time is compared: whatever comes last is
    kept. Messages of its storage go to ``_parent``."""

    product: ClassVar[str] = "sakai"
    storage_target: ClassVar[str] = "_parent"

    def _score(self, number: str, request: Request) -> Answer:
        self.scores[number, request.json["userId"]] = request.json
        return Answer(200, b"")


@dataclass
class OpenEdx(Emulator):
    """One link is one configuration: a container of its own, with no Link header and no pages. A
    post without a score leaves the grade as it is; a time not later than the last gets 400. It
    says no product in its launches."""

    product: ClassVar[str] = "open-edx"

    def claims(self, **changes: Any) -> dict[str, Any]:
        return super().claims(**{LTI + "tool_platform": ABSENT, **changes})

    def _score(self, number: str, request: Request) -> Answer:
        score = request.json
        if score.get("scoreGiven") is not None and not score.get("scoreMaximum"):
            return Answer(400, {"scoreMaximum": ["is required"]})
        before = self.scores.get((number, score["userId"]))
        if before is not None and score["timestamp"] <= before["timestamp"]:
            same = score["timestamp"] == before["timestamp"]
            said = EDX_SAME if same else EDX_OLDER
            return Answer(400, {"timestamp": [said]})
        graded = score.get("gradingProgress") == "FullyGraded" and "scoreGiven" in score
        kept = score if graded or before is None else {**before, "timestamp": score["timestamp"]}
        self.scores[number, score["userId"]] = kept
        return Answer(200, score)


PRODUCTS = (Moodle, Canvas, Blackboard, Brightspace, Sakai, OpenEdx)
