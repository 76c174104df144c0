"""Durable executions: the queue, the runner, and the pipeline that a request goes through."""
