"""What one has after following PyLTI1p3's guide for Flask: its login, its launch, a cache of files
for state and nonce. Only the bench uses it; it lets through what docs/decisions/0002 tells of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cachelib import FileSystemCache
from cryptography.hazmat.primitives import serialization
from flask import Flask
from pylti1p3.contrib.flask import (
    FlaskCacheDataStorage,
    FlaskMessageLaunch,
    FlaskOIDCLogin,
    FlaskRequest,
)
from pylti1p3.tool_config import ToolConfDict

from tests.conformance.platform import rsa_key


def create_bare_tool(platform_url: str, client_id: str, folder: Path, threshold: int) -> Flask:
    """``threshold`` is cachelib's: with more files than this, each new one has all of them looked
    through; its default is 500, and 0 says never."""
    app = Flask("bare")
    storage = FlaskCacheDataStorage(
        FileSystemCache(str(folder), threshold=threshold, default_timeout=600)
    )
    key = rsa_key("bare")
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    config = ToolConfDict(
        {
            platform_url: [
                {
                    "default": True,
                    "client_id": client_id,
                    "auth_login_url": f"{platform_url}/auth",
                    "auth_token_url": f"{platform_url}/token",
                    "key_set_url": f"{platform_url}/jwks",
                    "key_set": None,
                    "deployment_ids": ["deployment-1"],
                }
            ]
        }
    )
    config.set_private_key(platform_url, private.decode(), client_id=client_id)
    config.set_public_key(platform_url, public.decode(), client_id=client_id)

    @app.route("/login", methods=["GET", "POST"])
    def login() -> Any:
        request = FlaskRequest()
        oidc = FlaskOIDCLogin(request, config, launch_data_storage=storage)
        return oidc.redirect(request.get_param("target_link_uri"))

    @app.post("/launch")
    def launch() -> str:
        message = FlaskMessageLaunch(FlaskRequest(), config, launch_data_storage=storage)
        data = message.get_launch_data()
        return f"Hello {data.get('sub')}"

    return app
