"""Who performs a task: one file per engine in `local/` and `cloud/`, one protocol, one registry."""
