#!/usr/bin/env python3
"""Compares what sbomkit finds changed and missing in an image with what `dpkg --verify` and `rpm -V` find.

    verification.py --sbomkit BINARY [--change SEED] IMAGE ...

An image is `rootfs:FOLDER`, or whatever `umoci raw unpack` takes, and is unpacked then. With `--change`, some files of the unpacked
image are changed, removed and replaced by links, at places that the seed determines; a folder is copied for that. The exit code
is 1 if something is found by one side alone. Runs as root, with dpkg, rpm and umoci.
"""
import argparse, collections, json, os, pathlib, random, re, shutil, subprocess, sys, tempfile

# The folders of documentation and translations, whose missing files a document counts (docs/files.md).
SPARE = re.compile(r"/usr/share/(doc|man|info|help|gtk-doc|doc-base|locale|groff|lintian|linda)(/|$)")
RPM_FOLDERS = ["usr/lib/sysimage/rpm", "var/lib/rpm", "usr/share/rpm"]


class Findings:
    """Paths by kind of difference; `spare` counts missing documentation, by package and path."""

    def __init__(self):
        self.changed, self.configuration, self.missing = set(), set(), set()
        self.replaced, self.links, self.spare, self.more = set(), set(), 0, 0

    def counts(self):
        return "%d changed, %d missing, %d replaced, %d links, %d of documentation" % (
            len(self.changed), len(self.missing), len(self.replaced), len(self.links), self.spare)


def ours(binary, image):
    """What a document of sbomkit says."""
    done = subprocess.run([binary, "generate", "-q", "--files", "modified", image], stdout=subprocess.PIPE, check=True)
    found = Findings()
    for package in json.loads(done.stdout)["packages"]:
        for note in package.get("annotations", []):
            name, _, value = note["comment"].partition(": ")
            if name == "FileState" and value.startswith("changed"):
                path = package["packageFileName"][1:]
                found.changed.add(path)
                if value == "changed configuration":
                    found.configuration.add(path)
            elif name in ("MissingFile", "MissingConfiguration"):
                found.missing.add(value)
                if name == "MissingConfiguration":
                    found.configuration.add(value)
            elif name == "MissingDocumentation":
                found.spare += int(value.split()[0])
            elif name == "ReplacedFile":
                found.replaced.add(value.partition(" is ")[0])
            elif name == "ChangedLink":
                found.links.add(value.partition(" leads to ")[0])
            elif name == "MoreDifferences":
                found.more += int(value)
    return found


def canonical(root, path):
    """The path without links in its folders, which lead nowhere out of the root."""
    done, parts, hops = [], path.strip("/").split("/"), 0
    while len(parts) > 1:
        part = parts.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            done = done[:-1]
            continue
        place = os.path.join(root, *done, part)
        if os.path.islink(place) and hops < 40:
            hops += 1
            target = os.readlink(place)
            done = [] if target.startswith("/") else done
            parts = target.strip("/").split("/") + parts
        else:
            done.append(part)
    return "/" + "/".join(done + parts)


