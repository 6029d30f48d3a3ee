"""What a Learning Record Store that we did not write, ralph-malph, makes of an AU's requests.

Runs in ``.venv-xblock``. On stdin {registration, requests: [{method, query, headers, body}]}, those
that an AU sent to ``statements`` in their order; on stdout {objections, kept}: what the LRS refused
or its strict model of a statement finds wrong, and the statements that it gives back.
"""

import base64
import json
import os
import sys
import tempfile
from pathlib import Path

import bcrypt

NAME, PASSWORD = "au", "only here"


def configure(folder: Path) -> None:
    """An LRS that keeps statements in ``folder`` and knows one client."""
    user = {
        "username": NAME,
        "hash": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
        "scopes": ["all"],
        "agent": {"mbox": "mailto:au@lms.example"},
    }
    (folder / "auth.json").write_text(json.dumps([user]))
    (folder / "statements").mkdir()
    os.environ |= {
        "RALPH_APP_DIR": str(folder),
        "RALPH_AUTH_FILE": str(folder / "auth.json"),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(folder / "statements"),
    }


def judge(registration: str, requests: list[dict]) -> dict:
    """Send what was sent; ask for all of the registration."""
    # The settings are read when these are loaded.
    from fastapi.testclient import TestClient
    from pydantic import ValidationError
    from ralph.api import app
    from ralph.api.routers import statements as keeper
    from ralph.backends.data.base import BaseOperationType
    from ralph.models.xapi.base.statements import BaseXapiStatement

    # Its files take one writing only, unless told otherwise.
    keeper.BACKEND_CLIENT.default_operation_type = BaseOperationType.APPEND
    secret = base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
    client = TestClient(app, headers={"Authorization": f"Basic {secret}"})
    objections = []
    for request in requests:
        answer = client.request(
            request["method"],
            "/xAPI/statements",
            params=request["query"],
            headers=request["headers"],
            content=request["body"],
        )
        if answer.status_code not in (200, 204):
            objections.append(f"{request['method']}: {answer.status_code} {answer.text}")
        body = json.loads(request["body"])
        for statement in body if isinstance(body, list) else [body]:
            try:
                BaseXapiStatement.model_validate_json(json.dumps(statement))
            except ValidationError as error:
                objections.append(f"{statement['verb']['id']}: {error}")
    answer = client.get(
        "/xAPI/statements",
        params={"registration": registration, "limit": 100},
        headers={"X-Experience-API-Version": "1.0.3"},
    )
    return {"objections": objections, "kept": answer.json()["statements"]}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        configure(Path(name))
        print(json.dumps(judge(**json.load(sys.stdin))))
