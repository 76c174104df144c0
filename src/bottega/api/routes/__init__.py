"""One file of routes for each noun."""
