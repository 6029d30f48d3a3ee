"""Outputs without an LMS: a folder for a USB stick, one file to send around, a site."""

from __future__ import annotations

from scorm_builder.formats.model import Format

#: One document and its files; opens from the disk, without a server.
FOLDER = Format(
    name="folder",
    title="A folder to open without a server",
    family="site",
    medium="local",
    suffix="/",
    from_disk=True,
)

#: Everything in one HTML file, media and all.
SINGLE = Format(
    name="single",
    title="One HTML file",
    family="single",
    medium="local",
    suffix=".html",
    from_disk=True,
    listed=False,
)

#: To unpack on any web server; visitors may install it, and it works without a connection.
WEB = Format(
    name="web",
    title="A web site that is an app",
    family="site",
    medium="web",
)

SITES = (FOLDER, SINGLE, WEB)
