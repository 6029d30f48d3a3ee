"""Start the host: `PYTHONPATH=tests python -m scorm_xblock --kind scorm --data DIR`; one line tells
its URL.

`/blocks/NAME/USER/` plays, `…/state` and `/told` look; Studio's handler `studio_submit` imports.
"""

import argparse
import json
import logging
from pathlib import Path
from socketserver import ThreadingMixIn
from string import Template
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
import django.contrib.admin
from django.conf import settings
from webob import Request, Response
from webob.static import FileApp

HOST = "127.0.0.1"
# Open edX has jQuery in every page; Django brings a copy.
JQUERY = Path(django.contrib.admin.__file__).parent / "static/admin/js/vendor/jquery/jquery.min.js"
PAGE = Template(
    """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Open edX stand-in</title>
<script src="/jquery.js"></script>$head</head>
<body><div id="block">$body</div>$foot
<script>
const runtime = {handlerUrl: (element, name) => "handler/" + name};
$start(runtime, document.getElementById("block"), $settings);
</script></body></html>"""
)


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request: pages load many files at once."""

    daemon_threads = True
    request_queue_size = 128


class Handler(WSGIRequestHandler):
    """Logs as everything else does."""

    def log_message(self, format: str, *args: object) -> None:
        """Write an access line to the log instead of straight to standard error."""
        logging.getLogger("scorm_xblock.access").info(format, *args)


def main() -> None:
    """Bind, configure Django for the block, say where, and serve."""
    parser = argparse.ArgumentParser(prog="scorm_xblock")
    parser.add_argument("--kind", choices=("scorm", "cmi5"), required=True, help="which block")
    parser.add_argument("--data", type=Path, required=True, help="where packages are unpacked")
    arguments = parser.parse_args()
    data = arguments.data.resolve()
    server = Server((HOST, 0), Handler)
    url = f"http://{HOST}:{server.server_port}"
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    settings.configure(
        LOGGING_CONFIG=None,
        LMS_ROOT_URL=url,
        MEDIA_ROOT=data,
        MEDIA_URL="/media/",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
    )
    django.setup()
    # The blocks need the settings.
    from scorm_xblock.block import Course

    course = Course(arguments.kind)

    def answer(request: Request) -> Response:
        match request.path_info.split("/", 6)[1:]:
            case ["jquery.js"]:
                return Response(JQUERY.read_bytes(), content_type="text/javascript")
            case ["media", *rest] if (file := Path(data, *rest).resolve()).is_relative_to(data):
                return request.get_response(FileApp(str(file)))
            case ["told"]:
                return Response(json=course.told)
            case ["blocks", name, user, ""]:
                seen = course.view(name, user)
                return Response(
                    PAGE.substitute(
                        head=seen.head_html(),
                        body=seen.body_html(),
                        foot=seen.foot_html(),
                        start=seen.js_init_fn,
                        settings=json.dumps(seen.json_init_args).replace("<", "\\u003c"),
                    )
                )
            case ["blocks", name, user, "state"]:
                return Response(json=course.state(name, user))
            case ["blocks", name, user, "handler", handler, *rest]:
                return course.handle(name, user, handler, "/".join(rest), request)
        return Response("not found", status=404)

    def application(environ: dict, start_response: object) -> object:
        return answer(Request(environ))(environ, start_response)

    server.set_app(application)
    print(json.dumps({"url": url}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
