#!/bin/sh
# Walks through the app in tmux and prints what stands on the screen after each step:
#     sh docs/screenshots/walk.sh [COLUMNS [LINES]]
# NO_COLOR is passed on, so that it can be looked at in the same way.
set -eu
cd "$(dirname "$0")/../.."
columns=${1:-120} lines=${2:-36} python=${PYTHON:-.venv/bin/python}
home=$(mktemp -d) socket="pullquote-walk-$$"
trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$home"' EXIT

screen() { tmux -L "$socket" capture-pane -p -t walk; }
until_seen() {
    tries=0
    until screen | grep -q -- "$1"; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || { echo "Never seen: $1" >&2; screen >&2; exit 1; }
        sleep 0.1
    done
}
show() { printf '\n== %s\n' "$1"; screen; }
press() { tmux -L "$socket" send-keys -t walk "$@"; }

tmux -L "$socket" new-session -d -s walk -x "$columns" -y "$lines" \
    "env PULLQUOTE_HOME='$home' ${NO_COLOR:+NO_COLOR=1} $python -m qa sample; echo ended; sleep 60"
until_seen 'index ready'
show 'the sample is open'
press -l 'What did Ryabkov demand?'
press Enter
until_seen 'sure'
show 'a question is answered'
press 2
sleep 1
show 'the second piece of evidence in its place'
press Escape
press -l 'Who won the football match?'
press Enter
until_seen 'Not in the text'
show 'a question that the text does not answer'
press C-o
until_seen 'Add a text'
show 'a text can be added'
press Escape
press C-q
until_seen 'ended'
show 'the terminal is left as it was'
