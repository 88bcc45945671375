"""The reference engine: plans executed by the interpreter of the IR, in numpy, slowly and obviously."""
