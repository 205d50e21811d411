# shellcheck shell=bash
# What tests may leave behind, and its removal. Sourced, after say.sh and host.sh.
#
# Processes are known by STAITHE_VERIFY in their environment, which all that a test starts inherits, daemons too.
# Containers, networks, volumes and images are known by not having been there before.

# leftovers_before DIRECTORY: remembers there what the engine holds now.
leftovers_before() {
  leftovers_kinds_list "$1/before"
}

leftovers_kinds_list() {
  docker ps -aq --no-trunc | sort >"$1.containers"
  docker network ls -q --no-trunc | sort >"$1.networks"
  docker volume ls -q | sort >"$1.volumes"
  docker images -aq --no-trunc | sort -u >"$1.images"
}

# leftovers_processes MARK: ends every process that has STAITHE_VERIFY=MARK in its environment.
leftovers_processes() {
  local signal pid pids tries
  for signal in TERM KILL; do
    for ((tries = 0; tries < 50; tries++)); do
      mapfile -t pids < <(leftovers_pids "$1")
      if ((${#pids[@]} == 0)); then return; fi
      if ((tries == 0)); then
        for pid in "${pids[@]}"; do kill "-$signal" "$pid" 2>/dev/null || true; done
      fi
      sleep 0.1
    done
  done
}

# This shell has the mark too if it was exported before its own start; its environ file does not show later exports.
leftovers_pids() {
  grep -lzsxF "STAITHE_VERIFY=$1" /proc/[0-9]*/environ | cut -d/ -f3 | grep -vxF -e "$$" -e "$BASHPID" || true
}

# leftovers_files DIRECTORY: removes what killed daemons could not: SQLite's native library, unpacked since leftovers_before.
leftovers_files() {
  local file
  while IFS= read -r -d '' file; do
    grep -qsF -- "${file%.lck}" /proc/[0-9]*/maps || rm -f -- "$file"
  done < <(find /tmp -maxdepth 1 -name 'sqlite-*' -newer "$1/before.containers" -print0)
}

# leftovers_engine DIRECTORY ALL: removes what came since leftovers_before: everything when ALL is yes (nobody else uses
# the engine), otherwise what carries a label of ours.
leftovers_engine() {
  local directory=$1 all=$2 gone
  docker version >/dev/null 2>&1 || return 0
  [[ -e $directory/before.images ]] || return 0
  leftovers_kinds_list "$directory/after"
  gone=$(leftovers_new "$directory" containers | leftovers_ours "$all" container '{{json .Config.Labels}}' |
    leftovers_remove docker rm -fv)
  if ((gone > 0)); then note "removed $gone containers that tests had left behind"; fi
  gone=$(leftovers_new "$directory" networks | leftovers_ours "$all" network '{{json .Labels}}' |
    leftovers_remove docker network rm)
  if ((gone > 0)); then note "removed $gone networks that tests had left behind"; fi
  gone=$(leftovers_new "$directory" volumes | leftovers_ours "$all" volume '{{json .Labels}}' |
    leftovers_remove docker volume rm -f)
  if ((gone > 0)); then note "removed $gone volumes that tests had left behind"; fi
  leftovers_new "$directory" images | leftovers_ours "$all" image '{{json .Config.Labels}} {{json .RepoTags}}' |
    leftovers_remove docker rmi -f >/dev/null
}

leftovers_new() { comm -13 "$1/before.$2" "$1/after.$2"; }

# Passes on the ids of those of KIND that are ours.
leftovers_ours() {
  local all=$1 kind=$2 format=$3 id shown
  while read -r id; do
    if [[ $all != yes ]]; then
      shown=$(docker "$kind" inspect -f "$format" "$id" 2>/dev/null) || continue
      [[ $shown == *'"dev.staithe.'* || $shown == *'"org.testcontainers'* || $shown == *'"staithe-test/'* ]] || continue
    fi
    printf '%s\n' "$id"
  done
}

# Removes each id that it reads with the command given, and prints how many there were.
leftovers_remove() {
  local id count=0
  while read -r id; do
    if "$@" "$id" >/dev/null 2>&1 </dev/null; then count=$((count + 1)); fi
  done
  printf '%d\n' "$count"
}
