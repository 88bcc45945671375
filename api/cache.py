"""The compile cache: what it did, where it is, and housekeeping by hand (also ``ranvier cache``).

``RANVIER_CACHE_DIR`` names the directory and ``RANVIER_CACHE_SIZE`` bounds it (1 GiB).
"""

from ranvier.compiler import cache as _cache

clear = _cache.clear
info = _cache.info
path = _cache.path
stats = _cache.stats
verify = _cache.verify

__all__ = ["clear", "info", "path", "stats", "verify"]
