"""C templates of the code generator; the folder holds no code of its own."""
