"""Functions about the whole network."""

from __future__ import annotations

from ..live import the_network
from ..network import Network


def get_full_model(net: Network | None = None) -> dict[str, list[str]]:
    """Return the names of all populations and projections: ``{"populations": [...], "projections": [...]}``."""
    found = the_network(net, "get_full_model")
    return {
        "populations": [p.name for p in found.get_populations()],
        "projections": [p.name for p in found.get_projections()],
    }


def annarchy_compiled(net: Network | None = None) -> bool:
    """Tell whether the network is compiled."""
    return the_network(net, "annarchy_compiled").compiled


def compile_in_folder(folder_name: str, silent: bool = False, net: Network | None = None) -> None:
    """Compile the network.

    Parameters
    ----------
    folder_name : str
        Accepted for compatibility: compiled models are found by their content, in the one cache.
    silent : bool
        Accepted for compatibility: nothing is printed in any case.
    net : Network, optional
    """
    the_network(net, f"compile_in_folder('{folder_name}')").compile(silent=silent)


def cnp_clear() -> None:
    """Forget the current network of `ranvier.compat.annarchy`; networks that are objects just go out of use."""
    from ..compat.session import SESSION

    SESSION.clear()
