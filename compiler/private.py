"""Files that only the user can have written: reading, writing, sealing with a checksum, refusing others' directories.

On systems without user ids (Windows) the checks of owner and mode hold for every file.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from typing import Any


def make_private(path: str) -> None:
    """Create a directory that only the user can use; one that exists stays as it is."""
    try:
        os.mkdir(path, 0o700)
    except OSError:  # not only FileExistsError: a read-only file system may say so first
        if not os.path.isdir(path):
            raise


def refuse_shared(path: str) -> None:
    """Raise PermissionError unless a directory is the user's own and closed to everybody else."""
    info = os.stat(path)
    if hasattr(os, "getuid"):
        if info.st_uid != os.getuid():
            raise PermissionError(errno.EPERM, f"it belongs to another user (uid {info.st_uid})", path)
        if info.st_mode & 0o077:
            raise PermissionError(errno.EPERM, f"others have access to it; chmod 700 it (mode {info.st_mode:o})", path)


def refuse_writable_by_others(path: str) -> None:
    """Raise PermissionError when somebody else could exchange what lies in a directory."""
    info = os.stat(path)
    if hasattr(os, "getuid"):
        if info.st_uid not in (os.getuid(), 0):
            raise PermissionError(errno.EPERM, f"it belongs to another user (uid {info.st_uid})", path)
        if info.st_mode & 0o022 and not info.st_mode & stat.S_ISVTX:
            raise PermissionError(errno.EPERM, f"others can write it; chmod go-w it (mode {info.st_mode:o})", path)


def is_ours(info: os.stat_result) -> bool:
    """Tell whether a file belongs to the user and nobody else can write it."""
    return not hasattr(os, "getuid") or (info.st_uid == os.getuid() and not info.st_mode & 0o022)


def read_ours(path: str) -> bytes:
    """Return the content of a regular file of the user; OSError when it is anything else."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb", buffering=0) as file:
        info = os.fstat(handle)
        if not (stat.S_ISREG(info.st_mode) and is_ours(info)):
            raise PermissionError(errno.EPERM, "not the user's own file", path)
        return file.read()


def write_private(path: str, content: bytes) -> None:
    """Write a new file that only the user can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def remove(path: str) -> None:
    """Remove a file or a directory as far as possible."""
    from shutil import rmtree

    with suppress(OSError):
        os.unlink(path)
    rmtree(path, ignore_errors=True)


def scan(path: str) -> list[os.DirEntry[str]]:
    """Return what is in a directory; nothing when it is missing."""
    try:
        with os.scandir(path) as entries:
            return list(entries)
    except OSError:
        return []


def checksum(content: bytes) -> str:
    """Return the checksum that guards a file."""
    return blake2b(content, digest_size=16).hexdigest()


def seal(record: Mapping[str, object]) -> bytes:
    """Return a record as JSON behind its checksum."""
    content = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return checksum(content).encode() + b"\n" + content


def unseal(content: bytes) -> dict[str, Any]:
    """Return the record in a sealed text; ValueError when it is not whole."""
    guard, _, body = content.partition(b"\n")
    if guard.decode("ascii", "replace") != checksum(body):
        raise ValueError("checksum does not match")
    record = json.loads(body)
    if not isinstance(record, dict):
        raise ValueError("not a record")
    return record
