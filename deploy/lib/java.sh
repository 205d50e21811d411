# shellcheck shell=bash
# A JDK of 21 or later for the build. Sourced, after say.sh and packages.sh.

readonly JAVA_LEAST=21

# java_feature HOME: the feature release of the Java there (17, 21, 25), or nothing.
java_feature() {
  local version=''
  if [[ -r $1/release ]]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  fi
  if [[ -z $version && -x $1/bin/java ]]; then
    version=$("$1/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')
  fi
  printf '%s' "${version%%.*}"
}

# jdk_home: prints the home of a JDK that is new enough; fails when there is none.
jdk_home() {
  local home feature candidates=()
  if [[ -n ${STAITHE_JAVA:-} ]]; then candidates+=("$(dirname -- "$(dirname -- "$(readlink -f -- "$STAITHE_JAVA")")")"); fi
  if [[ -n ${JAVA_HOME:-} ]]; then candidates+=("$JAVA_HOME"); fi
  if command -v javac >/dev/null; then candidates+=("$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v javac)")")")"); fi
  candidates+=(/usr/lib/jvm/*)
  for home in "${candidates[@]}"; do
    [[ -x $home/bin/javac ]] || continue
    feature=$(java_feature "$home")
    if [[ -n $feature ]] && ((feature >= JAVA_LEAST)); then
      printf '%s\n' "$home"
      return
    fi
  done
  return 1
}

# jdk_ensure: finds a JDK, or installs one where Debian has it (13 and later), and exports JDK_HOME.
jdk_ensure() {
  local package
  if ! JDK_HOME=$(jdk_home); then
    for package in openjdk-25-jdk-headless openjdk-21-jdk-headless; do
      if command -v apt-cache >/dev/null && package_available "$package"; then
        packages_ensure "$package:$package"
        break
      fi
    done
    JDK_HOME=$(jdk_home) || jdk_fail
  fi
  export JDK_HOME
  note "JDK $(java_feature "$JDK_HOME"): $JDK_HOME"
}

jdk_fail() {
  local home found=''
  for home in /usr/lib/jvm/*; do
    if [[ -x $home/bin/javac && ! -L $home ]]; then found+=" $(java_feature "$home") ($home)"; fi
  done
  fail "no JDK of version $JAVA_LEAST or later; found:${found:- none}" \
    "This system's packages have none either. Unpack one (Temurin, Corretto, Zulu, ...) below /usr/lib/jvm," \
    "or say where it is: JAVA_HOME=/path/to/jdk, then run this again."
}
