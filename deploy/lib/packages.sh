# shellcheck shell=bash
# Debian packages that are missing. Sourced, after say.sh.

# packages_missing WANT...: prints the packages to install. WANT is COMMAND:PACKAGE, or FILE:PACKAGE with an absolute file.
packages_missing() {
  local want probe
  for want in "$@"; do
    probe=${want%%:*}
    if [[ $probe == /* ]]; then
      [[ -e $probe ]] || printf '%s\n' "${want#*:}"
    else
      command -v -- "$probe" >/dev/null || printf '%s\n' "${want#*:}"
    fi
  done | sort -u
}

# packages_ensure WANT...: installs what is missing, as root, and says which.
packages_ensure() {
  local missing log
  mapfile -t missing < <(packages_missing "$@")
  if ((${#missing[@]} == 0)); then
    note "Debian packages: all there"
    return
  fi
  command -v apt-get >/dev/null ||
    fail "these programs are missing and there is no apt-get to install them: ${missing[*]}" \
      "Install them by your system's own means, then run this again."
  ((EUID == 0)) ||
    fail "not root, and these Debian packages are missing: ${missing[*]}" \
      "Run this again as root, or once: sudo apt-get install ${missing[*]}"
  note "installing Debian packages: ${missing[*]}"
  log=$(mktemp)
  if ! packages_install "${missing[@]}" >"$log" 2>&1; then
    quote "$log" 15 >&2
    rm -f -- "$log"
    fail "apt-get could not install: ${missing[*]}" \
      "The end of its output is above. Check /etc/apt/sources.list and the network, then run this again."
  fi
  rm -f -- "$log"
  hash -r
}

# The lists may be empty or old on a fresh machine: refreshed only when the plain installation fails.
packages_install() {
  local apt=(apt-get -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold -q -y)
  export DEBIAN_FRONTEND=noninteractive
  "${apt[@]}" install --no-install-recommends "$@" </dev/null && return
  "${apt[@]}" update </dev/null && "${apt[@]}" install --no-install-recommends "$@" </dev/null
}

# package_available NAME: whether apt knows an installable version of it.
package_available() {
  local candidate
  candidate=$(apt-cache policy -- "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p')
  [[ -n $candidate && $candidate != '(none)' ]]
}
