#!/bin/bash
# The lab of packages of languages: makes images, and compares what a binary of sbomkit says of them with what the real tools say.
# See README.md. Everything is written below $LAB (default: .build/lab).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
export LAB=${LAB:-$project/.build/lab}
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1760000000 DEBIAN_FRONTEND=noninteractive
python=/usr/bin/python3
mkdir -p "$LAB/work" "$LAB/images" "$LAB/out"

usage() {
  cat >&2 <<'TEXT'
usage: lab.sh setup                    installs the tools that the images need, with apt
       lab.sh images [NAME…]           makes the images that are missing
       lab.sh compare BINARY [--only REGEX] [--no-validation] [--no-peers]
       lab.sh account BINARY LAYOUT    accounts for what syft lists in a big image
       lab.sh time BINARY LAYOUT [-n RUNS] [--no-syft]
       lab.sh all BINARY               images, compare, and, with LAB_BIG=LAYOUT, account and time
TEXT
  exit 64
}

packages=(binutils composer golang-go libcommons-codec-java libcommons-io-java libcommons-lang3-java libmaven-jar-plugin-java
  libmaven-resources-plugin-java libmaven-shade-plugin-java libmaven-war-plugin-java maven mmdebstrap nodejs python3 python3-pip ruby umoci util-linux)

setup() {
  local package missing=()
  for package in "${packages[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == *installed ]] || missing+=("$package")
  done
  # These come from elsewhere on some machines.
  command -v npm >/dev/null || missing+=(npm)
  command -v jar >/dev/null || missing+=(default-jdk-headless)
  ((${#missing[@]})) || return 0
  echo "lab: installing ${missing[*]}" >&2
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$LAB/work/apt.log" 2>&1 || { tail -n 20 "$LAB/work/apt.log" >&2; exit 1; }
}

command=${1:-}
shift || usage
case $command in
  setup) setup ;;
  images) setup; "$python" "$here/images.py" "$@" ;;
  compare) "$python" "$here/lab.py" "$@" ;;
  account) "$python" "$here/account.py" "$@" ;;
  time) "$python" "$here/timing.py" "$@" ;;
  all)
    (($# == 1)) || usage
    setup
    "$python" "$here/images.py"
    code=0
    "$python" "$here/lab.py" "$1" || code=1
    if [[ -n ${LAB_BIG:-} ]]; then
      "$python" "$here/account.py" "$1" "$LAB_BIG" || code=1
      "$python" "$here/timing.py" "$1" "$LAB_BIG" || code=1
    fi
    exit $code
    ;;
  *) usage ;;
esac
