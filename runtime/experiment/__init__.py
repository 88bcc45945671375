"""Experiments: models, simulations and recordings that are run again and again, as CompNeuroPy has them."""
