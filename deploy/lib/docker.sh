# shellcheck shell=bash
# The Docker engine: uses the one that answers, starts one where none does, stops only what it started.
# Sourced, after say.sh, packages.sh and host.sh.
#
# DOCKER_STATE, a file set by the caller, remembers how the engine was started: "systemd", or its process id and birth.

docker_answers() { timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# docker_ensure: afterwards an engine answers, or the script has ended with the reason.
docker_ensure() {
  local missing
  : "${DOCKER_STATE:?}"
  if ! command -v docker >/dev/null || ! docker_answers; then
    mapfile -t missing < <(packages_missing dockerd:docker.io)
    if [[ -n ${DOCKER_HOST:-} ]]; then
      docker_refused
    fi
    if ((${#missing[@]} > 0)); then packages_ensure dockerd:docker.io; fi
    # From Debian 13 on the command is a package of its own.
    if ! command -v docker >/dev/null; then packages_ensure docker:docker-cli; fi
    docker_answers_soon 1 || docker_start
  fi
  note "Docker engine $(docker version --format '{{.Server.Version}}') answers"
}

docker_start() {
  ((EUID == 0)) || docker_refused
  mkdir -p -- "$(dirname -- "$DOCKER_STATE")"
  if [[ -d /run/systemd/system ]]; then
    note "starting the Docker engine (systemctl start docker)"
    echo systemd >"$DOCKER_STATE"
    systemctl start docker >/dev/null 2>&1 && docker_answers_soon 300 && return
    journalctl -u docker -n 15 --no-pager 2>/dev/null | sed 's/^/    | /' >&2
    fail "Docker refuses to start" "The end of its log is above; all of it: journalctl -u docker"
  fi
  docker_start_session
}

# Without systemd: a session of its own, so that it outlives this script and the terminal.
docker_start_session() {
  local pid born log
  log=$(dirname -- "$DOCKER_STATE")/dockerd.log
  note "starting a Docker engine (dockerd, log: $log)"
  env -u STAITHE_VERIFY setsid dockerd >"$log" 2>&1 </dev/null 8>&- 9>&- &
  pid=$!
  born=$(process_born "$pid" || true)
  echo "$pid $born" >"$DOCKER_STATE"
  disown "$pid"
  if docker_answers_soon 300 "$pid" "$born"; then
    docker_bridge_pin
    return
  fi
  quote "$log" 15 >&2
  process_end "$pid" "$born" 10 || true
  rm -f -- "$DOCKER_STATE"
  fail "Docker refuses to start" \
    "The end of its log is above; all of it: $log" \
    "Often: another dockerd holds /var/run/docker.pid, no free disk, no iptables, or control groups are not mounted."
}

# docker_bridge_pin: gives the bridge of the engine that this script has started an address of its own, as newer engines do.
# An older one on a newer kernel leaves the bridge with that of one of its ports: whenever ports come and go, containers send
# to an address that nobody has any more, until they ask again.
docker_bridge_pin() {
  local device=/sys/class/net/docker0 address
  [[ -r $device/addr_assign_type && $(<"$device/addr_assign_type") != 3 ]] || return 0
  address=$(ip -4 -o addr show dev docker0 2>/dev/null | sed -n 's/.* inet \([0-9.]*\).*/\1/p')
  [[ $address =~ ^([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)$ ]] || return 0
  ip link set dev docker0 address "$(printf '02:42:%02x:%02x:%02x:%02x' "${BASH_REMATCH[@]:1}")" ||
    note "docker0 keeps an address that changes with its ports: containers may miss answers for some seconds"
}

# docker_answers_soon TENTHS [PID BORN]: waits that long for an answer, but not for a process that has ended.
docker_answers_soon() {
  local tries=$1
  while ! docker_answers; do
    ((--tries > 0)) || return 1
    if [[ -n ${2:-} ]] && ! process_is "$2" "${3:-}"; then return 1; fi
    sleep 0.1
  done
}

docker_refused() {
  fail "no Docker engine answers: $(docker version --format '{{.Server.Version}}' 2>&1 | tail -n 1)" \
    "Start it, or run this again as root${DOCKER_HOST:+, or unset DOCKER_HOST (now $DOCKER_HOST)}." \
    "If it runs: your user must be in group docker (usermod -aG docker $(id -un), then log in again)."
}

# docker_release: stops the engine if docker_start started it and nothing runs on it any more.
docker_release() {
  local pid born others
  [[ -s $DOCKER_STATE ]] || return 0
  others=$(docker ps --format '{{.Names}}' 2>/dev/null | head -n 5 | tr '\n' ' ')
  if [[ -n $others ]]; then
    note "the Docker engine stays: other containers run on it ($others)"
  elif [[ $(<"$DOCKER_STATE") == systemd ]]; then
    note "stopping the Docker engine, which this script had started"
    systemctl stop docker.socket docker >/dev/null 2>&1 || true
  else
    read -r pid born <"$DOCKER_STATE"
    if process_is "$pid" "$born"; then
      note "stopping the Docker engine, which this script had started"
      process_end "$pid" "$born" 30 || fail "the Docker engine (pid $pid) does not stop" "Stop it by hand: kill $pid"
    fi
  fi
  rm -f -- "$DOCKER_STATE"
}
