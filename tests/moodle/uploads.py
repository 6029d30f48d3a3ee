"""Files for Moodle's forms."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.moodle.site import Site


def upload(site: Site, file: Path, *, field: str) -> None:
    """Put ``file`` into the draft area of the form's ``field``, as Moodle's file picker does it;
    what was there goes."""
    clear(site, field)
    page = site.page
    repository = re.search(r'"id":"?(\d+)"?,"name":"[^"]*","type":"upload"', page.content())
    if repository is None:
        raise RuntimeError("this Moodle offers no upload of files (the repository is switched off)")
    answer = page.request.post(
        f"{site.url}/repository/repository_ajax.php?action=upload",
        multipart={
            "sesskey": site.session_key(),
            "repo_id": repository[1],
            "itemid": page.input_value(f"input[name={field}]"),
            "ctx_id": str(page.evaluate("M.cfg.contextid")),
            "env": "filemanager",
            "title": file.name,
            "author": "",
            "license": "unknown",
            "savepath": "/",
            "maxbytes": "-1",
            "areamaxbytes": "-1",
            "accepted_types[]": file.suffix,
            "repo_upload_file": {
                "name": file.name,
                "mimeType": "application/zip",
                "buffer": file.read_bytes(),
            },
        },
    )
    if not answer.ok or "error" in answer.json():
        raise RuntimeError(f"the upload of {file.name} failed: {answer.text()[:300]}")


def clear(site: Site, field: str) -> None:
    """Take every file out of the draft area of the form's ``field``."""
    item = site.page.input_value(f"input[name={field}]")

    def ask(action: str, **more: str) -> Any:
        return site.page.request.post(
            f"{site.url}/repository/draftfiles_ajax.php?action={action}",
            form={"sesskey": site.session_key(), "itemid": item, "filepath": "/", **more},
        ).json()

    for file in ask("list")["list"]:
        ask("delete", filename=file["filename"])
