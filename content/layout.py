"""Where the parts of a course lie."""

from __future__ import annotations

#: The folders beside course.yaml that a course is made of. Others are passed over: packages that
#: were built, environments, and whatever else a repository holds.
COURSE_FOLDERS = frozenset({"units", "media"})
