"""What is fed into a network: ready-made populations and projections, and values given in advance."""
