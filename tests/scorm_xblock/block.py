"""The block below a runtime of ours, which keeps fields in memory and writes down what it tells."""

from threading import RLock
from typing import Any

from opaque_keys.edx.keys import CourseKey, UsageKey
from openedxscorm import ScormXBlock
from webob import Request, Response
from xblock.fields import ScopeIds
from xblock.reference.user_service import UserService, XBlockUser
from xblock.runtime import DictKeyValueStore, KvsFieldData, MemoryIdManager, Runtime

COURSE_KEY = CourseKey.from_string("course-v1:SSE+CAMPUS+2026")
BLOCK_TYPE = "scorm"


class CourseBlock(ScormXBlock):
    """The block with the property that Open edX mixes into every block of a course."""

    @property
    def location(self) -> UsageKey:
        """Return where the block lies in the course."""
        return self.scope_ids.usage_id


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


class LmsRuntime(Runtime):
    """Addresses of handlers, and a list in the place of gradebook, completion and tracking log."""

    def __init__(self, viewer: str, told: list[dict[str, Any]], **rest: Any) -> None:
        ids = MemoryIdManager()
        services = {"user": Viewer(viewer)}
        super().__init__(id_reader=ids, id_generator=ids, services=services, **rest)
        self._viewer, self._told = viewer, told

    def publish(self, block: CourseBlock, event_type: str, event_data: dict[str, Any]) -> None:
        """Write down what the block tells Open edX."""
        self._told.append({"user": self._viewer, "event": event_type, "data": event_data})

    def handler_url(
        self,
        block: CourseBlock,
        handler_name: str,
        suffix: str = "",
        query: str = "",
        thirdparty: bool = False,
    ) -> str:
        """Return the address of a handler for the learner who is looking."""
        name = block.scope_ids.usage_id.block_id
        return f"/blocks/{name}/{self._viewer}/handler/{handler_name}/{suffix}?{query}"

    def resource_url(self, *args: Any, **kwargs: Any) -> str:
        """Refuse: this block puts its resources into the page."""
        raise NotImplementedError

    local_resource_url = resource_url


class Course:
    """Blocks by name, each with the state of every learner."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self._fields = KvsFieldData(DictKeyValueStore())
        # Open edX has a transaction for each request; here they come one after another.
        self._lock = RLock()

    def block(self, name: str, viewer: str) -> CourseBlock:
        """Return the block ``name`` as ``viewer`` has it."""
        location = COURSE_KEY.make_usage_key(BLOCK_TYPE, name)
        runtime = LmsRuntime(viewer, self.told, field_data=self._fields)
        return CourseBlock(runtime, scope_ids=ScopeIds(viewer, BLOCK_TYPE, location, location))

    def handle(
        self, name: str, viewer: str, handler: str, suffix: str, request: Request
    ) -> Response:
        """Let the block answer a request, and keep what it changed."""
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
            return {
                "lesson_status": block.lesson_status,
                "success_status": block.success_status,
                "lesson_score": block.lesson_score,
                "scorm_version": block.scorm_version,
                "package_warnings": block.package_warnings,
                "data": dict(block.scorm_data),
            }
