"""Writes the root file system of the fixture `languages`: packages of each kind that files show.

    languages.py ROOT          the first layer
    languages.py ROOT upgrade  what the second one changes

The tools that write such files need registries, so the files are made here, in the form that the tools give them.
"""
import io, json, os, struct, sys, zipfile, zlib

ROOT = sys.argv[1]


def write(path, content, mode=0o644):
    place = os.path.join(ROOT, path)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "wb") as stream:
        stream.write(content if isinstance(content, bytes) else content.encode())
    os.chmod(place, mode)


def metadata(name, version, *lines):
    return f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n" + "".join(f"{line}\n" for line in lines) + "\nText.\n"


def wheel(site, name, version, *lines, requested=False, files=()):
    folder = f"{site}/{name.replace('-', '_')}-{version}.dist-info"
    write(f"{folder}/METADATA", metadata(name, version, *lines))
    write(f"{folder}/INSTALLER", "pip\n")
    write(f"{folder}/RECORD", "".join(f"{file},,\n" for file in (*files, f"{os.path.basename(folder)}/METADATA")))
    if requested:
        write(f"{folder}/REQUESTED", "")


def executable(sections):
    """An executable in ELF for x86-64 with a segment for data, a segment for notes, and a table of sections."""
    offset = 64 + 2 * 56
    data, table, names = b"", [(0, 0, 0, 0, 0)], b"\0"
    segments = []
    for name, kind, flags, content in sections:
        data += b"\0" * (-(offset + len(data)) % 16)
        place = offset + len(data)
        data += content
        table.append((len(names), kind, flags, place, len(content)))
        names += name.encode() + b"\0"
        if flags & 1:
            segments.append((1, 6, place, len(content)))
        if kind == 7:
            segments.append((4, 4, place, len(content)))
    table.append((len(names), 3, 0, offset + len(data), 0))
    names += b".shstrtab\0"
    table[-1] = (*table[-1][:4], len(names))
    data += names
    data += b"\0" * (-(offset + len(data)) % 8)
    start = offset + len(data)
    header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, 0x400000, 64, start, 0, 64, 56, len(segments), 64, len(table), len(table) - 1)
    programs = b"".join(struct.pack("<IIQQQQQQ", kind, flags, place, 0x400000 + place, 0, size, size, 16 if kind == 1 else 4)
                        for kind, flags, place, size in segments)
    programs += bytes(offset - 64 - len(programs))
    rows = b"".join(struct.pack("<IIQQQQIIQQ", name, kind, flags, 0, place, size, 0, 0, 4, 0) for name, kind, flags, place, size in table)
    return header + programs + data + rows


def length(value):
    result = b""
    while value > 0x7F:
        result += bytes([value & 0x7F | 0x80])
        value >>= 7
    return result + bytes([value])


def go_program():
    information = ("path\texample.org/cmd/server\nmod\texample.org/server\tv1.2.0\th1:main=\n"
                   "dep\texample.org/router\tv1.8.1\th1:router=\ndep\texample.org/Log\tv0.9.0\th1:log=\n"
                   "=>\texample.org/fork/Log\tv0.9.1\th1:fork=\nbuild\tGOARCH=amd64\nbuild\tvcs.revision=0123abcd\n")
    version, text = b"go1.22.3", bytes(range(16)) + information.encode() + bytes(range(16))
    blob = b"\xff Go buildinf:" + b"\x08\x02" + bytes(16) + length(len(version)) + version + length(len(text)) + text
    return executable([(".go.buildinfo", 1, 3, blob)])


def rust_program():
    crates = {"packages": [
        {"name": "tool", "version": "0.3.0", "source": "local", "dependencies": [1], "root": True},
        {"name": "parser", "version": "1.4.2", "source": "crates.io", "dependencies": []}]}
    return executable([(".data", 1, 3, b"\1" * 16), (".dep-v0", 1, 0, zlib.compress(json.dumps(crates).encode()))])


def noted_program():
    note = json.dumps({"type": "rpm", "os": "fedora", "osVersion": "40", "name": "coreutils", "version": "9.4-7.fc40",
                       "architecture": "x86_64"}).encode() + b"\0"
    note += b"\0" * (-len(note) % 4)
    return executable([(".note.package", 7, 2, struct.pack("<III", 4, len(note), 0xCAFE1A7E) + b"FDO\0" + note)])


