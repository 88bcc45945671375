"""ANNarchy's names over Ranvier's network: `ranvier.compat.annarchy` re-exports what is here."""
