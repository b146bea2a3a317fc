#!/bin/bash
# Builds the images in this folder with the tools that build real ones: dpkg-deb and dpkg, rpmbuild and rpm make and install
# the packages, umoci makes layers and whiteouts. Every run writes the same bytes. What each is for: README.md beside this.
#
#   Fixtures/make.sh            builds everything here anew, checks it, writes expected/*.packages.tsv
#   Fixtures/make.sh FOLDER     the same into another folder, to compare
#
# Runs as root (dpkg chowns what it installs) on amd64 (dpkg's own architecture is what packages count as native).
set -euo pipefail
shopt -s inherit_errexit

export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=1760000000 DPKG_COLORS=never
created=2025-10-09T08:53:20Z
umask 022

die() { printf 'make.sh: %s\n' "$*" >&2; exit 1; }
for tool in dpkg-deb dpkg umoci skopeo jq zstd xz bzip2 gzip openssl rpm rpmbuild python3 db5.3_load; do
  command -v "$tool" >/dev/null || die "needs $tool; try: apt-get install dpkg umoci skopeo jq zstd xz-utils bzip2 gzip openssl rpm python3 db5.3-util"
done
((EUID == 0)) || die "runs as root: dpkg chowns what it installs"
[[ $(dpkg --print-architecture) == amd64 ]] || die "runs on amd64: dpkg's own architecture is what counts as native"

# quietly COMMAND…: what it says is shown only if it fails.
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; die "failed: $*"; }; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here}
mkdir -p "$out/expected" && out=$(cd "$out" && pwd)
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

# --- Packages ---------------------------------------------------------------------------------------------------------

# debs FOLDER: builds a package from each control stanza on standard input. Two lines are ours and not control fields:
# "%conffile PATH" is a configuration file, "%file PATH" another file the package has besides its README.
debs() {
  mkdir -p "$1" "$work/stanzas" && rm -f "$work"/stanzas/*
  awk -v folder="$work/stanzas" 'BEGIN { RS = ""; ORS = "\n" } { print > sprintf("%s/%03d", folder, NR) }'
  local stanza name tree file
  for stanza in "$work"/stanzas/*; do
    name=$(awk '/^Package:/ { print $2 }' "$stanza") tree=$work/tree
    rm -rf "$tree" && mkdir -p "$tree/DEBIAN" "$tree/usr/share/doc/$name"
    {
      grep -v '^%' "$stanza"
      grep -q '^Architecture:' "$stanza" || echo 'Architecture: amd64'
      grep -q '^Maintainer:' "$stanza" || echo 'Maintainer: Example Packaging Team <packages@example.org>'
      grep -q '^Description:' "$stanza" || echo "Description: example package $name"
    } >"$tree/DEBIAN/control"
    echo "This is $name." >"$tree/usr/share/doc/$name/README"
    for file in $(awk '/^%/ { print $2 }' "$stanza"); do
      mkdir -p "$(dirname "$tree$file")" && echo "$file of $name" >"$tree$file"
    done
    awk '/^%conffile/ { print $2 }' "$stanza" >"$tree/DEBIAN/conffiles"
    [[ -s $tree/DEBIAN/conffiles ]] || rm "$tree/DEBIAN/conffiles"
    (cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | sort | xargs md5sum >DEBIAN/md5sums)
    dpkg-deb --root-owner-group -Zxz --build "$tree" "$1" >/dev/null
  done
}

# root FOLDER: a root file system with an os-release and an empty package database; root-dpkg then works on it.
root() {
  mkdir -p "$1/etc" "$1/usr/lib" "$1"/var/lib/dpkg/{info,updates,triggers}
  printf '%s\n' 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"' 'NAME="Debian GNU/Linux"' 'VERSION_ID="12"' \
    'VERSION="12 (bookworm)"' 'VERSION_CODENAME=bookworm' 'ID=debian' 'HOME_URL="https://www.debian.org/"' >"$1/usr/lib/os-release"
  ln -s ../usr/lib/os-release "$1/etc/os-release"
  : >"$1/var/lib/dpkg/status"
}
root-dpkg() {
  quietly dpkg --root="$1" --log=/dev/null --force-depends --force-architecture --force-script-chrootless "${@:2}"
}

# rpms FOLDER: builds packages from the specs on standard input, each of which begins with its Name. What a spec does not say
# and every package has is added; the files are those that %files names.
rpms() {
  mkdir -p "$1" "$work/specs" && rm -f "$work"/specs/*
  awk -v folder="$work/specs" '/^Name:/ { number++ } { print > sprintf("%s/%03d", folder, number) }'
  local spec name target whole=$work/whole.spec
  for spec in "$work"/specs/*; do
    name=$(awk '/^Name:/ { print $2 }' "$spec") target=x86_64
    ! grep -q '^BuildArch: *noarch' "$spec" || target=noarch
    {
      grep -q '^License:' "$spec" || echo 'License: MIT'
      grep -q '^Vendor:' "$spec" || echo 'Vendor: Example Packaging Team'
      echo "Summary: example package $name"
      cat "$spec"
      grep -q '^%description$' "$spec" || printf '%%description\nThis is %s.\n' "$name"
      echo '%install'
      awk '/^%files/ { files = 1 } files && $NF ~ "^/" { print "install -D -m 644 /dev/null %{buildroot}" $NF }' "$spec"
      grep -q '^%files$' "$spec" || echo '%files'
    } >"$whole"
    quietly env HOME="$work" rpmbuild -bb --target "$target" --define "_topdir $work/rpmbuild" --define "_rpmdir $1" \
      --define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' --define '_build_id_links none' \
      --define 'debug_package %{nil}' --define '__os_install_post %{nil}' --define '_binary_payload w2.gzdio' \
      --define '_buildhost build.example.org' --define 'use_source_date_epoch_as_buildtime 1' \
      --define 'clamp_mtime_to_source_date_epoch 1' "$whole"
  done
}

# rpm-root FOLDER ID VERSION NAME: a root file system with an os-release and merged /usr; root-rpm then works on it.
rpm-root() {
  local folder
  mkdir -p "$1/etc" "$1/var/lib"
  for folder in bin sbin lib lib64; do mkdir -p "$1/usr/$folder" && ln -s "usr/$folder" "$1/$folder"; done
  printf '%s\n' "NAME=\"$4\"" "ID=$2" "VERSION_ID=$3" "PRETTY_NAME=\"$4 $3\"" >"$1/usr/lib/os-release"
  ln -s ../usr/lib/os-release "$1/etc/os-release"
}
sysimage() { mkdir -p "$1/usr/lib/sysimage/rpm" && ln -s ../../usr/lib/sysimage/rpm "$1/var/lib/rpm"; }
# rpm takes both the time of the build and that of the installation from SOURCE_DATE_EPOCH.
through=()                                                             # a command that is to run rpm
root-rpm() { quietly "${through[@]}" env HOME="$work" rpm --root "$1" --dbpath /usr/lib/sysimage/rpm --nodeps --noscripts --nosignature "${@:2}"; }

# digest-of FILE [cut]: how apk writes the digest of a file: SHA-1, or the first 160 bits of SHA-256.
digest-of() {
  local function=sha1; [[ -z ${2:-} ]] || function=sha256
  printf 'Q1%s' "$(openssl dgst -$function -binary "$1" | head -c 20 | base64)"
}

# apk-install ROOT: installs a package for each record on standard input, by hand: no apk is at hand. Two lines are ours and not
# apk's: "%file PATH" is a file of the package, "%link PATH TARGET" a link.
apk-install() {
  local database=$1/usr/lib/apk/db/installed line name path folder last cut
  mkdir -p "${database%/*}"
  while IFS= read -r line; do
    case $line in
      P:*) name=${line#P:} last= cut=; printf %s "$name" >"$work/name"; printf 'C:%s\n' "$(digest-of "$work/name")" ;;&
      f:*S*) cut=cut ;;&
      %*)
        read -r _ path _ <<<"$line"; path=${path#/} folder=${path%/*}
        mkdir -p "$1/$folder"
        [[ $folder == "$last" ]] || printf 'F:%s\n' "$folder"
        last=$folder
        if [[ $line == %link* ]]; then
          ln -sfn "${line##* }" "$1/$path"; printf %s "${line##* }" >"$work/contents"
          printf 'R:%s\na:0:0:777\n' "${path##*/}"
        else
          echo "$path of $name" >"$1/$path"; cp "$1/$path" "$work/contents"
          printf 'R:%s\n' "${path##*/}"
        fi
        printf 'Z:%s\n' "$(digest-of "$work/contents" $cut)" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done >>"$database"
  echo >>"$database"
}

