#!/bin/sh
# Sees to it that a Chromium is there for the tests: the one named by CHROMIUM, one on the PATH, or Debian's.
set -eu
[ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && exit 0
command -v chromium >/dev/null 2>&1 && exit 0
install="apt-get install -y --no-install-recommends chromium fonts-noto-core"
if [ "$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root=sudo; else
  printf '%s\n' "The tests drive a real browser, and Chromium is not installed." \
    "Ask for it as root, then try again:  sudo apt-get update && sudo $install" \
    "Or name one that you have:           make test CHROMIUM=/path/to/chromium" >&2
  exit 1
fi
echo "Installing Chromium for the tests …" >&2
log=$(mktemp)
{ $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive $install; } >"$log" 2>&1 || {
  cat "$log" >&2
  echo "Chromium could not be installed: see above. Is the network there?" >&2
  exit 1
}
