#!/usr/bin/python3
"""inputs.py FOLDER [PACKAGES]: writes what the benchmarks read, the same every time.

rpmdb.sqlite holds invented packages (2,000 unless told) as rpm itself would write their headers, with files, versioned
and boolean requirements; status the like for dpkg. Needs Debian's python3-rpm."""
import os, random, sqlite3, sys

import rpm


def header(number, count, pick):
    head = rpm.hdr()
    name = "example-%04d" % number
    head[rpm.RPMTAG_NAME] = name
    head[rpm.RPMTAG_VERSION] = "%d.%d" % (number % 7, number % 11)
    head[rpm.RPMTAG_RELEASE] = "%d.el9" % (number % 5 + 1)
    head[rpm.RPMTAG_ARCH] = "x86_64"
    head[rpm.RPMTAG_OS] = "linux"
    head[rpm.RPMTAG_SUMMARY] = "An invented package"
    head[rpm.RPMTAG_DESCRIPTION] = "It does nothing, %d times over.\n" % number * 4
    head[rpm.RPMTAG_LICENSE] = "MIT AND BSD-3-Clause"
    head[rpm.RPMTAG_VENDOR] = "Example Project"
    head[rpm.RPMTAG_SOURCERPM] = name + "-1-1.src.rpm"
    provides = [name, name + "(x86-64)"] + ["lib%s-%d.so.1()(64bit)" % (name, one) for one in range(4)]
    evr = "%s-%s" % (head[rpm.RPMTAG_VERSION], head[rpm.RPMTAG_RELEASE])
    head[rpm.RPMTAG_PROVIDENAME] = provides
    head[rpm.RPMTAG_PROVIDEVERSION] = [evr, evr] + [""] * 4
    head[rpm.RPMTAG_PROVIDEFLAGS] = [8, 8] + [0] * 4
    needs = [("rpmlib(CompressedFileNames)", "3.0.4-1", 8 | 2 | 1 << 24), ("/usr/bin/example-%04d" % pick.randrange(count), "", 0)]
    for one in range(14):
        other = "example-%04d" % pick.randrange(count)
        needs.append(("lib%s-%d.so.1()(64bit)" % (other, pick.randrange(4)), "", 0))
    needs += [("example-%04d" % pick.randrange(count), "1.0", 4 | 8), ("(example-%04d or example-%04d)" % (pick.randrange(count), pick.randrange(count)), "", 1 << 29)]
    head[rpm.RPMTAG_REQUIRENAME] = [need[0] for need in needs]
    head[rpm.RPMTAG_REQUIREVERSION] = [need[1] for need in needs]
    head[rpm.RPMTAG_REQUIREFLAGS] = [need[2] for need in needs]
    files = [name] + ["file-%d.txt" % one for one in range(60)]
    head[rpm.RPMTAG_BASENAMES] = files
    head[rpm.RPMTAG_DIRNAMES] = ["/usr/bin/", "/usr/share/%s/" % name]
    head[rpm.RPMTAG_DIRINDEXES] = [0] + [1] * 60
    head[rpm.RPMTAG_FILEMODES] = [0o100644] * 61
    head[rpm.RPMTAG_FILESIZES] = [100] * 61
    head[rpm.RPMTAG_FILEMTIMES] = [1760000000] * 61
    head[rpm.RPMTAG_FILEDIGESTS] = ["%064x" % (number * 100 + one) for one in range(61)]
    head[rpm.RPMTAG_FILELINKTOS] = [""] * 61
    head[rpm.RPMTAG_FILEFLAGS] = [0] * 61
    head[rpm.RPMTAG_FILEUSERNAME] = ["root"] * 61
    head[rpm.RPMTAG_FILEGROUPNAME] = ["root"] * 61
    return head.unload()


def main():
    folder = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "rpmdb.sqlite")
    # rpm makes its own tables, so that librpm takes the file for one of its own.
    if os.path.exists(path):
        os.remove(path)
    rpm.addMacro("_dbpath", os.path.abspath(folder))
    rpm.addMacro("_db_backend", "sqlite")
    rpm.TransactionSet().initDB()
    pick = random.Random(1)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=DELETE")
    database.executemany("INSERT INTO Packages VALUES (?, ?)", ((number + 1, header(number, count, pick)) for number in range(count)))
    database.commit()
    database.close()
    with open(os.path.join(folder, "status"), "w") as file:
        for number in range(count * 3):
            needs = ", ".join("example-%04d (>= 0.%d) | example-none" % (pick.randrange(count * 3), one) for one in range(6))
            file.write(
                "Package: example-%04d\nStatus: install ok installed\nPriority: optional\nSection: libs\nInstalled-Size: 100\n"
                "Maintainer: Example Packaging Team <packages@example.org>\nArchitecture: amd64\nMulti-Arch: same\n"
                "Source: example (1.%d-1)\nVersion: 1:1.%d-%d\nProvides: virtual-%d (= 1), other-%d\nDepends: %s\n"
                "Description: an invented package\n It does nothing, and says so in a line that is as long as such lines are.\n"
                "Homepage: https://example.org/%d\n\n" % (number, number % 9, number % 9, number % 4 + 1, number % 97, number % 89, needs, number))


main()
