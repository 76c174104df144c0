"""What is kept: the database and its tables, asset files, cached results, API keys."""
