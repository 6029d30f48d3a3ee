"""Blocks below a runtime of ours, which keeps fields in memory and writes down what they tell."""

from io import BytesIO
from threading import RLock
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx_cmi5_xblock.openedx_cmi5_xblock import CMI5XBlock
from openedxscorm import ScormXBlock
from webob import Request, Response
from xblock.core import XBlock
from xblock.fields import ScopeIds
from xblock.reference.user_service import UserService, XBlockUser
from xblock.runtime import DictKeyValueStore, KvsFieldData, MemoryIdManager, Runtime

COURSE_KEY = CourseKey.from_string("course-v1:SSE+CAMPUS+2026")


class InCourse:
    """The property that Open edX mixes into every block of a course."""

    @property
    def location(self) -> UsageKey:
        """Return where the block lies in the course."""
        return self.scope_ids.usage_id


class ScormBlock(InCourse, ScormXBlock):
    """Open edX's SCORM block in a course."""

    shown = (
        "lesson_status",
        "success_status",
        "lesson_score",
        "scorm_version",
        "package_warnings",
        "scorm_data",
    )


class Cmi5Block(InCourse, CMI5XBlock):
    """Open edX's cmi5 block in a course."""

    shown = ("lesson_status", "lesson_score", "course_data", "au_urls", "state_data")


KINDS: dict[str, type[XBlock]] = {"scorm": ScormBlock, "cmi5": Cmi5Block}


class Viewer(UserService):
    """Tells the block who is looking at it, under the names that edx-platform uses."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def get_current_user(self) -> XBlockUser:
        """Return the learner."""
        user = XBlockUser(is_current_user=True, full_name=self._name)
        user.opt_attrs = {
            "edx-platform.user_id": self._name,
            "edx-platform.username": self._name,
            "edx-platform.user_is_staff": False,
        }
        return user


class Enrolments:
    """Every viewer is enrolled."""

    def get_active_enrollments_by_course_and_user(self, course: object, user: str) -> Any:
        """Return the enrolment of ``user``."""
        return SimpleNamespace(id=f"{course}/{user}")


class Upload(BytesIO):
    """An uploaded file as Django hands it to the blocks: with its name."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__(data)
        self.name = name


class LmsRuntime(Runtime):
    """Addresses of handlers, and a list in the place of gradebook, completion and tracking log."""

    def __init__(self, viewer: str, told: list[dict[str, Any]], **rest: Any) -> None:
        ids = MemoryIdManager()
        services = {"user": Viewer(viewer), "enrollments": Enrolments()}
        super().__init__(id_reader=ids, id_generator=ids, services=services, **rest)
        self._viewer, self._told = viewer, told

    def publish(self, block: XBlock, event_type: str, event_data: dict[str, Any]) -> None:
        """Write down what the block tells Open edX."""
        self._told.append({"user": self._viewer, "event": event_type, "data": event_data})

    def handler_url(
        self,
        block: XBlock,
        handler_name: str,
        suffix: str = "",
        query: str = "",
        thirdparty: bool = False,
    ) -> str:
        """Return the address of a handler for the learner who is looking; all of it for others."""
        name = block.scope_ids.usage_id.block_id
        root = settings.LMS_ROOT_URL if thirdparty else ""
        return f"{root}/blocks/{name}/{self._viewer}/handler/{handler_name}/{suffix}?{query}"

    def resource_url(self, *args: Any, **kwargs: Any) -> str:
        """Refuse: this block puts its resources into the page."""
        raise NotImplementedError

    local_resource_url = resource_url


class Course:
    """Blocks of one kind by name, each with the state of every learner."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.told: list[dict[str, Any]] = []
        self._fields = KvsFieldData(DictKeyValueStore())
        # Open edX has a transaction for each request; here they come one after another.
        self._lock = RLock()

    def block(self, name: str, viewer: str) -> XBlock:
        """Return the block ``name`` as ``viewer`` has it."""
        location = COURSE_KEY.make_usage_key(self._kind, name)
        runtime = LmsRuntime(viewer, self.told, field_data=self._fields)
        return KINDS[self._kind](
            runtime, scope_ids=ScopeIds(viewer, self._kind, location, location)
        )

    def handle(
        self, name: str, viewer: str, handler: str, suffix: str, request: Request
    ) -> Response:
        """Let the block answer a request, and keep what it changed."""
        file = request.POST.get("file") if request.method == "POST" else None
        if hasattr(file, "file"):
            file.file = Upload(file.filename, file.file.read())
        with self._lock:
            return self.block(name, viewer).handle(handler, request, suffix)

    def view(self, name: str, viewer: str) -> Any:
        """Return the fragment that a learner sees."""
        with self._lock:
            return self.block(name, viewer).student_view()

    def state(self, name: str, viewer: str) -> dict[str, Any]:
        """Return what the block keeps of a learner."""
        with self._lock:
            block = self.block(name, viewer)
            return {field: getattr(block, field) for field in block.shown}
