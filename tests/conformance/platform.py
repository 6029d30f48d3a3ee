"""A learning platform of our own making, on real loopback HTTP: it signs whatever it is told to,
keeps a gradebook, registers tools, and remembers every request."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import RSAAlgorithm

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LEARNER, INSTRUCTOR = f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Instructor"
AGS_SCOPES = [
    f"https://purl.imsglobal.org/spec/lti-ags/scope/{name}"
    for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")
]
#: A claim set to this is left out.
ABSENT: Any = object()
#: An answer of this status is none: the connection is reset.
RESET = 0
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"


@cache
def rsa_key(name: str, bits: int = 2048) -> RSAPrivateKey:
    """One key a name and process: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def jwk(kid: str, key: RSAPrivateKey, **changes: Any) -> dict[str, Any]:
    value: dict[str, Any] = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    value.pop("key_ops", None)
    return {**value, "kid": kid, "alg": "RS256", "use": "sig", **changes}


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Answer:
    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Platform:
    """``answers`` queues scripted answers for a path, taken before the usual one."""

    url: str
    client_id: str = "tool-1"
    deployment_id: str = "deployment-1"
    keys: dict[str, RSAPrivateKey] = field(default_factory=lambda: {"key-1": rsa_key("platform")})
    requests: list[Request] = field(default_factory=list)
    answers: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    keyset_headers: dict[str, str] = field(default_factory=dict)
    line_items: dict[str, dict[str, Any]] = field(default_factory=dict)
    scores: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    members: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    registration_token: str | None = "reg-token"
    registered: dict[str, Any] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def issuer(self) -> str:
        return self.url

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    # Tokens

    def claims(self, **changes: Any) -> dict[str, Any]:
        """A resource link launch as Moodle sends it; names after ``LTI`` may be short."""
        moment = int(time.time())
        value: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "user-1",
            "iat": moment,
            "exp": moment + 60,
            "nonce": ABSENT,
            "name": "Amina Diallo",
            "email": "amina@campus.example",
            LTI + "version": "1.3.0",
            LTI + "message_type": "LtiResourceLinkRequest",
            LTI + "deployment_id": self.deployment_id,
            LTI + "target_link_uri": ABSENT,
            LTI + "roles": [LEARNER],
            LTI + "resource_link": {"id": "link-1", "title": "What makes it SSE?"},
            LTI + "context": {"id": "course-1", "title": "SSE", "label": "SSE 1"},
            LTI + "tool_platform": {"guid": "campus", "product_family_code": "moodle"},
            LTI + "launch_presentation": {"locale": "en", "return_url": f"{self.url}/return"},
            LTI + "custom": {},
            AGS: {
                "scope": AGS_SCOPES,
                "lineitems": f"{self.url}/lineitems?type_id=1",
                "lineitem": f"{self.url}/lineitems/1/lineitem?type_id=1",
            },
            NRPS: {"context_memberships_url": f"{self.url}/members", "service_versions": ["2.0"]},
        }
        for name, change in changes.items():
            value[LTI + name if LTI + name in value else name] = change
        return value

    def deep_linking(self, **changes: Any) -> dict[str, Any]:
        settings = {
            "deep_link_return_url": f"{self.url}/deep-linking?sesskey=abc",
            "accept_types": ["ltiResourceLink", "link"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_multiple": True,
            "accept_lineitem": True,
            "data": "opaque <&> data",
        }
        fixed: dict[str, Any] = {
            "message_type": "LtiDeepLinkingRequest",
            "resource_link": ABSENT,
            "roles": [INSTRUCTOR],
            DL + "deep_linking_settings": settings,
        }
        return self.claims(**{**fixed, **changes})

    def sign(
        self,
        claims: Mapping[str, Any],
        *,
        kid: Any = "key-1",
        key: Any = None,
        alg: str = "RS256",
        headers: Mapping[str, Any] | None = None,
    ) -> str:
        body = {name: value for name, value in claims.items() if value is not ABSENT}
        header = {**({} if kid is ABSENT else {"kid": kid}), **(headers or {})}
        signer = key if key is not None or alg == "none" else self.keys.get(kid, rsa_key("forged"))
        # Not jwt.encode, which refuses some of the claims that a tool must survive.
        return jwt.api_jws.encode(json.dumps(body).encode(), signer, algorithm=alg, headers=header)

    # HTTP

    def answer(self, request: Request) -> Answer:
        with self.lock:
            self.requests.append(request)
            if self.answers[request.path]:
                return self.answers[request.path].popleft()
            if request.path == "/jwks":
                keys = [jwk(kid, key) for kid, key in self.keys.items()]
                return Answer(200, {"keys": keys}, self.keyset_headers)
            if request.path == "/token":
                return self._token()
            if request.path.startswith("/.well-known/"):
                return Answer(200, self.configuration())
            if request.path == "/register":
                return self._register(request)
            if request.headers.get("Authorization", "")[7:] not in self.tokens:
                return Answer(401, {"error": "invalid_token"})
            if request.path == "/members":
                return self._members(request)
            if request.path.startswith("/lineitems"):
                return self._line_items(request)
            return Answer(404, b"no such page")

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/auth?tenant=a",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "registration_endpoint": f"{self.url}/register",
            "scopes_supported": ["openid", *AGS_SCOPES],
            "response_types_supported": ["id_token"],
            "claims_supported": ["sub", "iss", "name"],
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": "moodle",
                "version": "4.5",
                "messages_supported": [{"type": "LtiDeepLinkingRequest"}],
            },
        }

    def _token(self) -> Answer:
        token = uuid.uuid4().hex
        self.tokens.add(token)
        body = {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        return Answer(200, body, {"Content-Type": "text/html"})

    def _register(self, request: Request) -> Answer:
        sent = request.headers.get("Authorization", "")
        if self.registration_token is not None and sent != f"Bearer {self.registration_token}":
            return Answer(401, b"Invalid token", {"Content-Type": "text/plain"})
        self.registered = request.json
        tool = "https://purl.imsglobal.org/spec/lti-tool-configuration"
        answer = {**request.json, "client_id": self.client_id}
        answer[tool] = {**answer[tool], "deployment_id": self.deployment_id}
        return Answer(200, answer)

    def _members(self, request: Request) -> Answer:
        return Answer(200, {"id": "x", "context": {"id": "course-1"}, "members": self.members})

    def _line_items(self, request: Request) -> Answer:
        parts = request.path.strip("/").split("/")
        if len(parts) == 1 and request.method == "POST":
            number = str(len(self.line_items) + 1)
            url = f"{self.url}/lineitems/{number}/lineitem?type_id=1"
            self.line_items[number] = {**request.json, "id": url}
            return Answer(201, self.line_items[number], {"Content-Type": LINE_ITEM_TYPE})
        if len(parts) == 1:
            wanted = request.query.get("resource_link_id")
            items = self.line_items.values()
            found = [i for i in items if wanted in (None, i.get("resourceLinkId"))]
            return Answer(200, found)
        if parts[1] not in self.line_items:
            return Answer(404, b"no such line item")
        if parts[-1] == "scores":
            return self._score(parts[1], request)
        if parts[-1] == "results":
            return self._results(parts[1], request)
        return Answer(200, self.line_items[parts[1]])

    def _score(self, number: str, request: Request) -> Answer:
        score = request.json
        before = self.scores.get((number, score["userId"]))
        if before is not None and score["timestamp"] <= before["timestamp"]:
            return Answer(409, b"a later score is there")
        self.scores[number, score["userId"]] = score
        return Answer(200, b"")

    def _results(self, number: str, request: Request) -> Answer:
        wanted = request.query.get("user_id")
        users = [user for item, user in self.scores if item == number and wanted in (None, user)]
        return Answer(200, [self._result(number, user) for user in users])

    def _result(self, number: str, user: str) -> dict[str, Any]:
        score = self.scores[number, user]
        return {
            "id": f"{self.url}/results/{user}",
            "userId": user,
            "resultScore": score["scoreGiven"],
            "resultMaximum": score["scoreMaximum"],
        }


Kind = TypeVar("Kind", bound=Platform)


@contextmanager
def serving(answer: Callable[[Request], Answer]) -> Iterator[str]:
    """A loopback server for ``answer``; yields its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:
                # Who asked died in the middle of it: there is nobody to answer, and no request.
                self.close_connection = True
                return
            found = answer(Request(self.command, parts.path, query, dict(self.headers), body))
            if found.status == RESET:
                self.connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            data = found.encoded()
            self.send_response(found.status)
            for name, value in {"Content-Type": "application/json", **found.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def running_platform(kind: type[Kind] = Platform) -> Iterator[Kind]:  # type: ignore[assignment]
    """A platform, or one of the products of ``tests.conformance.emulators``."""
    holder: list[Kind] = []
    with serving(lambda request: holder[0].answer(request)) as url:
        holder.append(kind(url))
        yield holder[0]
