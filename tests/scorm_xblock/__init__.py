"""A small host for Open edX's blocks of SCORM (`openedx-scorm-xblock`) and cmi5
(`openedx-cmi5-xblock`), in `.venv-xblock`: see `xblock_platform/README.md` for that environment.

Import, launch, runtime, data model and grades are the blocks' own code. What stands here is what
that code asks of Open edX around it: where its state lies, who is looking, and a page with jQuery.
"""
