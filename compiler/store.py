"""Where compiled models are kept: the user's cache directory or, where that cannot be used, a private temporary one."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from .errors import RanvierWarning
from .folder import Folder, Item

#: Name of the sub-folder; raised when the layout of `Folder` changes.
FORMAT = "v1"
DEFAULT_LIMIT = 1 << 30

T = TypeVar("T")


class Store:
    """The cache of one process in one directory.

    Parameters
    ----------
    base : str
        The cache directory; created where it is missing.
    limit : int
        Bytes above which the least recently used entries go.

    Notes
    -----
    The first time the directory cannot be used (refused, read-only, full), one warning says so, and from then on new
    entries go to a private temporary directory that ends with the process. Entries that can be read are used on.
    """

    def __init__(self, base: str, limit: int = DEFAULT_LIMIT) -> None:
        self.base = base
        self.limit = limit
        self.in_use: dict[str, tuple[str, os.stat_result]] = {}
        self._main: Folder | None = None
        self._private: tuple[int, Folder] | None = None
        self._writable = False
        self._warned = False
        self._lock = Lock()
        self._room = -1  # bytes that still fit; -1 = not known yet
        try:
            main = Folder(os.path.join(base, FORMAT))
            main.ensure()
            self._main, self._writable = main, True
        except OSError as error:
            self._fall_back(error)

    @property
    def path(self) -> str:
        """The folder that new entries go to."""
        return self._main.path if self._main is not None and self._writable else self._fallback().path

    @property
    def persistent(self) -> bool:
        """Whether new entries outlive the process."""
        return self._writable

    def folders(self) -> list[Folder]:
        """Return the folders in which entries are looked for."""
        private = [self._private[1]] if self._private else []
        return ([self._main] if self._main else []) + private

    def find(self, key: str) -> str | None:
        """Return the path of a shared object, checked when this process meets it first, or None."""
        if known := self.in_use.get(key):
            if _same_file(*known):
                return known[0]
            del self.in_use[key]
        return self._use(key, next((path for folder in self.folders() if (path := folder.find(key))), None))

    def find_any(self, prefix: str) -> str | None:
        """Return the shared object of any entry whose key starts with `prefix`, or None."""
        found = next((path for folder in self.folders() if (path := folder.find_any(prefix))), None)
        return self._use(os.path.basename(os.path.dirname(found)), found) if found else None

    def make(self, key: str, build: Callable[[Folder], str]) -> str:
        """Return the path of the shared object that `build` makes and publishes in the folder given to it."""
        # Twice: another process may clear the cache in between.
        path = self._use(key, self.write(build)) or self._use(key, self.write(build))
        if path is None:
            raise FileNotFoundError(errno.ENOENT, "new entries vanish", self.base)
        with suppress(OSError):
            self._account(path)
        return path

    def load(self, key: str) -> dict[str, Any] | None:
        """Return a record, or None."""
        return next((record for folder in self.folders() if (record := folder.load(key)) is not None), None)

    def save(self, key: str, record: dict[str, Any]) -> None:
        """Keep a record; on a machine without any room it is not kept, which costs time and nothing else."""
        with suppress(OSError):
            self.write(lambda folder: folder.save(key, record))

    def write(self, action: Callable[[Folder], T]) -> T:
        """Do something that writes in the cache directory, or else in the private one."""
        if self._main is not None and self._writable:
            try:
                self._main.ensure()
                return action(self._main)
            except OSError as error:
                self._fall_back(error)
        return action(self._fallback())

    def items(self) -> list[Item]:
        """Return all entries and records."""
        return [item for folder in self.folders() for item in folder.items()]

    def clear(self) -> None:
        """Remove all entries and records; shared objects that are loaded stay loaded."""
        for folder in self.folders():
            for item in folder.items():
                folder.discard(item.path)
        self.in_use.clear()

    def _use(self, key: str, path: str | None) -> str | None:
        if path is None:
            return None
        try:
            self.in_use[key] = (path, os.stat(path))
        except FileNotFoundError:
            return None
        return path

    def _account(self, path: str) -> None:
        """Housekeeping after a build: count the entry; where the bound is met, or at the first build, look around."""
        if self._main is None or not self._writable:
            return
        self._room -= sum(file.stat().st_size for file in os.scandir(os.path.dirname(path)))
        if self._room < 0:
            self._main.sweep()
            self._room = self.limit - self._main.trim(self.limit, set(self.in_use))

    def _fall_back(self, error: OSError) -> None:
        import warnings

        with self._lock:
            self._writable = False
            warned, self._warned = self._warned, True
        if warned:  # by another thread
            return
        path = error.filename or self.base
        warnings.warn(
            f"the compile cache {self.base} cannot be used ({path}: {error.strerror or error}); new kernels go to a "
            "private temporary directory, so the next process compiles them again (RANVIER_CACHE_DIR names another)",
            RanvierWarning,
            stacklevel=2,
        )

    def _fallback(self) -> Folder:
        """Return this process's private folder; a forked process makes its own."""
        with self._lock:
            if self._private is None or self._private[0] != os.getpid():
                import atexit
                from tempfile import mkdtemp

                folder = Folder(os.path.join(mkdtemp(prefix="ranvier-"), FORMAT))
                folder.ensure()
                self._private = (os.getpid(), folder)
                atexit.register(_remove_own, os.getpid(), os.path.dirname(folder.path))
            return self._private[1]


def _remove_own(process: int, path: str) -> None:
    if process == os.getpid():
        from .private import remove

        remove(path)


def _same_file(path: str, known: os.stat_result) -> bool:
    try:
        info = os.stat(path)
    except OSError:
        return False
    return (info.st_ino, info.st_size, info.st_mtime_ns) == (known.st_ino, known.st_size, known.st_mtime_ns)


def open_store() -> Store:
    """Return the store of the directory that the environment names now."""
    return _store_at(cache_directory(), size_limit())


@cache
def _store_at(base: str, limit: int) -> Store:
    return Store(base, limit)


def cache_directory() -> str:
    """Return $RANVIER_CACHE_DIR, or the platform's place for a user's caches."""
    home = os.path.expanduser("~")
    if chosen := os.environ.get("RANVIER_CACHE_DIR"):
        return os.path.abspath(os.path.expanduser(chosen))
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches", "ranvier")
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        return os.path.join(local, "ranvier", "cache")
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache"), "ranvier")


def size_limit() -> int:
    """Return $RANVIER_CACHE_SIZE in bytes (``500M``, ``2G``, or a plain number), 1 GiB when it is not set.

    Raises
    ------
    ValueError
        When it is set to something else.
    """
    text = os.environ.get("RANVIER_CACHE_SIZE", "").strip()
    if not text:
        return DEFAULT_LIMIT
    number = text.upper().removesuffix("B").removesuffix("I")
    unit = {"K": 10, "M": 20, "G": 30, "T": 40}.get(number[-1:], 0)
    try:
        return int(float(number[:-1] if unit else number) * (1 << unit))
    except (ValueError, OverflowError):
        raise ValueError(f"RANVIER_CACHE_SIZE must be a size such as 500M or 2G, not {text!r}") from None
