"""The current network: scripts without a network object mean one, as ANNarchy's do."""

from __future__ import annotations

import warnings
from typing import Any

from ranvier.compiler import RanvierWarning

from ..live import make_current, offer
from ..problems import UnknownName, ValueProblem
from ..rng import hash64
from .network import Network

#: Arguments of `setup` that choose how ANNarchy lays out or builds its code: results do not depend on them.
LAYOUT = frozenset(
    "paradigm structural_plasticity sparse_matrix_format sparse_matrix_storage_order only_int_idx_type visible_cores "
    "verbose suppress_warnings show_time trace_calls debug disable_parallel_rng use_seed_seq use_cpp_connectors "
    "disable_split_matrix disable_SIMD_SpMV disable_SIMD_Eq disable_bitmask disable_shared_library_time_offset".split()
)
#: Those that matter here, and the argument of `Network` that each becomes.
MEANT = {"dt": "dt", "seed": "seed", "num_threads": "threads", "precision": "precision", "dtype": "precision"}


class Session:
    """What `setup` was told, and the network that free functions mean; it is made when it is first needed."""

    def __init__(self) -> None:
        self._options: dict[str, Any] = {}
        self._network: Network | None = None
        self.method: str | None = None
        self._drawn = 0

    @property
    def in_use(self) -> Network | None:
        """The current network, None before anything was created in it."""
        return self._network

    @property
    def network(self) -> Network:
        """The current network."""
        if self._network is None:
            self._network = Network(**self._options)
            make_current(self._network)
        return self._network

    def clear(self) -> None:
        """Forget the current network and all options."""
        self._options, self._network, self.method, self._drawn = {}, None, None, 0
        make_current(None)

    def next_seed(self, what: str) -> int:
        """Return a seed for random values that belong to no object: another one at each call."""
        self._drawn += 1
        return hash64(self.network.seed, 0, what, self._drawn)

    def setup(self, **options: Any) -> None:
        """Set options of the current network, before anything is created in it; `dt` and `seed` until it has run."""
        for name in options:
            if name not in MEANT and name not in LAYOUT and name != "method":
                raise UnknownName("argument of setup()", name, sorted({*MEANT, *LAYOUT, "method"}))
        if options.get("paradigm", "openmp") == "cuda":
            warnings.warn("setup(paradigm='cuda'): runs on the processor.", RanvierWarning, stacklevel=3)
        self.method = options.get("method", self.method)
        chosen = {MEANT[name]: _value(name, value) for name, value in options.items() if name in MEANT}
        if self._network is not None:
            late = sorted(chosen.keys() - {"dt", "seed", "threads"})
            if late:
                raise ValueProblem(
                    f"setup({late[0]}=...) comes too late: the network has objects already.",
                    "call setup() before the first population, or clear() first",
                )
            for name, value in chosen.items():
                setattr(self._network, name, value)
        self._options |= chosen


def _value(name: str, value: Any) -> Any:
    """Return an option as `Network` takes it."""
    if name in ("precision", "dtype"):
        words = {"float": "single", "float32": "single", "single": "single", "double": "double", "float64": "double"}
        text = getattr(value, "__name__", str(value))
        if text not in words:
            raise ValueProblem(f"setup({name}={value!r}): 'float' or 'double'.")
        return words[text]
    return value


#: ANNarchy's scripts have one current network per process: this is it, and only this module and its callers know it.
SESSION = Session()
offer(lambda: SESSION.network)