def jar(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()


def maven(group, artifact, version, *more):
    properties = f"groupId={group}\nartifactId={artifact}\nversion={version}\n"
    return jar([("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n\n"),
                (f"META-INF/maven/{group}/{artifact}/pom.properties", properties), *more])


def first():
    write("etc/os-release", 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')
    write("var/lib/dpkg/status", "Package: python3-owned\nStatus: install ok installed\nArchitecture: all\nVersion: 1.0-2\n"
          "Maintainer: Ada Example <ada@example.org>\nDescription: a module\n")
    owned = "usr/lib/python3/dist-packages/owned-1.0.egg-info/PKG-INFO"
    write(owned, metadata("owned", "1.0"))
    write("var/lib/dpkg/info/python3-owned.list", f"/.\n/{owned}\n")
    write("usr/local/bin/server", go_program(), 0o755)
    write("usr/local/bin/tool", rust_program(), 0o755)
    write("usr/local/bin/copied", noted_program(), 0o755)
    site = "usr/local/lib/python3.12/site-packages"
    wheel(site, "web", "2.1", "License-Expression: MIT", "Requires-Dist: util-lib>=1", requested=True)
    wheel(site, "util-lib", "1.5", "Author: Ada Example", "Requires-Dist: windows-only; sys_platform == 'win32'")
    write("usr/local/include/python3.12/patchlevel.h", '#define PY_VERSION "3.12.4"\n')
    write("usr/local/bin/python3.12", executable([(".data", 1, 3, b"\2" * 16)]), 0o755)
    app = "srv/app"
    write(f"{app}/package.json", json.dumps({"name": "app", "version": "3.0.0", "dependencies": {"@scope/a": "^1.0.0"}}))
    a = {"name": "@scope/a", "version": "1.0.2", "license": "ISC", "dependencies": {"b": "2"}}
    b = {"name": "b", "version": "2.0.0", "license": "MIT"}
    write(f"{app}/node_modules/@scope/a/package.json", json.dumps(a))
    write(f"{app}/node_modules/b/package.json", json.dumps(b))
    write(f"{app}/node_modules/.package-lock.json", json.dumps({"name": "app", "lockfileVersion": 3, "packages": {
        "node_modules/@scope/a": {"version": "1.0.2", "dependencies": {"b": "2"}},
        "node_modules/b": {"version": "2.0.0", "integrity": "sha512-" + "A" * 86 + "=="}}}))
    library = maven("org.example", "library", "2.0")
    pom = ("<project><groupId>org.example</groupId><artifactId>service</artifactId><version>1.0</version>"
           "<licenses><license><name>Apache-2.0</name></license></licenses><dependencies><dependency><groupId>org.example</groupId>"
           "<artifactId>library</artifactId><version>2.0</version></dependency></dependencies></project>")
    write("opt/service/service-1.0.jar", maven(
        "org.example", "service", "1.0", ("META-INF/maven/org.example/service/pom.xml", pom), ("BOOT-INF/lib/library-2.0.jar", library)))
    write("opt/dotnet/App.deps.json", json.dumps({
        "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0"},
        "targets": {".NETCoreApp,Version=v8.0": {
            "App/1.0.0": {"dependencies": {"Example.Json": "13.0.3"}, "runtime": {"App.dll": {}}},
            "Example.Json/13.0.3": {"runtime": {"lib/net6.0/Example.Json.dll": {}}}}},
        "libraries": {"App/1.0.0": {"type": "project"}, "Example.Json/13.0.3": {"type": "package", "sha512": ""}}}))
    gems = "usr/local/bundle"
    write(f"{gems}/specifications/rackish-3.0.8.gemspec", "# -*- encoding: utf-8 -*-\n# stub: rackish 3.0.8 ruby lib\n\n"
          'Gem::Specification.new do |s|\n  s.name = "rackish".freeze\n  s.version = "3.0.8"\n  s.licenses = ["MIT".freeze]\nend\n')
    write(f"{gems}/specifications/webby-1.1.gemspec", "# -*- encoding: utf-8 -*-\n# stub: webby 1.1 ruby lib\n\n"
          'Gem::Specification.new do |s|\n  s.name = "webby".freeze\n  s.version = "1.1"\n'
          '  s.add_runtime_dependency(%q<rackish>.freeze, ["~> 3.0"])\nend\n')
    vendor = "srv/php/vendor"
    write(f"{vendor}/composer/installed.json", json.dumps({"packages": [
        {"name": "example/log", "version": "v1.2.3", "license": ["MIT"], "type": "library", "require": {"php": ">=8", "example/clock": "^1"},
         "install-path": "../example/log"},
        {"name": "example/clock", "version": "1.0.0", "license": ["MIT"], "type": "library", "install-path": "../example/clock"}],
        "dev": False, "dev-package-names": []}))
    write(f"{vendor}/example/log/composer.json", "{}")
    write(f"{vendor}/example/clock/composer.json", "{}")
    write("opt/conda/conda-meta/zlibby-1.3-0.json", json.dumps({
        "name": "zlibby", "version": "1.3", "build": "0", "build_number": 0, "channel": "https://conda.example.org/main/linux-64",
        "subdir": "linux-64", "fn": "zlibby-1.3-0.conda", "license": "Zlib", "depends": [], "files": ["lib/libzlibby.so"],
        "requested_spec": "zlibby"}))
    write("usr/local/lib/R/site-library/curve/DESCRIPTION", "Package: curve\nVersion: 0.4-1\nLicense: GPL-3\nRepository: CRAN\n"
          "Built: R 4.4.1; ; 2025-01-01 00:00:00 UTC; unix\n")


def upgrade():
    site = "usr/local/lib/python3.12/site-packages"
    for name in ("METADATA", "INSTALLER", "RECORD", "REQUESTED"):
        os.remove(f"{ROOT}/{site}/web-2.1.dist-info/{name}")
    os.rmdir(f"{ROOT}/{site}/web-2.1.dist-info")
    wheel(site, "web", "2.2", "License-Expression: MIT", "Requires-Dist: util-lib>=1", "Requires-Dist: absent", requested=True)


first() if len(sys.argv) == 2 else upgrade()
