"""ANNarchy's extensions, by the names of their modules."""
