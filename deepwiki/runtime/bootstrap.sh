#!/bin/sh
# Makes .venv and installs the pinned, hashed requirements named by $1. Says in one line what is missing, and stops.
set -eu
say() { printf '%s\n' "$*" >&2; }

command -v git >/dev/null 2>&1 || { say "DeepWiki needs git. Install it (Debian/Ubuntu: apt-get install git) and run this again."; exit 1; }

python=""
for name in python3 python3.14 python3.13 python3.12 python3.11; do
  if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python="$name"; break
  fi
done
[ -n "$python" ] || { say "DeepWiki needs Python 3.11 or newer. Install it and run this again."; exit 1; }

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  say "Making a Python environment in .venv"
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
      say "Installing python3-venv, which this Python lacks"
      { apt-get update -q && apt-get install -y -q python3-venv; } >/dev/null 2>&1 || true
    fi
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
      { say "This Python cannot make environments. Install python3-venv (apt-get install python3-venv) and run this again."; exit 1; }
  fi
  rm -rf .venv
  "$python" -m venv .venv || { say "Could not make .venv here. Is this folder writable?"; exit 1; }
fi

# The list is complete, so pip resolves nothing.
say "Installing $1 (a few minutes the first time)"
.venv/bin/python -m pip install --quiet --no-deps --require-hashes --requirement "$1" ||
  { say "Installing the packages failed. Check the network connection and run this again."; exit 1; }
