"""A small host for `openedx-scorm-xblock`, Open edX's SCORM block, in `.venv-xblock`: see
`xblock_platform/README.md` for that environment.

Import, runtime, data model and grades are the block's own code. What stands here is what that code
asks of Open edX around it: where its state lies, who is looking, and a page with jQuery.
"""
