"""``python -m tests.practice_lms --port 8001``: serves the practice LMS on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

import waitress

from tests.practice_lms.app import create_app


def main() -> None:
    parser = argparse.ArgumentParser(prog="practice-lms", description=__doc__)
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--store", type=Path, default=Path("var/practice-lms.sqlite"))
    options = parser.parse_args()
    options.store.parent.mkdir(parents=True, exist_ok=True)
    app = create_app(f"http://localhost:{options.port}", options.store)
    waitress.serve(app, host="localhost", port=options.port, _quiet=True)


if __name__ == "__main__":
    main()
