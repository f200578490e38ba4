#!/usr/bin/env bash
# Sees to a Chromium for the tests of the pages: one that is there, else the one of the system's package manager.
set -euo pipefail

for each in chromium chromium-browser google-chrome google-chrome-stable; do
	command -v "$each" >/dev/null && exit 0
done
[ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && exit 0
[ -d "/Applications/Google Chrome.app" ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)

echo "Installing Chromium with the system's package manager (once) ..."
if command -v apt-get >/dev/null; then
	export DEBIAN_FRONTEND=noninteractive
	"${as_root[@]}" apt-get update -qq || true
	"${as_root[@]}" apt-get install -qq --yes --no-install-recommends chromium >/dev/null
elif command -v dnf >/dev/null; then
	"${as_root[@]}" dnf install --quiet --assumeyes chromium
elif command -v pacman >/dev/null; then
	"${as_root[@]}" pacman -S --noconfirm --needed chromium
elif command -v brew >/dev/null; then
	brew install --quiet --cask chromium
else
	echo "The tests of the pages need Chromium. Install it, or name its program in CHROMIUM." >&2
	exit 1
fi
