# shellcheck shell=bash
# The example image, built from nothing but Debian's static busybox. Sourced, after say.sh and packages.sh.

# "localhost" is no registry that anybody else could publish to: the image is the one that was built here, or none.
readonly EXAMPLE_IMAGE=localhost/staithe-example/web:1
readonly EXAMPLE_LABEL=dev.staithe.example.content

# example_image MARK: builds the image unless the one that is there was built from the same files, and then makes MARK.
example_image() {
  local context content
  context=$(mktemp -d)
  # shellcheck disable=SC2064  # the folder of now
  trap "rm -rf -- '$context'" RETURN
  cp -- "$DEPLOY"/examples/web/{Dockerfile,serve} "$context/"
  example_busybox "$context"
  content=$(cd -- "$context" && sha256sum -- * | sha256sum | cut -c 1-16)
  if [[ $(docker image inspect -f "{{index .Config.Labels \"$EXAMPLE_LABEL\"}}" "$EXAMPLE_IMAGE" 2>/dev/null) == "$content" ]]; then
    note "there already: $EXAMPLE_IMAGE"
    return
  fi
  # The plain builder is in every engine; BuildKit's command is a package that may be missing.
  if ! DOCKER_BUILDKIT=0 docker build -q -t "$EXAMPLE_IMAGE" --label "$EXAMPLE_LABEL=$content" "$context" \
    >"$context/../${context##*/}.log" 2>&1; then
    quote "$context/../${context##*/}.log" 15 >&2
    rm -f -- "$context/../${context##*/}.log"
    fail "the example image could not be built" "What Docker said is above."
  fi
  rm -f -- "$context/../${context##*/}.log"
  touch -- "$1"
  note "built $EXAMPLE_IMAGE"
}

# Puts a static busybox into a folder: this system's own, or Debian's package where the one installed is not static.
example_busybox() {
  local path
  path=$(command -v busybox || true)
  if [[ -z $path ]]; then
    packages_ensure busybox:busybox-static
    path=$(command -v busybox)
  fi
  if ! ldd "$path" >/dev/null 2>&1; then
    cp -- "$path" "$1/busybox"
    return
  fi
  mkdir -- "$1/package"
  if ! (cd -- "$1/package" && apt-get -q download busybox-static && dpkg-deb -x busybox-static_*.deb .) >/dev/null 2>&1; then
    fail "no static busybox: $path needs shared libraries, and the package busybox-static could not be fetched" \
      "Install it: apt-get install busybox-static"
  fi
  cp -- "$(find "$1/package" -path '*/bin/busybox' -print -quit)" "$1/busybox"
  rm -rf -- "$1/package"
}

example_image_remove() {
  if docker image inspect "$EXAMPLE_IMAGE" >/dev/null 2>&1; then
    docker rmi -f "$EXAMPLE_IMAGE" >/dev/null && note "removed image $EXAMPLE_IMAGE"
  fi
}
