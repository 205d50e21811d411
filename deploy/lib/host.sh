# shellcheck shell=bash
# Questions about this machine: disk, ports, processes. Sourced, after say.sh.

# disk_ensure DIRECTORY MIB WHAT_FOR: ends the script when the file system of DIRECTORY has less than MIB free.
disk_ensure() {
  local directory=$1 needed=$2 free
  while [[ ! -d $directory ]]; do directory=$(dirname -- "$directory"); done
  free=$(df -Pm -- "$directory" | awk 'NR == 2 { print $4 }')
  ((free >= needed)) ||
    fail "not enough disk for $3: $1 has $free MiB free (needed: $needed MiB)" \
      "Free some space there ('docker system df' shows what containers and images take), then run this again."
}

# port_holder PORT: who listens on it, as "NAME (pid N)"; nothing when it is free.
port_holder() {
  local line
  line=$(ss -Hltnp "sport = :$1" 2>/dev/null | head -n 1)
  [[ -n $line ]] || return 0
  if [[ $line =~ \(\(\"([^\"]+)\",pid=([0-9]+) ]]; then
    printf '%s (pid %s)\n' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
  else
    printf 'a process of another user\n'
  fi
}

# port_command PORT: the command line of the process that listens on it.
port_command() {
  local pid
  pid=$(ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*pid=\([0-9]*\).*/\1/p' | head -n 1)
  if [[ -n $pid ]]; then tr '\0' ' ' <"/proc/$pid/cmdline"; fi
}

# process_born PID: its start time in clock ticks, which tells a process from a later one with the same id.
process_born() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086  # fields are words: the start time is field 22, the 20th after the name
  set -- $stat
  printf '%s\n' "${20}"
}

# process_is PID BORN: whether that very process still lives.
process_is() { [[ -n $1 && $(process_born "$1") == "$2" ]]; }

# process_end PID BORN SECONDS: asks it to end, and waits; fails when it is still there.
process_end() {
  local pid=$1 born=$2 tries=$(($3 * 10))
  kill -TERM "$pid" 2>/dev/null || true
  while process_is "$pid" "$born"; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}
