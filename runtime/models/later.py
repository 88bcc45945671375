"""Models of the manual that need what this version does not have: rate-coded transmission, updates in every step."""

from __future__ import annotations

from typing import Any, NoReturn

from ..problems import not_available


def LeakyIntegrator(*args: Any, **parameters: Any) -> NoReturn:
    """Rate-coded leaky integrator (not available yet)."""
    not_available("rv.models.LeakyIntegrator (rate-coded transmission)")


def STDP_online(*args: Any, **parameters: Any) -> NoReturn:
    """STDP whose equations are updated in every step (not available yet)."""
    not_available("rv.models.STDP_online (synaptic equations updated in every step)", "use rv.models.STDP")


def Hebb(*args: Any, **parameters: Any) -> NoReturn:
    """Hebbian plasticity of rate-coded synapses (not available yet)."""
    not_available("rv.models.Hebb (rate-coded transmission)")


def Oja(*args: Any, **parameters: Any) -> NoReturn:
    """Oja's rule for rate-coded synapses (not available yet)."""
    not_available("rv.models.Oja (rate-coded transmission)")


def IBCM(*args: Any, **parameters: Any) -> NoReturn:
    """The rule of Intrator and Cooper for rate-coded synapses (not available yet)."""
    not_available("rv.models.IBCM (rate-coded transmission)")