def theirs(root, command, replaced):
    """What a package manager prints; `replaced` takes the flags of a line and says whether the kind of the file differs."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="surrogateescape",
                          env=dict(os.environ, LC_ALL="C"))
    found = Findings()
    for line in done.stdout.splitlines():
        match = re.match(r"(missing|[.?A-Z0-9]{9}) +(?:([a-z]) +)?(/.*?)(?: \([A-Z].*\))?$", line)
        if not match:
            continue
        flags, mark, path = match[1], match[2], canonical(root, match[3])
        if mark == "c":
            found.configuration.add(path)
        if flags == "missing":
            if SPARE.match(path) or mark == "d":
                found.spare += 1
            else:
                found.missing.add(path)
            continue
        if flags[2] == "5" or flags[0] == "S":
            found.changed.add(path)
        if flags[4] == "L":
            found.links.add(path)
        if replaced(flags):
            found.replaced.add(path)
    if done.returncode not in (0, 1, 2) or "error:" in done.stderr:
        sys.exit("%s: %s" % (" ".join(command), done.stderr[-2000:]))
    return found


def compare(name, mine, other, has_modes):
    """Prints what one side alone has; whether there is nothing."""
    problems = []

    def same(what, left, right):
        for path in sorted(left - right)[:20]:
            problems.append("%s: only sbomkit: %s" % (what, path))
        for path in sorted(right - left)[:20]:
            problems.append("%s: only %s: %s" % (what, name, path))

    # A replaced file has the contents of whatever the link leads to.
    same("changed", mine.changed - other.replaced, other.changed - mine.replaced)
    if not mine.more:
        same("missing", mine.missing, other.missing)
    elif len(mine.missing) + mine.more != len(other.missing):
        problems.append("missing: %d and %d" % (len(mine.missing) + mine.more, len(other.missing)))
    if mine.spare != other.spare:
        problems.append("missing documentation: %d and %d" % (mine.spare, other.spare))
    if has_modes:
        # rpm's M stands for the mode too, and of a link only its target is compared.
        same("replaced", mine.replaced - other.links, mine.replaced & other.replaced)
        same("links", mine.links, other.links - mine.replaced)
    else:
        same("replaced", mine.replaced, other.replaced)
    both = (mine.changed | mine.missing) & (other.changed | other.missing)
    same("configuration", mine.configuration & both, other.configuration & both)
    print("%s: sbomkit: %s; %s: %s" % (name, mine.counts(), name, other.counts()))
    for problem in problems:
        print("  " + problem)
    return not problems


def change(root, seed):
    """Changes, removes and replaces some regular files below usr, etc and opt."""
    source = random.Random(seed)
    files = []
    for top in ("usr", "etc", "opt"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            files += [os.path.join(folder, name) for name in names if os.path.isfile(os.path.join(folder, name))
                      and not os.path.islink(os.path.join(folder, name)) and "/rpm/" not in os.path.join(folder, name)]
    files.sort()
    chosen = source.sample(files, min(len(files), 90))
    chosen += source.sample([file for file in files if "/etc/" in file], min(20, sum("/etc/" in file for file in files)))
    for number, file in enumerate(dict.fromkeys(chosen)):
        if number % 3 == 0:
            with open(file, "ab") as out:
                out.write(b"changed\n")
        elif number % 3 == 1:
            os.remove(file)
        else:
            os.remove(file)
            os.symlink("nowhere", file)


def installed(root):
    """The packages of dpkg whose files are there; without names dpkg compares the configuration of removed packages too."""
    done = subprocess.run(["dpkg-query", "--admindir=" + root + "/var/lib/dpkg", "-W", "-f", "${db:Status-Status} ${binary:Package}\n"],
                          stdout=subprocess.PIPE, text=True, check=True)
    present = {"installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending"}
    return [line.split()[1] for line in done.stdout.splitlines() if line.split()[0] in present]


def check(binary, image, seed):
    """Whether both sides agree on an image."""
    with tempfile.TemporaryDirectory() as work:
        if image.startswith("rootfs:"):
            root = image.partition(":")[2]
            if seed is not None:
                shutil.copytree(root, work + "/root", symlinks=True)
                root = work + "/root"
        else:
            root = work + "/root"
            subprocess.run(["umoci", "raw", "unpack", "--rootless", "--image", image, root], check=True, stdout=subprocess.DEVNULL)
        if seed is not None:
            change(root, seed)
        source = "rootfs:" + root if seed is not None or image.startswith("rootfs:") else image
        mine = ours(binary, source)
        agrees, tools = True, 0
        if os.path.getsize(root + "/var/lib/dpkg/status") if os.path.exists(root + "/var/lib/dpkg/status") else 0:
            tools += 1
            other = theirs(root, ["dpkg", "--root=" + root, "--verify", *installed(root)], lambda flags: flags[1] == "M")
            # dpkg does not compare the contents of diverted files.
            path = pathlib.Path(root, "var/lib/dpkg/diversions")
            lines = path.read_text(errors="surrogateescape").splitlines() if path.exists() else []
            mine.changed -= {canonical(root, path) for path in lines[1::3]}
            agrees &= compare("dpkg", mine, other, False)
        for folder in RPM_FOLDERS:
            place = os.path.join(root, folder)
            if os.path.islink(place) or not any(os.path.exists(os.path.join(place, name)) for name in ("rpmdb.sqlite", "Packages")):
                continue
            tools += 1
            backend = [] if os.path.exists(os.path.join(place, "rpmdb.sqlite")) else ["--define", "_db_backend bdb_ro"]
            other = theirs(root, ["rpm", "--root", root, "--dbpath", "/" + folder, *backend, "-Va", "--nodeps", "--noscripts", "--nosignature",
                            "--nouser", "--nogroup", "--nomtime"], lambda flags: flags[1] == "M")
            agrees &= compare("rpm", mine, other, True)
        if not tools:
            sys.exit(image + ": no database of dpkg or rpm that the tools of this machine can read")
        return agrees


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sbomkit", required=True)
    parser.add_argument("--change", type=int, metavar="SEED")
    parser.add_argument("images", nargs="+", metavar="IMAGE")
    options = parser.parse_args()
    agrees = True
    for image in options.images:
        print(image)
        agrees &= check(os.path.abspath(options.sbomkit), image, options.change)
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    main()
