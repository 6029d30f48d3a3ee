"""The commands of ``scorm-builder``, a module each.

Heavy imports stand inside the commands, so that ``--help`` answers at once.
"""
