"""Engines of this machine. They wrap the studios' functions and run them in child processes."""
