#!/bin/sh
# Makes the environment in .venv/ from a lock file: config/dev/install.sh requirements.lock
# Safe to run again: it does nothing when the environment is as the lock file says.
set -eu
lock=$1
python=${PYTHON:-python3}
stop() { printf '\n%s\n' "$@" >&2; exit 1; }

command -v "$python" >/dev/null 2>&1 ||
  stop "Python was not found as '$python'." "Install it (Debian: apt-get install python3 python3-venv), or name another: make PYTHON=/path/to/python3.12"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  stop "SSE Campus needs Python 3.11 or newer; '$python' is $("$python" -V 2>&1)." "Name a newer one: make PYTHON=/path/to/python3.12"

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  rm -rf .venv
  echo "Making the environment in .venv/ …" >&2
  if ! "$python" -m venv .venv >.venv.log 2>&1; then
    rm -rf .venv
    version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
      echo "Installing $version, which Debian keeps apart from Python …" >&2
      { apt-get update && apt-get install -y --no-install-recommends "$version"; } >.venv.log 2>&1 &&
        "$python" -m venv .venv >>.venv.log 2>&1 || { cat .venv.log >&2; stop "The environment could not be made: see above."; }
    else
      cat .venv.log >&2
      stop "Python's venv module is missing." "Install it as root, then try again: apt-get install $version"
    fi
  fi
  rm -f .venv.log
fi

# The environment of the tests holds all of the other one, at the same versions.
holds() { [ "$(cat ".venv/$1.installed" 2>/dev/null || true)" = "$(cat "$1" pyproject.toml | cksum)" ]; }
if holds "$lock" || holds requirements-dev.lock; then exit 0; fi

echo "Installing what $lock names …" >&2
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" ||
  stop "The packages could not be installed." "Is the network there? A package index is needed once; behind a mirror, set PIP_INDEX_URL." "Then try again: nothing needs to be undone."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ||
  stop "SSE Campus itself could not be installed in .venv/: see above."
cat "$lock" pyproject.toml | cksum >".venv/$lock.installed"
