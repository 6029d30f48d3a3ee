"""Courses into SCORM packages: check, build, validate, preview.

``build.build_package`` is the way in for other code; ``cli`` is the ``scorm-builder`` command.
"""
