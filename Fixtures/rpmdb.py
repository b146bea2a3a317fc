#!/usr/bin/env python3
"""Puts the headers of an rpm database into what the rpm of make.sh does not write.

  rpmdb.py ndb rpmdb.sqlite Packages.db     NDB, as lib/backend/ndb/rpmpkg.c of rpm lays it out
  rpmdb.py bdb rpmdb.sqlite Packages        a hash table by the real Berkeley DB
  rpmdb.py hot rpmdb.sqlite COMMAND…        runs COMMAND and keeps all that it writes in the write-ahead log

The same bytes every time, by SOURCE_DATE_EPOCH.
"""
import os
import sqlite3
import struct
import subprocess
import sys
import zlib

PAGE, BLOCK = 4096, 16


def headers(path):
    """Every header by its number."""
    database = sqlite3.connect("file:%s?mode=ro" % os.path.abspath(path), uri=True)
    found = {number: bytes(blob) for number, blob in database.execute("select hnum, blob from Packages")}
    database.close()
    return found


def ndb(path, out):
    """Pages of slots, the first two slots' room being the file's head; then the blobs, in blocks. A number that is no
    longer in use leaves a free slot, as rpm does."""
    found = headers(path)
    last = max(found)
    pages = -(-(2 + last) * 16 // PAGE)
    slots, blobs = [], b""
    for number in range(1, last + 1):
        if number not in found:
            slots.append((0, 0, 0))
            continue
        blob = found[number]
        size = -(-(16 + len(blob) + 12) // BLOCK) * BLOCK
        start = struct.pack("<4s3I", b"BlbS", number, int(os.environ["SOURCE_DATE_EPOCH"]), len(blob)) + blob
        start = start.ljust(size - 12, b"\0")
        slots.append((number, (pages * PAGE + len(blobs)) // BLOCK, size // BLOCK))
        blobs += start + struct.pack("<2I4s", zlib.adler32(start), len(blob), b"BlbE")
    slots += [(0, 0, 0)] * (pages * PAGE // 16 - 2 - len(slots))
    head = struct.pack("<4s4I12x", b"RpmP", 0, 1 + last, pages, last + 1)
    with open(out, "wb") as file:
        file.write(head + b"".join(struct.pack("<4s3I", b"Slot", *slot) for slot in slots) + blobs)


def bdb(path, out):
    """Keys are numbers in this machine's order, four bytes long; number 0 has the highest that was ever given."""
    found = headers(path)
    lines = ["VERSION=3", "format=bytevalue", "type=hash", "db_pagesize=%d" % PAGE, "db_lorder=1234", "HEADER=END"]
    for number, value in [(0, struct.pack("<I", max(found)))] + sorted(found.items()):
        lines += [" " + struct.pack("<I", number).hex(), " " + value.hex()]
    subprocess.run(["db5.3_load", out], input="\n".join(lines + ["DATA=END", ""]), text=True, check=True)
    with open(out, "rb") as file:
        data = bytearray(file.read())
    settle(data)
    with open(out, "wb") as file:
        file.write(data)


def settle(data):
    """What Berkeley DB leaves to chance: the file's identity (device, inode, time), and the bytes of its memory in
    places where nothing is."""
    data[52:72] = b"fixture of sbomkit  "
    for page in range(PAGE, len(data), PAGE):
        entries, offset, kind = struct.unpack_from("<2HxB", data, page + 20)
        if kind == 7:                                    # overflow: what follows the content
            data[page + 26 + offset:page + PAGE] = bytes(PAGE - 26 - offset)
        elif kind in (2, 13):                            # hash: between the index and the items, and inside of references
            free = 26 + 2 * entries
            data[page + free:page + offset] = bytes(offset - free)
            for item in struct.unpack_from("<%dH" % entries, data, page + 26):
                if data[page + item] == 3:
                    data[page + item + 1:page + item + 4] = bytes(3)


def hot(path, command):
    """As long as somebody reads an older state, nobody can carry the log over into the database; what is copied then
    is what a snapshot of a running system has. The log's salts are random; here they are not."""
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("begin")
    reader.execute("select count(*) from Packages").fetchall()
    subprocess.run(command, check=True)
    with open(path, "rb") as database, open(path + "-wal", "rb") as log:
        database, log = database.read(), log.read()
    reader.close()
    for suffix in ("-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    with open(path, "wb") as file:
        file.write(database)
    with open(path + "-wal", "wb") as file:
        file.write(salted(log))


def salted(log):
    """The log with fixed salts, and every checksum anew: each goes on from the one before."""
    head = struct.pack(">6I", *struct.unpack_from(">4I", log), 0x53424F4D, 0x4B495421)
    order = "<>"[head[3] & 1]

    def checksum(data, so_far):
        first, second = so_far
        words = struct.unpack(order + "%dI" % (len(data) // 4), data)
        for even, odd in zip(words[::2], words[1::2]):
            first = (first + even + second) & 0xFFFFFFFF
            second = (second + odd + first) & 0xFFFFFFFF
        return first, second

    size = struct.unpack_from(">I", head, 8)[0]
    so_far = checksum(head, (0, 0))
    out = head + struct.pack(">2I", *so_far)
    for offset in range(32, len(log), 24 + size):
        frame, page = log[offset:offset + 8], log[offset + 24:offset + 24 + size]
        if log[offset + 8:offset + 16] != log[16:24]:
            break                                        # of an earlier round
        so_far = checksum(frame + page, so_far)
        out += frame + head[16:24] + struct.pack(">2I", *so_far) + page
    return out


if __name__ == "__main__":
    what, database, *rest = sys.argv[1:] if len(sys.argv) > 3 else ("", "")
    if what == "hot":
        hot(database, rest)
    elif what in ("ndb", "bdb"):
        {"ndb": ndb, "bdb": bdb}[what](database, *rest)
    else:
        sys.exit(__doc__)