# settle ROOT: what differs from run to run, or is only dpkg's or SQLite's scratch, goes.
settle() {
  rm -f "$1"/var/lib/dpkg/{status-old,available,available-old,lock,lock-frontend} "$1"/var/lib/dpkg/triggers/{Lock,Unincorp,File}
  rm -f "$1"/usr/lib/sysimage/rpm/rpmdb.sqlite-shm
  find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

# --- Images by umoci --------------------------------------------------------------------------------------------------

# tar-of FOLDER OUT.tar [tar options]: the folder's contents as a layer, the same bytes every time.
tar-of() {
  settle "$1"
  tar --format=gnu --sort=name --numeric-owner --owner=0 --group=0 --mtime="@$SOURCE_DATE_EPOCH" "${@:3}" -C "$1" -cf "$2" .
}
history-of() { printf '%s\n' --history.created="$created" --history.created_by="$1" --history.author="Example Packaging Team"; }

# image LAYOUT:TAG, add LAYOUT:TAG TAR WHAT, finish LAYOUT:TAG ARCHITECTURE
image() {
  [[ -e ${1%%:*}/oci-layout ]] || umoci init --layout "${1%%:*}"
  umoci new --image "$1"
}
add() { mapfile -t history < <(history-of "$3"); umoci raw add-layer --image "$1" "${history[@]}" "$2"; }
add-folder() { tar-of "$2" "$work/layer.tar" "${@:4}"; add "$1" "$work/layer.tar" "$3"; }
finish() {
  umoci config --image "$1" --no-history --created="$created" --os=linux --architecture="$2" --config.cmd=/usr/bin/demo \
    --config.label=org.opencontainers.image.title="$(basename "${1%%:*}")" --config.label=org.opencontainers.image.vendor="Example Packaging Team"
  umoci gc --layout "${1%%:*}"
}
# change LAYOUT:TAG FUNCTION: one more layer, of what FUNCTION does to the unpacked root, with the whiteouts umoci writes.
change() {
  local bundle=$work/bundle
  rm -rf "$bundle" && umoci unpack --image "$1" "$bundle"
  "$2" "$bundle/rootfs"
  settle "$bundle/rootfs"
  mapfile -t history < <(history-of "$2")
  umoci repack --image "$1" "${history[@]}" "$bundle"
}

# --- Images by hand: what no tool here writes ---------------------------------------------------------------------------

# blob LAYOUT FILE: puts it in, prints its descriptor without a media type.
blob() {
  local digest; digest=$(sha256sum <"$2" | cut -d' ' -f1)
  mkdir -p "$1/blobs/sha256" && cp "$2" "$1/blobs/sha256/$digest"
  printf '{"digest":"sha256:%s","size":%d}' "$digest" "$(stat -c %s "$2")"
}
blob-path() { printf '%s/blobs/sha256/%s' "$1" "${2#sha256:}"; }
manifest-path() { blob-path "$1" "$(jq -r '.manifests[0].digest' "$1/index.json")"; }
layer-path() { blob-path "$1" "$(jq -r ".layers[$2].digest" "$(manifest-path "$1")")"; }

# edit-index|edit-manifest|edit-config LAYOUT FILTER [jq options]: changes one, and every digest that hangs on it.
edit-index() { jq -c "${@:3}" "$2" "$1/index.json" >"$work/index.json" && cp "$work/index.json" "$1/index.json"; }
edit-manifest() {
  local old new; old=$(manifest-path "$1")
  jq -cj "${@:3}" "$2" "$old" >"$work/manifest.json"
  rm "$old" && new=$(blob "$1" "$work/manifest.json")
  edit-index "$1" '.manifests[0] += $new | if $type then .manifests[0].mediaType = $type else . end' \
    --argjson new "$new" --argjson type "$(jq .mediaType "$work/manifest.json")"
}
edit-config() {
  local old new; old=$(blob-path "$1" "$(jq -r .config.digest "$(manifest-path "$1")")")
  jq -cj "${@:3}" "$2" "$old" >"$work/config.json"
  rm "$old" && new=$(blob "$1" "$work/config.json")
  edit-manifest "$1" '.config += $new' --argjson new "$new"
}
# replace-layer LAYOUT NUMBER FILE MEDIATYPE: other bytes for the same layer.
replace-layer() {
  rm "$(layer-path "$1" "$2")"
  edit-manifest "$1" '.layers[$number] = {mediaType: $type} + $new' --argjson number "$2" --arg type "$4" --argjson new "$(blob "$1" "$3")"
}

# --- The images -------------------------------------------------------------------------------------------------------

demo-packages() {
  debs "$work/demo" <<'CONTROL'
Package: alpha
Source: alpha-suite (2.3-4)
Version: 1:2.3-4
Section: utils
Homepage: https://alpha.example.org/
Original-Maintainer: Ada Example <ada@example.org>
Pre-Depends: libbeta1 (>= 1.0~rc1)
Depends: gamma (>= 3.0~) | gamma-lite, delta-doc | delta-data (= 0.9), mail-agent, json-parser (>= 2.0)
Recommends: extras
Suggests: nothing-at-all
Description: the program this image is for
 It has everything a record can have.
 .
 This is the second paragraph,
 of two lines.
  * and a line that is to stay as it is
%conffile /etc/alpha.conf

Package: alpha-tools
Source: alpha-suite
Version: 1:2.3-4
Section: utils
Depends: alpha (>= 2.4), libbeta1 (<< 1.0)
Description: tools for alpha: 1:2.3 is later than 2.4, and 1.0~rc2 earlier than 1.0

Package: libbeta1
Source: beta (1.0~rc2-1)
Version: 1.0~rc2-1+b1
Section: libs
Multi-Arch: same

Package: libbeta1
Source: beta
Version: 1.0~rc2-1+b1
Architecture: i386
Section: libs
Multi-Arch: same

Package: gamma
Version: 3.0+dfsg-2
Section: non-free/utils

Package: gamma-lite
Source: gamma
Version: 3.0+dfsg-2

Package: delta-data
Version: 0.9
Architecture: all
Maintainer: Ada Example <ada@example.org>
Section: doc

Package: postbox
Version: 20240101-1
Section: mail
Provides: mail-agent

Package: json-new
Version: 5.1-1
Provides: json-parser (= 2.1)

Package: json-old
Version: 1.1-9
Provides: json-parser (= 1.0)

Package: libcycle1
Version: 1.0-1
Section: libs
Depends: cycle-data

Package: cycle-data
Version: 1.0-1
Architecture: all
Depends: libcycle1 (>= 1.0)

Package: interpreter
Version: 3.11.2-1
Section: interpreters
Multi-Arch: allowed

Package: script
Version: 1.4
Architecture: all
Depends: interpreter:any (>= 3.11)

Package: translator
Version: 0.21-12
Multi-Arch: foreign

Package: legacy
Version: 1.0-1
Architecture: i386
Depends: libbeta1, translator, interpreter:any, gamma:amd64

Package: legacy-mail
Version: 1.0-1
Architecture: i386
Depends: mail-agent

Package: zeta
Version: 0:0.1-1
Maintainer: Ada Example <ada@example.org>
Depends: nowhere (>= 1.0), mail-agent (>= 1.0), libbeta1

Package: extras
Version: 2.0-1ubuntu1
Maintainer: Example Derivative Developers <devel@example.net>
Original-Maintainer: Example Packaging Team <packages@example.org>
Section: oldlibs
Enhances: alpha
CONTROL
}
demo-more() { root-dpkg "$1" --install "$work"/demo/{extras,script,interpreter,legacy,zeta}_*.deb; mkdir -p "$1/usr/bin"; echo demo >"$1/usr/bin/demo"; }

make-debian-small() {
  demo-packages
  local tree=$work/root; rm -rf "$tree"; root "$tree"
  root-dpkg "$tree" --add-architecture i386
  mapfile -t first < <(ls "$work"/demo/*.deb | grep -vE '/(extras|script|interpreter|legacy|zeta)_')
  root-dpkg "$tree" --install "${first[@]}"
  image "$1:latest"
  add-folder "$1:latest" "$tree" base
  change "$1:latest" demo-more
  finish "$1:latest" amd64
}

layers-2() { root-dpkg "$1" --install "$work"/layers/{charlie,delta,echo-tool}_1*.deb; }
layers-3() {
  root-dpkg "$1" --remove charlie
  echo beta hold | dpkg --root="$1" --set-selections
  rm -rf "$1/lib/apk" && ln -s ../usr/share/apk "$1/lib/apk"       # a folder becomes a link that leads nowhere
}
layers-4() {
  root-dpkg "$1" --purge delta
  root-dpkg "$1" --install "$work"/layers/echo-tool_2*.deb
  rm -rf "$1/opt/app" && mkdir "$1/opt/app" && echo 2 >"$1/opt/app/version"
}
layers-5() {
  root-dpkg "$1" --install "$work"/layers/{golf,hotel}_*.deb
  root-dpkg "$1" --unpack "$work"/layers/foxtrot_*.deb
  # dpkg leaves a package so when an unpacking was cut off.
  sed -i '/^Package: golf$/,/^$/s/^Status: .*/Status: install reinstreq half-installed/' "$1/var/lib/dpkg/status"
}
make-debian-layers() {
  debs "$work/layers" <<'CONTROL'
Package: alpha
Version: 1.0-1
Depends: beta

Package: beta
Version: 1.0-1

Package: charlie
Version: 1.0-1
%conffile /etc/charlie.conf

Package: delta
Version: 1.0-1
Depends: charlie
%conffile /etc/delta.conf

Package: echo-tool
Version: 1.0-1

Package: echo-tool
Version: 2.0-1
Depends: alpha (>= 1.0)

Package: foxtrot
Version: 1.0-1
Depends: hotel

Package: golf
Version: 1.0-1

Package: hotel
Version: 1.0-1
CONTROL
  local tree=$work/root; rm -rf "$tree"; root "$tree"
  root-dpkg "$tree" --install "$work"/layers/{alpha,beta}_*.deb
  # What later layers take away: a database of another system, a folder, and a record that an opaque folder hides.
  mkdir -p "$tree/lib/apk/db" "$tree/opt/app/lib" "$tree/var/lib/dpkg/status.d"
  printf 'P:ghost\nV:1.0-r0\nA:x86_64\n' >"$tree/lib/apk/db/installed"
  echo 1 >"$tree/opt/app/version"; echo old >"$tree/opt/app/lib/old"
  printf 'Package: ghost\nVersion: 1.0\nArchitecture: amd64\nMaintainer: Ada Example <ada@example.org>\nDescription: hidden\n' >"$tree/var/lib/dpkg/status.d/ghost"
  image "$1:latest"
  add-folder "$1:latest" "$tree" layers-1
  local step
  for step in layers-2 layers-3 layers-4 layers-5; do change "$1:latest" "$step"; done
  # umoci writes a whiteout for each name; engines on overlayfs write opaque folders. Here the marker comes last in its layer.
  rm -rf "$tree"; mkdir -p "$tree/var/lib/dpkg/status.d" "$tree/opt/app"
  echo 3 >"$tree/opt/app/version"
  printf 'Package: india\nVersion: 1.0-1\nArchitecture: all\nMaintainer: Ada Example <ada@example.org>\nDescription: came with the opaque folder\n' >"$tree/var/lib/dpkg/status.d/india"
  tar-of "$tree" "$work/layer.tar"
  touch -d "@$SOURCE_DATE_EPOCH" "$work/.wh..wh..opq"
  local folder
  for folder in opt/app var/lib/dpkg/status.d; do
    tar --format=gnu --numeric-owner --owner=0 --group=0 --transform "s,^,./$folder/," -C "$work" -rf "$work/layer.tar" .wh..wh..opq
  done
  add "$1:latest" "$work/layer.tar" layers-6
  finish "$1:latest" amd64
}

simple-packages() {
  debs "$work/simple" <<'CONTROL'
Package: alpha
Version: 1.0-1
Section: utils
Depends: libbeta1 (>= 1.0)
Maintainer: Ada Example <ada@example.org>

Package: libbeta1
Source: beta
Version: 1.2-3
Section: libs
Depends: gamma-data

Package: gamma-data
Version: 2024a-0+deb12u1
Architecture: all

Package: delta
Version: 4.0-1
Depends: alpha, libbeta1 (>= 1.1)

Package: epsilon
Version: 5.0-1
Depends: delta | alpha
CONTROL
}

make-links() {
  local tree=$work/root; rm -rf "$tree"; root "$tree"
  mv "$tree/var/lib/dpkg" "$tree/usr/share-dpkg"; mkdir "$tree/usr/share"; mv "$tree/usr/share-dpkg" "$tree/usr/share/dpkg-db"
  ln -s ../../usr/share/dpkg-db "$tree/var/lib/dpkg"
  ln -sf /usr/lib/os-release "$tree/etc/os-release"
  image "$1:latest"
  add-folder "$1:latest" "$tree" links-relative                       # names begin with ./
  root-dpkg "$tree" --install "$work"/simple/{alpha,libbeta1,gamma-data}_*.deb
  rm -rf "$tree/etc" "$tree/var" "$tree/usr/lib"
  # The record comes under another name first: in the order of names, "backup" is before "dpkg-db".
  mkdir "$tree/usr/share/backup" && ln "$tree/usr/share/dpkg-db/status" "$tree/usr/share/backup/dpkg.status.0"
  rm -f "$tree/usr/share/dpkg-db"/{status-old,available,available-old,lock,lock-frontend} "$tree"/usr/share/dpkg-db/triggers/{Lock,Unincorp,File}
  add-folder "$1:latest" "$tree" links-absolute --transform 's,^\./\?,/,S' --absolute-names   # with /
  finish "$1:latest" amd64
}

# status-d ROOT PACKAGE…: as distroless images do, the control file and the md5sums of each package and no status file.
status-d() {
  local name deb folder=$1/var/lib/dpkg/status.d; mkdir -p "$folder"
  for name in "${@:2}"; do
    deb=$(echo "$work/simple/${name}"_*.deb)
    dpkg-deb --extract "$deb" "$1"
    dpkg-deb --field "$deb" >"$folder/$name"
    dpkg-deb --ctrl-tarfile "$deb" | tar -xO ./md5sums >"$folder/$name.md5sums"
  done
}
distroless-2() { rm "$1"/var/lib/dpkg/status.d/delta{,.md5sums}; rm -r "$1/usr/share/doc/delta"; }
make-distroless() {
  local tree=$work/root; rm -rf "$tree"; root "$tree"; rm -r "$tree/var/lib/dpkg"
  status-d "$tree" alpha libbeta1 gamma-data delta
  image "$1:latest"
  add-folder "$1:latest" "$tree" distroless-1
  change "$1:latest" distroless-2
  finish "$1:latest" amd64
}

make-multiarch() {
  local tree architecture
  for architecture in amd64 arm64; do
    debs "$work/$architecture" <<CONTROL
Package: alpha
Version: 1.0-1
Architecture: $architecture
Depends: libbeta1

Package: libbeta1
Version: 1.2-3
Architecture: $architecture
Section: libs

Package: only-$architecture
Version: 1.0-1
Architecture: $architecture
Depends: alpha, common

Package: common
Version: 1.0-1
Architecture: all
CONTROL
    tree=$work/root; rm -rf "$tree"; root "$tree"
    root-dpkg "$tree" --install "$work/$architecture"/*.deb
    image "$1:$architecture"
    add-folder "$1:$architecture" "$tree" "multiarch-$architecture"
    finish "$1:$architecture" "$architecture"
  done
  # What BuildKit adds to an image: a manifest of "unknown/unknown" that holds statements about another one.
  local amd64 config layer attestation signature nested
  amd64=$(jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "amd64") | .digest' "$1/index.json")
  echo -n '{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://slsa.dev/provenance/v0.2","subject":[],"predicate":{}}' >"$work/part"
  layer=$(blob "$1" "$work/part")
  echo -n "{\"architecture\":\"unknown\",\"os\":\"unknown\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$(jq .digest <<<"$layer")]}}" >"$work/part"
  config=$(blob "$1" "$work/part")
  jq -cnj --argjson config "$config" --argjson layer "$layer" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: ({mediaType: "application/vnd.oci.image.config.v1+json"} + $config),
    layers: [{mediaType: "application/vnd.in-toto+json"} + $layer + {annotations: {"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"}}]}' >"$work/part"
  attestation=$(blob "$1" "$work/part")
  # What cosign puts beside an image it signs: its tag names the digest.
  echo -n "{\"critical\":{\"identity\":{\"docker-reference\":\"\"},\"image\":{\"docker-manifest-digest\":\"$amd64\"},\"type\":\"cosign container image signature\"},\"optional\":null}" >"$work/part"
  layer=$(blob "$1" "$work/part")
  echo -n "{\"architecture\":\"\",\"created\":\"0001-01-01T00:00:00Z\",\"os\":\"\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$(jq .digest <<<"$layer")]}}" >"$work/part"
  config=$(blob "$1" "$work/part")
  jq -cnj --argjson config "$config" --argjson layer "$layer" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: ({mediaType: "application/vnd.oci.image.config.v1+json"} + $config),
    layers: [{mediaType: "application/vnd.dev.cosign.simplesigning.v1+json"} + $layer + {annotations: {"dev.cosignproject.cosign/signature": "bm90IGEgc2lnbmF0dXJl"}}]}' >"$work/part"
  signature=$(blob "$1" "$work/part")
  jq -cj --argjson attestation "$attestation" --arg amd64 "$amd64" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: (
      [.manifests[] | .annotations["org.opencontainers.image.ref.name"] as $architecture | del(.annotations)
        | .platform = {architecture: $architecture, os: "linux"} | if $architecture == "arm64" then .platform.variant = "v8" else . end]
      + [{mediaType: "application/vnd.oci.image.manifest.v1+json"} + $attestation + {platform: {architecture: "unknown", os: "unknown"},
          annotations: {"vnd.docker.reference.digest": $amd64, "vnd.docker.reference.type": "attestation-manifest"}}])}' "$1/index.json" >"$work/part"
  nested=$(blob "$1" "$work/part")
  jq -cn --argjson nested "$nested" --argjson signature "$signature" --arg tag "sha256-${amd64#sha256:}.sig" '{schemaVersion: 2, manifests: [
    {mediaType: "application/vnd.oci.image.index.v1+json"} + $nested + {annotations: {"org.opencontainers.image.ref.name": "latest"}},
    {mediaType: "application/vnd.oci.image.manifest.v1+json"} + $signature + {annotations: {"org.opencontainers.image.ref.name": $tag}}]}' >"$work/part"
  cp "$work/part" "$1/index.json"
}

make-docker-types() {
  cp -r "$out/debian-small" "$1"
  edit-manifest "$1" '.mediaType = "application/vnd.docker.distribution.manifest.v2+json"
    | .config.mediaType = "application/vnd.docker.container.image.v1+json"
    | .layers[].mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip"'
}

make-compressions() {
  local tree=$work/root number=0 name part tar=$work/part.tar packed=$work/part.packed
  rm -rf "$tree"; root "$tree"; rm -r "$tree/var/lib/dpkg"
  image "$1:latest"
  for name in alpha libbeta1 gamma-data delta epsilon; do
    status-d "$tree" "$name"
    add-folder "$1:latest" "$tree" "compressions-$name"
    rm -rf "$tree"; mkdir "$tree"
  done
  finish "$1:latest" amd64
  packages "$1:latest" >"$work/compressions.packages.tsv"             # umoci reads no other compression than gzip
  local type=application/vnd.oci.image.layer.v1.tar
  for number in 0 1 2 3 4; do
    gzip -dc "$(layer-path "$1" $number)" >"$tar"
    case $number in                                                   # and the media type says something else each time
      0) rm -f "$work"/member.*; split -n 3 "$tar" "$work/member."; : >"$packed"
         for part in "$work"/member.*; do gzip -9nc "$part" >>"$packed"; done; replace-layer "$1" 0 "$packed" "$type+zstd" ;;
      1) zstd -q -19 -c "$tar" >"$packed"; replace-layer "$1" 1 "$packed" "$type+gzip" ;;
      2) xz -6 -T1 -c "$tar" >"$packed"; replace-layer "$1" 2 "$packed" "$type" ;;
      3) bzip2 -9c "$tar" >"$packed"; replace-layer "$1" 3 "$packed" "$type+gzip" ;;
      4) replace-layer "$1" 4 "$tar" "$type+zstd" ;;
    esac
  done
}

make-blind() {
  local tree=$work/root place; rm -rf "$tree"
  place=$tree/usr/local/lib/luarocks/rocks-5.4/example/1.0-1
  mkdir -p "$tree/etc" "$tree/lib/apk/db" "$place"
  printf 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.1\nPRETTY_NAME="Alpine Linux v3.20"\n' >"$tree/etc/os-release"
  printf 'P:alpha\nV:1.0-r0\nA:x86_64\nT:example package\nL:MIT\no:alpha\nm:Ada Example <ada@example.org>\nD:so:libc.musl-x86_64.so.1\n\n' >"$tree/lib/apk/db/installed"
  printf 'package = "example"\nversion = "1.0-1"\n' >"$place/example-1.0-1.rockspec"
  image "$1:latest"; add-folder "$1:latest" "$tree" blind; finish "$1:latest" amd64
}

languages-2() { python3 "$here/languages.py" "$1" upgrade; }
make-languages() {
  local tree=$work/root; rm -rf "$tree"; mkdir "$tree"
  python3 "$here/languages.py" "$tree"
  image "$1:latest"; add-folder "$1:latest" "$tree" languages-1
  change "$1:latest" languages-2
  finish "$1:latest" amd64
}

alpine-2() {
  # An upgrade to a package in the format of apk-tools 3, a package less, and a file that somebody changed.
  awk 'BEGIN { RS = ""; ORS = "\n\n" } !/(^|\n)P:(alpha|old)\n/' "$1/usr/lib/apk/db/installed" >"$work/installed"
  cp "$work/installed" "$1/usr/lib/apk/db/installed"
  rm "$1/usr/share/old"
  apk-install "$1" <<'RECORDS'
P:alpha
V:2.0-r0
A:x86_64
S:1000
I:8192
T:the program this image is for
U:https://alpha.example.org/
L:MIT AND (BSD-2-Clause OR Apache-2.0)
o:alpha
m:Ada Example <ada@example.org>
t:1759990000
c:0123456789abcdef0123456789abcdef01234567
D:toolbox~1.36 so:libmini.so.1 !omega beta>=1.0_rc1 gamma<1
p:cmd:alpha=2.0-r0
g:example:tag
f:S
%file /etc/alpha.conf
%file /usr/bin/alpha
RECORDS
  echo 'changed' >"$1/usr/bin/toolbox"
}
make-alpine() {
  local tree=$work/root; rm -rf "$tree"
  mkdir -p "$tree/etc/apk" "$tree/usr/lib" "$tree/usr/bin"; ln -s usr/lib "$tree/lib"; ln -s usr/bin "$tree/bin"
  printf 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.23.0\nPRETTY_NAME="Alpine Linux v3.23"\n' >"$tree/etc/os-release"
  printf '%s\n' toolbox alpha 'docs@edge' '.build-deps><Q13WGbp0jffzS9a21ZfwiibofdxUQ=' '!omega' >"$tree/etc/apk/world"
  apk-install "$tree" <<'RECORDS'
P:libmini
V:1.2.5-r0
A:x86_64
I:4096
T:the library that everything needs
L:MIT
o:mini
m:Ada Example <ada@example.org>
t:1750000000
p:so:libmini.so.1=1.2.5
%file /usr/lib/libmini.so.1

P:toolbox
V:1.36.1-r2
A:x86_64
I:8192
T:many tools in one program
L:GPL-2.0-only
o:toolbox
m:Ada Example <ada@example.org>
D:so:libmini.so.1
p:/bin/sh cmd:toolbox=1.36.1-r2
%file /usr/bin/toolbox
%link /usr/bin/sh /bin/toolbox

P:alpha
V:2.0_rc1-r3
A:x86_64
T:the program this image is for
L:MIT
D:toolbox so:libmini.so.1
%file /etc/alpha.conf
%file /usr/bin/alpha

P:alpha-doc
V:2.0-r0
A:noarch
T:the documentation of alpha
L:MIT
o:alpha
i:docs alpha
%file /usr/share/doc/alpha/README

P:beta
V:1.0-r0
A:x86_64
T:a package with the names of licenses of an older time
L:GPL2 BSD
o:beta-suite
D:/bin/sh
p:gamma
%file /usr/bin/beta

P:docs
V:0.2-r5
A:noarch
I:0
T:a package whose presence brings documentation
L:MIT
o:docs

P:old
V:1.0-r0
A:noarch
T:a package that the second layer removes
L:MIT
%file /usr/share/old

P:zeta
V:5-r0
A:x86_64
T:a package with needs that nothing meets
L:MIT
D:beta<1.0_rc1 gamma>=0 missing cmd:toolbox>9 so:libmini.so.1>=1 toolbox~1.36.1

P:.build-deps
V:20251009.085320
A:noarch
I:0
T:virtual meta package
D:zeta
RECORDS
  image "$1:latest"; add-folder "$1:latest" "$tree" alpine-1; change "$1:latest" alpine-2; finish "$1:latest" amd64
}

make-scratch() {
  local tree=$work/root; rm -rf "$tree"; mkdir -p "$tree"; echo 'a static program' >"$tree/program"; chmod 755 "$tree/program"
  image "$1:latest"; add-folder "$1:latest" "$tree" scratch; finish "$1:latest" amd64
}

rpm-packages() {
  rpms "$work/rpms" <<'SPECS'
Name: alpha
Epoch: 1
Version: 2.3
Release: 4
License: MIT AND BSD-3-Clause
URL: https://alpha.example.org/
Packager: Ada Example <ada@example.org>
Requires: libbeta.so.1()(64bit), gamma > 3.0, /bin/sh, (delta-doc or delta-data), mail-agent, json-parser >= 2.0
Requires: config(alpha) = 1:2.3-4, /usr/bin/alpha
Requires(post): linker
Provides: config(alpha) = 1:2.3-4
Recommends: extras
Suggests: nothing-at-all
%description
The program this image is for. It has everything a header can have, and a description
of several lines.

This is the second paragraph: “quoted”, with <angle brackets> & more.
  * and a line that is to stay as it is

%{lua: for line = 1, 80 do print("Line " .. line .. " of 80, so that no page of a database holds all of this.\n") end}
%package tools
Summary: tools that come from the same source
Requires: alpha > 2.4, alpha >= 1:2.4, libbeta < 1.0
%description tools
1:2.3 is later than 2.4, and 1.0~rc2 earlier than 1.0.
%files
%config /etc/alpha.conf
/usr/bin/alpha
%files tools
/usr/bin/alpha-tool

Name: libbeta
Version: 1.0~rc2
Release: 1
License: GPLv2+ and MIT
Provides: libbeta.so.1()(64bit)
%files
/usr/lib64/libbeta.so.1

Name: gamma
Version: 3.0^git20250101
Release: 2
License: GPL-2.0-only WITH Classpath-exception-2.0

Name: shell
Version: 5.2
Release: 1
Provides: linker = 1
%files
/usr/bin/sh

Name: delta-data
Version: 0.9
Release: 1
BuildArch: noarch
Requires: (alpha if shell), (nowhere if elsewhere)

Name: postbox
Version: 1.0
Release: 1
BuildArch: noarch
Provides: mail-agent

Name: letterbox
Version: 2.0
Release: 1
BuildArch: noarch
Provides: mail-agent = 2.0

Name: json
Version: 1.1
Release: 9
Provides: json-parser = 1.0

Name: json
Version: 2.1
Release: 1
Provides: json-parser = 2.1

Name: stream
Version: 10.2
Release: 1.module+7+0badcafe
Vendor: Example Streams Inc.
ModularityLabel: stream:10:20251009085320:0badcafe
Requires: mail-agent >= 3.0

Name: obsolete
Version: 1.0
Release: 1
BuildArch: noarch
%files
/usr/share/obsolete/README

Name: zeta
Version: 0.1
Release: 1
BuildArch: noarch
Requires: nowhere >= 1.0, gamma < 3.0, /usr/bin/ghost, (nowhere and shell), obsolete

Name: extras
Version: 2.0
Release: 1
BuildArch: noarch
Supplements: alpha
Obsoletes: obsolete < 2.0
SPECS
}
rpm-first() { mapfile -t first < <(ls "$work"/rpms/*.rpm | grep -vE '/(json-2|extras)'); root-rpm "$1" -i "${first[@]}"; }
rpm-more() { root-rpm "$1" -U "$work"/rpms/{json-2,extras}*.rpm; }

make-rpm-small() {
  rpm-packages
  local tree=$work/root; rm -rf "$tree"; rpm-root "$tree" fedora 40 'Fedora Linux'; sysimage "$tree"
  rpm-first "$tree"
  cp "$tree/usr/lib/sysimage/rpm/rpmdb.sqlite" "$work/first.sqlite"
  image "$1:latest"; add-folder "$1:latest" "$tree" rpm-first; change "$1:latest" rpm-more; finish "$1:latest" amd64
  cp "$work/bundle/rootfs/usr/lib/sysimage/rpm/rpmdb.sqlite" "$work/rpmdb.sqlite"
}
make-rpm-hotwal() {
  local tree=$work/root; rm -rf "$tree"; rpm-root "$tree" fedora 40 'Fedora Linux'; sysimage "$tree"
  rpm-first "$tree"
  through=("$here/rpmdb.py" hot "$tree/usr/lib/sysimage/rpm/rpmdb.sqlite")
  rpm-more "$tree"
  through=()
  image "$1:latest"; add-folder "$1:latest" "$tree" rpm-hotwal; finish "$1:latest" amd64
}
make-rpm-ndb() {
  local tree=$work/root; rm -rf "$tree"; rpm-root "$tree" opensuse-tumbleweed 20251009 'openSUSE Tumbleweed'; sysimage "$tree"
  "$here/rpmdb.py" ndb "$work/rpmdb.sqlite" "$tree/usr/lib/sysimage/rpm/Packages.db"
  image "$1:latest"; add-folder "$1:latest" "$tree" rpm-ndb; finish "$1:latest" amd64
}
make-rpm-bdb() {
  local tree=$work/root; rm -rf "$tree"; rpm-root "$tree" centos 7 'CentOS Linux'; mkdir "$tree/var/lib/rpm"
  "$here/rpmdb.py" bdb "$work/rpmdb.sqlite" "$tree/var/lib/rpm/Packages"
  image "$1:latest"; add-folder "$1:latest" "$tree" rpm-bdb; finish "$1:latest" amd64
}
make-rpm-two-databases() {
  local tree=$work/root; rm -rf "$tree"; rpm-root "$tree" fedora 40 'Fedora Linux'; mkdir -p "$tree"/{usr/lib/sysimage,var/lib}/rpm
  cp "$work/rpmdb.sqlite" "$tree/usr/lib/sysimage/rpm/"
  "$here/rpmdb.py" bdb "$work/first.sqlite" "$tree/var/lib/rpm/Packages"
  image "$1:latest"; add-folder "$1:latest" "$tree" rpm-two-databases; finish "$1:latest" amd64
}

# partial LAYOUT: debian-small's first layer alone; a layer of one file, for what follows, is left in $work/second.tar.gz.
partial() {
  cp -r "$out/debian-small" "$1"
  rm "$(layer-path "$1" 1)"
  edit-config "$1" 'del(.rootfs.diff_ids[1], .history[1])'
  edit-manifest "$1" 'del(.layers[1])'
  rm -rf "$work/root"; mkdir -p "$work/root/opt/licensed"; echo 'not for everyone' >"$work/root/opt/licensed/file"
  tar-of "$work/root" "$work/second.tar"; gzip -9nc "$work/second.tar" >"$work/second.tar.gz"
  edit-config "$1" '.rootfs.diff_ids[1] = "sha256:" + $diff | .history[1] = .history[0] + {created_by: "second"}' --arg diff "$(sha256sum <"$work/second.tar" | cut -d' ' -f1)"
}
make-foreign() {
  partial "$1"
  local absent; absent=$(blob "$work/elsewhere" "$work/second.tar.gz")
  edit-manifest "$1" '.layers[1] = {mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"} + $absent
    + {urls: ["https://layers.example.org/second.tar.gz"]}' --argjson absent "$absent"
}
make-encrypted() {
  partial "$1"
  openssl enc -aes-256-ctr -K "$(printf '%064d' 7)" -iv "$(printf '%032d' 7)" -in "$work/second.tar.gz" -out "$work/second.encrypted"
  edit-manifest "$1" '.layers[1] = {mediaType: "application/vnd.oci.image.layer.v1.tar+gzip+encrypted"} + $blob
    + {annotations: {"org.opencontainers.image.enc.keys.jwe": "bm90IGEga2V5", "org.opencontainers.image.enc.pubopts": "bm90IG9wdGlvbnM="}}' \
    --argjson blob "$(blob "$1" "$work/second.encrypted")"
}

# flip FILE OFFSET: another byte there.
flip() { printf "\\x$(printf %02x $((0x$(od -An -tx1 -j "$2" -N 1 "$1" | tr -d ' ') ^ 0xff)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
make-damaged() {
  local tree=$work/root tiny=$work/tiny name layer
  rm -rf "$tree" "$tiny"; root "$tree"; root-dpkg "$tree" --install "$work"/simple/gamma-data_*.deb
  image "$tiny:latest"; add-folder "$tiny:latest" "$tree" tiny; finish "$tiny:latest" amd64
  mkdir -p "$1"
  for name in wrong-digest truncated-layer truncated-gzip missing-blob wrong-diffid size-mismatch bad-index-json no-image two-images; do cp -r "$tiny" "$1/$name"; done
  layer=$(layer-path "$tiny" 0); layer=${layer#"$tiny"/}
  flip "$1/wrong-digest/$layer" 100
  truncate -s -40 "$1/truncated-layer/$layer"
  head -c -40 "$tiny/$layer" >"$work/part"
  replace-layer "$1/truncated-gzip" 0 "$work/part" application/vnd.oci.image.layer.v1.tar+gzip
  rm "$1/missing-blob/$layer"
  edit-config "$1/wrong-diffid" '.rootfs.diff_ids[0] |= sub("[0-9a-f]{8}$"; "00000000")'
  edit-manifest "$1/size-mismatch" '.layers[0].size += 1'
  head -c 100 "$tiny/index.json" >"$1/bad-index-json/index.json"
  echo -n '{"name":"example","version":"0.1.0","apiVersion":"v2"}' >"$work/part"
  rm "$(blob-path "$1/no-image" "$(jq -r .config.digest "$(manifest-path "$1/no-image")")")"
  edit-manifest "$1/no-image" '.config = {mediaType: "application/vnd.cncf.helm.config.v1+json"} + $config
    | .layers[0].mediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"' --argjson config "$(blob "$1/no-image" "$work/part")"
  umoci new --image "$1/two-images:old"
  umoci config --image "$1/two-images:old" --created=2024-01-01T00:00:00Z --os=linux --architecture=amd64 --no-history
  umoci tag --image "$1/two-images:latest" new && umoci rm --image "$1/two-images:latest" && umoci gc --layout "$1/two-images"
  mkdir "$1/not-a-layout" && echo 'A folder, and no image in it.' >"$1/not-a-layout/README"
}

# --- What the real tools say ----------------------------------------------------------------------------------------------

# packages LAYOUT:TAG: what dpkg-query lists on the unpacked image; records in status.d get the Status line they lack.
packages() { umoci-unpack "$1" && packages-in "$work/unpacked"; }
umoci-unpack() { rm -rf "$work/unpacked" && quietly umoci raw unpack --image "$1" "$work/unpacked"; }
packages-in() {
  local database=$work/admindir record
  rm -rf "$database" && mkdir -p "$database"/{info,updates}
  cp "$1/var/lib/dpkg/status" "$database/status" 2>/dev/null || : >"$database/status"
  [[ ! -e $1/var/lib/dpkg/arch ]] || cp "$1/var/lib/dpkg/arch" "$database/arch"
  for record in "$1"/var/lib/dpkg/status.d/*; do
    [[ -e $record && $record != *.md5sums ]] || continue
    printf '\nStatus: install ok installed\n' >>"$database/status" && cat "$record" >>"$database/status"
  done
  dpkg-query --admindir="$database" -W -f '${Package}\t${Version}\t${Architecture}\t${db:Status-Status}\n' 2>"$work/dpkg-query.log" | sort
}

# rpm-packages-of NAME PLACE [rpm options]: what rpm lists of the database there.
rpm-packages-of() {
  umoci-unpack "$out/$1:latest"
  env HOME="$work" rpm --dbpath "$work/unpacked/$2" "${@:3}" -qa --qf '%{NAME}\t%{EVR}\t%{ARCH}\tinstalled\n' 2>"$work/rpm.log" | sort
}

check() {
  local name
  for name in debian-small debian-layers links distroless blind languages alpine scratch rpm-small rpm-hotwal rpm-ndb rpm-bdb rpm-two-databases; do   # it takes no Docker types in a layout
    skopeo inspect "oci:$out/$name:latest" >/dev/null || die "skopeo does not read $name"
  done
  for name in amd64 arm64; do
    skopeo --override-arch "$name" inspect "oci:$out/multiarch:latest" | jq -e ".Architecture == \"$name\"" >/dev/null || die "skopeo does not find $name in multiarch"
  done
  for name in debian-small debian-layers links distroless; do packages "$out/$name:latest" >"$out/expected/$name.packages.tsv"; done
  umoci-unpack "$out/alpine:latest"
  awk 'BEGIN { RS = ""; FS = "\n"; OFS = "\t" }
    { split("", field); for (i = 1; i <= NF; i++) field[substr($i, 1, 1)] = substr($i, 3); print field["P"], field["V"], field["A"], "installed" }' \
    "$work/unpacked/usr/lib/apk/db/installed" | sort >"$out/expected/alpine.packages.tsv"
  cp "$out/expected/debian-small.packages.tsv" "$out/expected/docker-types.packages.tsv"
  mv "$work/compressions.packages.tsv" "$out/expected/compressions.packages.tsv"
  for name in rpm-small rpm-hotwal rpm-two-databases; do
    rpm-packages-of "$name" usr/lib/sysimage/rpm >"$out/expected/$name.packages.tsv"
  done
  rpm-packages-of rpm-bdb var/lib/rpm --define '_db_backend bdb_ro' >"$out/expected/rpm-bdb.packages.tsv"
  cp "$out/expected/rpm-small.packages.tsv" "$out/expected/rpm-ndb.packages.tsv"                      # this rpm reads no NDB
  for name in rpm-hotwal rpm-bdb rpm-two-databases; do
    cmp "$out/expected/rpm-small.packages.tsv" "$out/expected/$name.packages.tsv" || die "$name does not hold what rpm-small does"
  done
  for name in foreign encrypted; do
    rm -rf "$work/unpacked" && mkdir "$work/unpacked" && tar -xzf "$(layer-path "$out/$name" 0)" -C "$work/unpacked"
    packages-in "$work/unpacked" >"$out/expected/$name.packages.tsv"
  done
  for name in amd64 arm64; do
    skopeo --override-arch "$name" copy --quiet --insecure-policy "oci:$out/multiarch:latest" "oci:$work/$name:latest"
    packages "$work/$name:latest" >"$out/expected/multiarch-$name.packages.tsv"
  done
  # Every layer of compressions is, decompressed, what the configuration says it is.
  local number=0 read=(gzip zstd xz bzip2 cat) config
  config=$(blob-path "$out/compressions" "$(jq -r .config.digest "$(manifest-path "$out/compressions")")")
  for name in "${read[@]}"; do
    [[ $name == cat ]] || name="$name -dcq"
    [[ sha256:$($name <"$(layer-path "$out/compressions" $number)" | sha256sum | cut -d' ' -f1) == $(jq -r ".rootfs.diff_ids[$number]" "$config") ]] ||
      die "layer $number of compressions is not what it should be"
    number=$((number + 1))
  done
}

simple-packages
for name in debian-small debian-layers links distroless multiarch docker-types compressions blind languages alpine scratch foreign encrypted damaged \
  rpm-small rpm-hotwal rpm-ndb rpm-bdb rpm-two-databases; do
  rm -rf "${out:?}/$name"
  "make-$name" "$out/$name"
done
check
find "$out" -path '*/blobs/*' -type f -exec chmod 644 {} +
du -sk --apparent-size "$out"/*/ | sed "s,$out/,," >&2
