"""Models as users write them: `Neuron` and `Synapse`, their texts and values, functions of their own, and edits."""
