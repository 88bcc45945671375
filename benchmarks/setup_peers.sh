#!/bin/bash
# Install the simulators that the benchmarks compare with, each group in a virtual environment of its own, under
# $RANVIER_PEERS (default ~/.cache/ranvier-peers). A few minutes. Needs gcc, g++, make, cmake and python3.
#   main: NEST, ANNarchy    brian2: Brian2 (2.9 does not import with numpy >= 2.4)    brainpy: brainpy, JAX, numba
# A peer that cannot be installed is left out, and the benchmarks run without it.
peers=${RANVIER_PEERS:-$HOME/.cache/ranvier-peers}
mkdir -p "$peers"

install() { # environment package...
    local venv=$peers/$1; shift
    [ -f "$venv/ok" ] && return
    python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "$@" && touch "$venv/ok" \
        || echo "could not install: $*" >&2
}

install main nest-simulator ANNarchy
install brian2 brian2 'numpy<2.4' setuptools
install brainpy brainpy brainpy-state jax jaxlib numba
echo "peers in $peers: $(cd "$peers" && ls -d */ | tr -d / | tr '\n' ' ')"
