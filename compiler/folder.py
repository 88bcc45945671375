"""One cache folder: entries that are complete or absent, and nothing from a stranger.

::

    objects/<key>/       kernel.so, kernel.c and entry.json: size and checksum of the .so, how it was built
    records/<key>.json   checksum, then JSON
    work/<unique>/       builds under way; one older than a day was left by a process that was killed

Everything appears by one rename, so a process killed at any moment leaves at most something in ``work``. No locks.
A shared object is code: it is only handed out when it, its directory and the folder belong to the user, nobody else
can write them, and its content has the recorded checksum. Methods raise OSError where the disk does not play along.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .private import (
    checksum,
    is_ours,
    make_private,
    read_ours,
    refuse_shared,
    refuse_writable_by_others,
    remove,
    scan,
    seal,
    unseal,
    write_private,
)

#: An entry's time of last use is renewed when it is older than this (seconds), so a warm run mostly only reads.
TOUCH = 60.0
#: Entries used this recently (seconds) are never evicted: another process may be about to load them.
GRACE = 300.0
#: Work directories older than this (seconds) are litter.
STALE = 86400.0
#: Shown to be writable after a failed build before the C code is blamed (bytes).
HEADROOM = 4 << 20

SOURCE, OBJECT, RECORD = "kernel.c", "kernel.so", "entry.json"


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as seen by housekeeping: `size` in bytes, `used` = time of last use."""

    key: str
    path: str
    size: int
    used: float
    is_object: bool


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the layout above at `path`."""

    path: str

    def ensure(self) -> None:
        """Create the folder where it is missing; refuse it (PermissionError) where others could put code into it."""
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        refuse_writable_by_others(os.path.dirname(self.path))
        make_private(self.path)
        refuse_shared(self.path)
        for name in ("objects", "records", "work"):
            make_private(os.path.join(self.path, name))

    def find(self, key: str) -> str | None:
        """Return the path of the shared object of an entry, or None when there is none that is whole and ours."""
        folder = os.path.join(self.path, "objects", key)
        try:
            info = os.lstat(folder)
            if not (stat.S_ISDIR(info.st_mode) and is_ours(info)):
                return None
            record = unseal(read_ours(os.path.join(folder, RECORD)))
            content = read_ours(os.path.join(folder, OBJECT))
        except (OSError, ValueError):
            return None
        if record.get("size") != len(content) or record.get("checksum") != checksum(content):
            return None
        touch(folder, info)
        return os.path.join(folder, OBJECT)

    def find_any(self, prefix: str) -> str | None:
        """Return the shared object of any entry whose key starts with `prefix`, or None."""
        try:
            names = sorted(name for name in os.listdir(os.path.join(self.path, "objects")) if name.startswith(prefix))
        except OSError:
            return None
        return next((path for name in names if (path := self.find(name))), None)

    def work(self) -> str:
        """Return a new private directory for one build."""
        from tempfile import mkdtemp

        return mkdtemp(dir=os.path.join(self.path, "work"))

    def probe(self, work: str) -> None:
        """Write and remove a few megabytes in a work directory: OSError when the disk is full."""
        path = os.path.join(work, "probe")
        try:
            with open(path, "wb") as file:
                file.write(bytes(HEADROOM))
        finally:
            if os.path.exists(path):
                os.unlink(path)

    def publish(self, work: str, key: str, about: Mapping[str, object]) -> str:
        """Make a work directory with `SOURCE` and `OBJECT` the entry `key`; return the path of the shared object.

        When another process was faster, its entry stands; a broken or foreign one is replaced.
        """
        built = os.path.join(work, OBJECT)
        os.chmod(built, 0o700)
        with open(built, "rb") as file:
            content = file.read()
        write_private(os.path.join(work, RECORD), seal({"size": len(content), "checksum": checksum(content), **about}))
        target = os.path.join(self.path, "objects", key)
        for _ in range(4):
            try:
                os.rename(work, target)
                return os.path.join(target, OBJECT)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise
            if path := self.find(key):
                remove(work)
                return path
            self.discard(target)
        raise OSError(errno.EBUSY, "an entry that cannot be replaced", target)

    def load(self, key: str) -> dict[str, Any] | None:
        """Return a record, or None when there is none that is whole and ours."""
        path = os.path.join(self.path, "records", f"{key}.json")
        try:
            info = os.lstat(path)
            record = unseal(read_ours(path))
        except (OSError, ValueError):
            return None
        touch(path, info)
        return record

    def save(self, key: str, record: Mapping[str, object]) -> None:
        """Write a record, in place of one that is there."""
        work = self.work()
        try:
            fresh = os.path.join(work, RECORD)
            write_private(fresh, seal(record))
            os.replace(fresh, os.path.join(self.path, "records", f"{key}.json"))
        finally:
            remove(work)

    def items(self) -> Iterator[Item]:
        """Yield all entries and records; what vanishes meanwhile is left out."""
        for kind in ("objects", "records"):
            for entry in scan(os.path.join(self.path, kind)):
                try:
                    info = entry.stat(follow_symlinks=False)
                    files = [entry] if kind == "records" else scan(entry.path)
                    size = sum(file.stat(follow_symlinks=False).st_size for file in files)
                except OSError:
                    continue
                key = entry.name.removesuffix(".json")
                yield Item(key, entry.path, size, info.st_mtime, kind == "objects")

    def discard(self, path: str) -> None:
        """Take an entry or a record away in one step, then remove it; one that is already gone is no error."""
        away = os.path.join(self.path, "work", f"{os.path.basename(path)}.{os.getpid()}.{time.monotonic_ns()}")
        with suppress(FileNotFoundError):
            os.rename(path, away)
        remove(away)

    def trim(self, limit: int, in_use: frozenset[str] | set[str]) -> int:
        """Discard the least recently used entries if all together exceed `limit` bytes; return their size after that.

        Spared are keys `in_use` by this process and what any process used within `GRACE`.
        """
        items = sorted(self.items(), key=lambda item: item.used)
        total = sum(item.size for item in items)
        if total <= limit:
            return total
        before = time.time() - GRACE
        for item in items:
            if total <= 0.9 * limit or item.used > before:
                break
            if item.key not in in_use:
                self.discard(item.path)
                total -= item.size
        return total

    def sweep(self) -> None:
        """Remove what killed processes left in ``work`` more than a day ago."""
        before = time.time() - STALE
        for entry in scan(os.path.join(self.path, "work")):
            try:
                stale = entry.stat(follow_symlinks=False).st_mtime < before
            except OSError:
                continue
            if stale:
                remove(entry.path)


def touch(path: str, info: os.stat_result) -> None:
    """Note the use of an entry, if the last note is old."""
    if time.time() - info.st_mtime > TOUCH:
        with suppress(OSError):  # a read-only cache serves all the same
            os.utime(path)
