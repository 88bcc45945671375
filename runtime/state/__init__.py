"""What networks remember: reset, store, and files."""
