"""The cache as its users see it: level 1 (what a model compiles to), counters, and housekeeping by hand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from .store import open_store

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Counters:
    """What this process has done so far.

    Parameters
    ----------
    compiled : int
        Runs of the C compiler that gave a shared object.
    hits : int
        Requests for a shared object that needed none.
    loaded : set of str
        Shared objects handed out, by path.
    seconds : float
        Time spent in the C compiler, summed over parallel builds.
    """

    compiled: int = 0
    hits: int = 0
    loaded: set[str] = field(default_factory=set)
    seconds: float = 0.0
    process: int = field(default_factory=os.getpid)
    lock: Lock = field(default_factory=Lock)

    def note(self, path: str, *, compiled: bool, seconds: float = 0.0) -> None:
        """Count one request that ended with the shared object at `path`."""
        with self.lock:
            self._renew()
            self.compiled += compiled
            self.hits += not compiled
            self.loaded.add(path)
            self.seconds += seconds

    def read(self) -> dict[str, float]:
        """Return the figures as `stats` shows them."""
        with self.lock:
            self._renew()
            return {
                "compiled": self.compiled, "hits": self.hits, "loaded": len(self.loaded), "seconds": self.seconds
            }  # fmt: skip

    def _renew(self) -> None:
        """A forked process starts from zero."""
        if self.process != os.getpid():
            self.compiled, self.hits, self.loaded, self.seconds = 0, 0, set(), 0.0
            self.process = os.getpid()


COUNTERS = Counters()


def load_manifest(key: str) -> dict[str, Any] | None:
    """Return what `store_manifest` kept under `key`, or None; a damaged or foreign record counts as none."""
    return open_store().load(key)


def store_manifest(key: str, manifest: Mapping[str, Any]) -> None:
    """Keep a JSON-able dict under `key` (see `digest.model_key`); tuples come back as lists."""
    open_store().save(key, dict(manifest))


def stats() -> dict[str, float]:
    """Return what this process did.

    Returns
    -------
    dict
        ``compiled``: C compilations; ``hits``: requests that needed none; ``loaded``: different shared objects in
        use; ``seconds``: time spent in the C compiler.

    Examples
    --------
    >>> sorted(stats())
    ['compiled', 'hits', 'loaded', 'seconds']
    """
    return COUNTERS.read()


def path() -> Path:
    """Return the folder that compiled models go to."""
    from pathlib import Path

    return Path(open_store().path)


def clear() -> None:
    """Remove everything from the cache; what is loaded goes on working."""
    open_store().clear()


def info() -> dict[str, Any]:
    """Return the state of the cache.

    Returns
    -------
    dict
        ``path``; ``persistent``: False when the cache directory cannot be used and `path` ends with the process;
        ``objects`` and ``records``: numbers of compiled files and of manifests; ``bytes`` of all; ``limit`` in bytes.
    """
    store = open_store()
    items = store.items()
    objects = sum(item.is_object for item in items)
    return {
        "path": store.path,
        "persistent": store.persistent,
        "objects": objects,
        "records": len(items) - objects,
        "bytes": sum(item.size for item in items),
        "limit": store.limit,
    }


def verify() -> dict[str, Any]:
    """Check every entry as loading does and remove those that would not be used.

    Returns
    -------
    dict
        ``checked``: number of entries and records; ``broken``: paths of those removed.
    """
    checked, broken = 0, []
    for folder in open_store().folders():
        for item in folder.items():
            checked += 1
            whole = folder.find(item.key) if item.is_object else folder.load(item.key)
            if whole is None:
                broken.append(item.path)
                folder.discard(item.path)
    return {"checked": checked, "broken": broken}
