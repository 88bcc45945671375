"""Ready-made neuron and synapse models (see `ranvier.runtime.models`)."""

from ranvier.runtime.models import *  # noqa: F403
from ranvier.runtime.models import __all__ as __all__
