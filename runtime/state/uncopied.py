"""Objects of a network live in it: they are copied and stored with the network, by its own methods."""

from __future__ import annotations

from typing import Any, NoReturn

from ..problems import RuntimeProblem


class Uncopied:
    """What neither ``copy`` nor ``pickle`` may take apart: a network, and what shares its clock and arrays."""

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Refuse: a copy would share some arrays with the original, and miss others."""
        raise RuntimeProblem(
            f"A {type(self).__name__} can neither be pickled nor copied by itself.",
            "net.copy() copies a network, net.save(path) and Network.from_file(path) store one; models can be pickled",
        )
