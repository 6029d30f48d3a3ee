"""A platform's pages in a real browser: a course that frames the tool, its storage (LTI Platform
Storage 0.1, LTI Client Side postMessages 0.1) and its authorization endpoint."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.conformance.platform import INSTRUCTOR, LTI, Answer, Platform, Request, serving

HTML = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
CUSTOM = {"course": "small", "unit": "first"}

#: Who keeps data for tools: the platform's page itself, or a frame of it. ``quiet`` tells of no
#: capabilities and stores all the same, ``drafted`` has the names of the drafts, ``full`` refuses,
#: ``mute`` never answers, and ``none`` says nothing of storage.
STORAGE = ("parent", "frame", "quiet", "drafted", "full", "mute", "none")

_STORE = """
var kept = {};
function answer(event, more) {
  var reply = Object.assign({
    subject: event.data.subject + ".response", message_id: event.data.message_id }, more);
  event.source.postMessage(reply, event.origin);
}
addEventListener("message", function (event) {
  var sent = event.data, mode = MODE;
  if (!sent || typeof sent.subject !== "string" || !sent.message_id || mode === "mute") { return; }
  var name = sent.subject.replace("org.imsglobal.", "");
  if ((name !== sent.subject) !== (mode === "drafted") && name !== "lti.capabilities") { return; }
  var own = kept[event.origin] = kept[event.origin] || {};
  var prefix = mode === "drafted" ? "org.imsglobal." : "";
  if (name === "lti.capabilities" && HAS_FRAME !== null && mode !== "quiet") {
    var frame = HAS_FRAME ? "lti-storage" : undefined;
    answer(event, { supported_messages: ["lti.put_data", "lti.get_data"].map(function (one) {
      return frame ? { subject: prefix + one, frame: frame } : { subject: prefix + one };
    }) });
  }
  if (STORES && name === "lti.put_data") {
    if (mode === "full") {
      answer(event, { key: sent.key, error: { code: "storage_exhaustion", message: "full" } });
    } else {
      own[sent.key] = sent.value;
      answer(event, { key: sent.key, value: sent.value });
    }
  }
  if (STORES && name === "lti.get_data") { answer(event, { key: sent.key, value: own[sent.key] }); }
});
"""


@dataclass
class PagePlatform(Platform):
    """``login_url`` is the tool's; hints are ``kind:user``, and each serves once."""

    login_url: str = ""
    launch_url: str = ""
    given: list[dict[str, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def course(self, kind: str, user: str, storage: str = "none") -> str:
        query = urlencode({"kind": kind, "user": user, "storage": storage})
        return f"{self.url}/course?{query}"

    def answer(self, request: Request) -> Answer:
        if request.path == "/course":
            return Answer(200, self._course(request.query).encode(), HTML)
        if request.path == "/storage":
            script = _script(request.query["storage"], stores=True, has_frame=None)
            return Answer(200, script.encode(), HTML)
        if request.path == "/auth":
            return Answer(200, self._authorized(request.query).encode(), HTML)
        if request.path == "/deep-linking":
            self.given.append(request.form)
            return Answer(200, b"<p>Added to the course</p>", HTML)
        if request.path == "/return":
            return Answer(200, b"<p>The course</p>", HTML)
        return super().answer(request)

    def _course(self, query: dict[str, str]) -> str:
        storage = query["storage"]
        framed = storage in ("frame", "quiet")
        fields = {
            "iss": self.issuer,
            "client_id": self.client_id,
            "login_hint": f"{query['kind']}:{query['user']}:{len(self.used)}",
            "target_link_uri": self.launch_url,
            "lti_message_hint": "hint",
        }
        if storage != "none":
            fields["lti_storage_target"] = "lti-storage" if framed else "_parent"
        frame = f'<iframe name="lti-storage" src="/storage?storage={storage}" hidden></iframe>'
        return f"""<!doctype html><title>Course</title>
            {_script(storage, stores=not framed, has_frame=framed) if storage != "none" else ""}
            {frame if framed else ""}
            <iframe name="tool" id="tool" width="900" height="700"></iframe>
            <form method="post" action="{self.login_url}" target="tool">{_inputs(fields)}</form>
            <script>
            addEventListener("load", function () {{ document.forms[0].submit(); }});
            </script>"""

    def _authorized(self, query: dict[str, str]) -> str:
        """The platform's answer, as Blackboard gives it: without ``lti_storage_target``."""
        hint = query["login_hint"]
        if hint in self.used:
            return "<p>This hint was used before</p>"
        self.used.add(hint)
        kind, user, _ = hint.split(":")
        changes = {
            "sub": user,
            "name": user.title(),
            "nonce": query["nonce"],
            "target_link_uri": self.launch_url,
            "custom": CUSTOM,
        }
        claims = self.deep_linking(**changes) if kind == "picker" else self.claims(**changes)
        if kind == "teacher":
            claims[LTI + "roles"] = [INSTRUCTOR]
        fields = {"state": query["state"], "id_token": self.sign(claims)}
        return f"""<!doctype html>
            <form method="post" action="{query["redirect_uri"]}">{_inputs(fields)}</form>
            <script>document.forms[0].submit();</script>"""


def _script(storage: str, *, stores: bool, has_frame: bool | None) -> str:
    values = {"MODE": storage, "STORES": stores, "HAS_FRAME": has_frame}
    told = "".join(f"var {name} = {json.dumps(value)};" for name, value in values.items())
    return f"<script>{told}{_STORE}</script>"


def _inputs(fields: dict[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )


@contextmanager
def running_pages() -> Iterator[PagePlatform]:
    holder: list[PagePlatform] = []
    with serving(lambda request: holder[0].answer(request)) as url:
        holder.append(PagePlatform(url))
        yield holder[0]
