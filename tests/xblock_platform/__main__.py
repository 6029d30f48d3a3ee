"""Start the platform: `PYTHONPATH=tests python -m xblock_platform --data DIR …`."""

import argparse
import json
import logging
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from xblock_platform.settings import platform_settings

HOST = "127.0.0.1"


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request: the platform fetches keys from a tool that it is launching."""

    daemon_threads = True
    request_queue_size = 128


class Handler(WSGIRequestHandler):
    """Logs as everything else does."""

    def log_message(self, format: str, *args: object) -> None:
        """Write an access line to the log instead of straight to standard error."""
        logging.getLogger("xblock_platform.access").info(format, *args)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="xblock_platform")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="directory; reused if it exists")
    parser.add_argument("--tool-login", default="", help="the tool's OIDC login URL")
    parser.add_argument("--tool-launch", default="", help="target_link_uri of resource launches")
    parser.add_argument("--tool-jwks", default="", help="the tool's key set URL")
    parser.add_argument("--tool-deep-linking", default="", help="if not --tool-launch")
    parser.add_argument(
        "--tool-redirect",
        action="append",
        default=[],
        help="repeatable; the redirect URIs, if not the launch and deep linking URLs",
    )
    parser.add_argument("--client-id", help="made up if not given")
    parser.add_argument(
        "--custom",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="repeatable; a custom parameter of every placement",
    )
    parser.add_argument(
        "--share-personal-data",
        action="store_true",
        help="send names and addresses in launches and rosters; Open edX does not by default",
    )
    return parser.parse_args()


def main() -> None:
    """Bind, prepare the database, say on one line what the tool must know, and serve."""
    arguments = parse_arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    arguments.data.mkdir(parents=True, exist_ok=True)

    server = Server((HOST, arguments.port), Handler)
    settings.configure(
        **platform_settings(
            f"http://{HOST}:{server.server_port}",
            arguments.data.resolve(),
            custom_parameters=arguments.custom,
            share_personal_data=arguments.share_personal_data,
        )
    )
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)

    # These need the models, hence the settings.
    from xblock_platform.course import FIRST_MEMBERS, enrol
    from xblock_platform.registration import Tool, describe, register_tool

    register_tool(
        Tool(
            login_url=arguments.tool_login,
            launch_url=arguments.tool_launch,
            jwks_url=arguments.tool_jwks,
            deep_linking_url=arguments.tool_deep_linking,
            redirect_urls=tuple(arguments.tool_redirect),
        ),
        arguments.client_id,
    )
    for username, role in FIRST_MEMBERS.items():
        enrol(username, role)

    server.set_app(get_wsgi_application())
    print(json.dumps(describe()), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
