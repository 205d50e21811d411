# shellcheck shell=bash
# What the scripts say: one plain line for each step, colour on a terminal only. Sourced.

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  readonly SAY_BOLD=$'\e[1m' SAY_DIM=$'\e[2m' SAY_RED=$'\e[31m' SAY_GREEN=$'\e[32m' SAY_RESET=$'\e[0m'
else
  readonly SAY_BOLD='' SAY_DIM='' SAY_RED='' SAY_GREEN='' SAY_RESET=''
fi

# step TEXT: what is done now.
step() { printf '%s==>%s %s%s%s\n' "$SAY_GREEN" "$SAY_RESET" "$SAY_BOLD" "$*" "$SAY_RESET"; }

# note TEXT: what came out of it.
note() { printf '    %s\n' "$*"; }

# quote FILE [LINES]: the end of a log, indented.
quote() { tail -n "${2:-20}" -- "$1" 2>/dev/null | sed "s/^/    ${SAY_DIM}| /; s/\$/${SAY_RESET}/" || true; }

# fail WHAT TODO...: says what is wrong and what to do about it, on stderr, and ends the script.
fail() {
  local what=$1 line
  shift
  {
    printf '%serror:%s %s\n' "$SAY_RED" "$SAY_RESET" "$what"
    for line in "$@"; do printf '       %s\n' "$line"; done
  } >&2
  exit 1
}

# elapsed FROM: seconds since FROM (a value of $SECONDS), for people.
elapsed() {
  local s=$((SECONDS - $1))
  if ((s < 60)); then printf '%d s' "$s"; else printf '%d min %02d s' $((s / 60)) $((s % 60)); fi
}
