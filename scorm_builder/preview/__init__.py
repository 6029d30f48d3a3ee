"""``scorm-builder preview``: the course in a browser on this computer, anew after each save."""
