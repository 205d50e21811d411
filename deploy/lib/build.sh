# shellcheck shell=bash
# Builds Staithe with Maven. Sourced, after say.sh, packages.sh and java.sh. DEPLOY is the folder deploy/ of the checkout.

# build_is_current: whether nothing that the build reads is newer than what it made.
build_is_current() {
  local made=$DEPLOY/target/staithe/lib
  build_is_there &&
    [[ -z $(find "$DEPLOY"/../pom.xml "$DEPLOY"/../*/pom.xml "$DEPLOY"/../*/src/main -newer "$made" -print -quit 2>/dev/null) ]]
}

build_is_there() { compgen -G "$DEPLOY/target/staithe/lib/staithe-cli-*.jar" >/dev/null; }

# maven DURATION ARGUMENT...: runs Maven on the checkout, for so long at most (0: no limit), without asking anybody
# anything. Maven itself runs on the Java that the system gives it, whose certificates are the system's; for the build it
# finds JDK_HOME by the variable JAVAnn_HOME.
maven() {
  local limit=$1
  shift
  (cd -- "$DEPLOY/.." && exec timeout --kill-after=20 "$limit" \
    env "JAVA$(java_feature "${JDK_HOME:?}")_HOME=$JDK_HOME" mvn -B --no-transfer-progress "$@" </dev/null)
}

# build: makes deploy/target/staithe, without tests and checks.
build() {
  local log=$DEPLOY/target/build.log from=$SECONDS
  # No jar of an earlier build stays; and what changes during this one is newer than what it makes.
  rm -rf -- "$DEPLOY/target/staithe"
  mkdir -p -- "$DEPLOY/target"
  touch -- "$DEPLOY/target/began"
  if ! maven 0 package -pl deploy -am -Dmaven.test.skip=true -Dchecks.skip=true >"$log" 2>&1; then
    grep -E '^\[(ERROR|FATAL)\]' "$log" | head -n 15 | sed 's/^/    | /' >&2 || true
    fail "the build failed" "Its first errors are above; all of it: $log" \
      "Without network on the first build, Maven cannot fetch what it needs: see that it reaches Maven Central."
  fi
  touch -r "$DEPLOY/target/began" -- "$DEPLOY/target/staithe/lib"
  note "built in $(elapsed "$from")"
}
