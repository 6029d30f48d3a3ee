"""Operators, invitations and registrations, by command."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.integration.lti_tool.test_commands import PLATFORM, run


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder: Path = tmp_path_factory.mktemp("operators")
    plain = {key: value for key, value in os.environ.items() if not key.startswith("LTI_TOOL_")}
    return {
        **plain,
        "LTI_TOOL_DATA_DIR": str(folder),
        "LTI_TOOL_PUBLIC_URL": "https://tool.example",
    }


def test_operators(settings: Mapping[str, str]) -> None:
    email = "ops@campus.example"
    made = json.loads(run(settings, "operators", "add", email, "--json").stdout)
    assert made["url"] == "https://tool.example/admin/"
    assert len(made["password"]) >= 30
    twice = run(settings, "operators", "add", "OPS@campus.example")
    assert twice.returncode == 1
    assert "lti-tool operators reset" in twice.stderr
    reset = run(settings, "operators", "reset", email)
    assert reset.stdout.strip() != made["password"]
    assert "shown once" in reset.stderr
    (listed,) = json.loads(run(settings, "operators", "list", "--json").stdout)
    assert (listed["email"], listed["two_factor"], listed["signed_in"]) == (email, False, None)
    assert made["password"] not in json.dumps(listed)
    removed = run(settings, "operators", "remove", email, "--json")
    assert json.loads(removed.stdout) == {"email": email, "removed": True}
    gone = run(settings, "operators", "remove", email)
    assert gone.stderr == "lti-tool: There is no operator ops@campus.example.\n"
    assert run(settings, "operators", "add", "nobody").returncode == 1


def test_invitations(settings: Mapping[str, str]) -> None:
    run(settings, "registrations", "add", *PLATFORM, "--client-id=invited")
    number = json.loads(run(settings, "registrations", "list", "--json").stdout)[-1]["id"]
    url = run(settings, "registrations", "invite", "--update", str(number)).stdout.strip()
    (open_one,) = json.loads(run(settings, "invites", "list", "--json").stdout)
    assert open_one["updates"] == number
    assert url.rsplit("/", 1)[1] not in json.dumps(open_one)
    revoked = run(settings, "invites", "revoke", str(open_one["id"]), "--json")
    assert json.loads(revoked.stdout) == {"id": open_one["id"], "revoked": True}
    assert run(settings, "invites", "revoke", str(open_one["id"])).returncode == 1
    assert json.loads(run(settings, "invites", "list", "--json").stdout) == []
    assert run(settings, "registrations", "invite", "--update", "99").returncode == 1


def test_a_registration_by_hand_checked_renamed_deleted(settings: Mapping[str, str]) -> None:
    ours = json.loads(run(settings, "registrations", "values", "--json").stdout)
    login = ("--login-id", ours["login_id"])
    made = json.loads(run(settings, "registrations", "add", *PLATFORM, *login, "--json").stdout)
    assert made["login_url"] == ours["login_url"]
    number = str(made["id"])
    checked = run(settings, "registrations", "check", number, "--json")
    assert checked.returncode == 1
    found = {one["name"]: one for one in json.loads(checked.stdout)}
    assert found["keyset"]["outcome"] == found["token"]["outcome"] == "problem"
    assert found["keyset"]["code"].startswith("outbound.")
    assert found["keyset"]["remedy"]
    assert "→" in run(settings, "registrations", "check", number).stdout
    renamed = run(settings, "registrations", "rename", number, "C" * 255, "--json")
    assert json.loads(renamed.stdout)["name"] == "C" * 255
    long = run(settings, "registrations", "rename", number, "Campus" * 50)
    assert (long.returncode, long.stdout) == (1, "")
    assert "255 letters at most" in long.stderr
    shown = json.loads(run(settings, "registrations", "show", number, "--json").stdout)
    assert shown["name"] == "C" * 255
    # Marks that turn the direction would rewrite the lines that it stands in.
    turned = run(settings, "registrations", "rename", number, " Cam\u202epus\n du  Lac", "--json")
    assert json.loads(turned.stdout)["name"] == "Campus du Lac"
    asked = run(settings, "registrations", "delete", number)
    assert asked.returncode == 1
    assert "0 people, 0 courses and 0 scores" in asked.stderr
    assert run(settings, "registrations", "show", number).returncode == 0
    deleted = run(settings, "registrations", "delete", number, "--yes", "--json")
    held = json.loads(deleted.stdout)
    assert held["id"] == made["id"]
    assert held["deleted"] == {"deployments": 0, "courses": 0, "people": 0, "scores": 0}
    assert run(settings, "registrations", "show", number).returncode == 1
    wrong = run(settings, "registrations", "add", *PLATFORM, "--login-id", "../x")
    assert wrong.returncode == 2
