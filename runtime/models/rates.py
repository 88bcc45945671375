"""Rate-coded models: the leaky integrator, and synapses that learn from rates."""

from __future__ import annotations

from typing import Any

from ..definitions.types import Neuron, Synapse
from ..definitions.values import Parameter, Variable
from .parts import shared


def LeakyIntegrator(
    tau: Any = 10.0, B: Any = 0.0, T: Any = 0.0, sum: str = "sum(exc) - sum(inh)", noise: str | None = None
) -> Neuron:
    """Leaky integrator with a rectified rate (Dayan and Abbott 2001, Theoretical Neuroscience, chapter 7.2).

    Parameters
    ----------
    tau : number, ms
        Time constant of the potential.
    B : number
        Baseline of the potential, of each neuron.
    T : number
        The rate is the potential above this threshold.
    sum : str
        The input.
    noise : str, optional
        A term added to the input, such as ``"Normal(0.0, 0.1)"``.
    """
    term = f" + {noise}" if noise else ""
    return Neuron(
        {**shared(tau=tau, T=T), "B": Parameter(B, locality="local")},
        [Variable(f"tau*dv/dt + v = {sum} + B{term}", method="exponential"), Variable("r = pos(v - T)")],
        name="LeakyIntegrator",
        description="Leaky integrator with a rectified rate.",
    )


def Hebb(eta: Any = 0.01) -> Synapse:
    """Hebbian plasticity: what is active together connects (Hebb 1949, The Organization of Behavior).

    Parameters
    ----------
    eta : number
        Learning rate.
    """
    return Synapse(
        shared(eta=eta),
        [Variable("dw/dt = eta*pre.r*post.r", min=0.0, method="explicit")],
        name="Hebb",
        description="Hebbian plasticity.",
    )


def Oja(eta: Any = 0.01, alpha: Any = 1.0) -> Synapse:
    """Hebbian plasticity that keeps the length of the weights (Oja 1982, J. Math. Biol. 15, 267).

    Parameters
    ----------
    eta : number
        Learning rate.
    alpha : number
        Strength of the regularization.
    """
    return Synapse(
        shared(eta=eta, alpha=alpha),
        [Variable("dw/dt = eta*(pre.r*post.r - alpha*post.r^2*w)", min=0.0, method="explicit")],
        name="Oja",
        description="Regularized Hebbian plasticity.",
    )


def IBCM(eta: Any = 0.01, tau: Any = 2000.0) -> Synapse:
    """Plasticity with a sliding threshold (Intrator and Cooper 1992, Neural Networks 5, 3).

    Parameters
    ----------
    eta : number
        Learning rate.
    tau : number, ms
        Time constant of the threshold.
    """
    return Synapse(
        shared(eta=eta, tau=tau),
        [
            Variable("tau*dtheta/dt + theta = post.r^2", method="exponential", locality="semiglobal"),
            Variable("dw/dt = eta*post.r*(post.r - theta)*pre.r", min=0.0, method="explicit"),
        ],
        name="IBCM",
        description="Plasticity with a sliding threshold.",
    )


def BCM(eta: Any = 0.01, tau: Any = 2000.0, r0: Any = 1.0, p: Any = 2.0, decay: Any = 0.0) -> Synapse:
    """Plasticity whose threshold slides with the mean rate, so that neurons become selective.

    ``dw/dt = eta*(post.r*(post.r - theta)*pre.r - decay*w)`` with ``theta = m*(m/r0)^(p - 1)``, where `m` is the
    running mean of the postsynaptic rate.

    Parameters
    ----------
    eta : number
        Learning rate.
    tau : number, ms
        Time constant of the running mean.
    r0 : number
        Rate at which the threshold equals the mean.
    p : number
        Power of the threshold, above 1.
    decay : number
        Uniform decay of the weights.

    References
    ----------
    Bienenstock, Cooper and Munro 1982, J. Neurosci. 2, 32, equations 1 and 11.
    """
    return Synapse(
        shared(eta=eta, tau=tau, r0=r0, p=p, decay=decay),
        [
            Variable("tau*dm/dt + m = post.r", method="exponential", locality="semiglobal"),
            Variable("theta = m*(m/r0)^(p - 1.0)", locality="semiglobal"),
            Variable("dw/dt = eta*(post.r*(post.r - theta)*pre.r - decay*w)", min=0.0, method="explicit"),
        ],
        name="BCM",
        description="Plasticity with a threshold that slides with the mean rate.",
    )
