"""Pieces that several models share: local parameters with defaults, decaying and alpha-shaped inputs."""

from __future__ import annotations

from typing import Any

from ..definitions.values import Parameter

#: Inputs that jump at a spike and decay.
DECAY = """
    tau_syn_E*dg_exc/dt = -g_exc : exponential
    tau_syn_I*dg_inh/dt = -g_inh : exponential
"""
#: Inputs in the shape of an alpha function: a jump of w has its maximum w one time constant later.
ALPHA = """
    gmax_exc = exp((tau_syn_E - dt/2.0)/tau_syn_E)
    gmax_inh = exp((tau_syn_I - dt/2.0)/tau_syn_I)
"""
ALPHA_DECAY = """
    tau_syn_E*dg_exc/dt = -g_exc : exponential
    tau_syn_I*dg_inh/dt = -g_inh : exponential
    tau_syn_E*dalpha_exc/dt = gmax_exc*g_exc - alpha_exc : exponential
    tau_syn_I*dalpha_inh/dt = gmax_inh*g_inh - alpha_inh : exponential
"""


def local(**values: Any) -> dict[str, Parameter]:
    """Return parameters with one value per neuron, as these models have them."""
    return {name: Parameter(value, locality="local") for name, value in values.items()}


def shared(**values: Any) -> dict[str, Parameter]:
    """Return parameters with one value per projection."""
    return {name: Parameter(value, locality="projection") for name, value in values.items()}
