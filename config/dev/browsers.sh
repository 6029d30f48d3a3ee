#!/bin/sh
# Sees to it that the tests can drive a browser: a Chromium (the one named by CHROMIUM, one on the PATH,
# or Debian's), and the library that Playwright's own program wants and a bare Debian lacks. With the
# word "others": Firefox and WebKit too.
set -eu
packages=
if [ "${1:-}" = others ]; then
  command -v firefox-esr >/dev/null 2>&1 || packages="firefox-esr"
  command -v WebKitWebDriver >/dev/null 2>&1 || packages="$packages webkit2gtk-driver"
  command -v Xvfb >/dev/null 2>&1 || packages="$packages xvfb"
fi
if [ -z "${CHROMIUM:-}" ] || [ ! -x "$CHROMIUM" ]; then
  command -v chromium >/dev/null 2>&1 || packages="$packages chromium fonts-noto-core"
fi
.venv/bin/playwright --version >/dev/null 2>&1 || packages="$packages libatomic1"
[ -n "$packages" ] || exit 0

install="apt-get install -y --no-install-recommends $packages"
if [ "$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root=sudo; else
  printf '%s\n' "The tests drive a real browser, and this machine lacks: $packages" \
    "Ask for it as root, then try again:  sudo apt-get update && sudo $install" \
    "Or name a Chromium that you have:    make test CHROMIUM=/path/to/chromium" >&2
  exit 1
fi
echo "Installing for the tests: $packages …" >&2
log=$(mktemp)
{ $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive $install; } >"$log" 2>&1 || {
  cat "$log" >&2
  echo "That could not be installed: see above. Is the network there?" >&2
  exit 1
}
