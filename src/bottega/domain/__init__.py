"""Plain typed values that every floor shares: request, intent, plan, task, job, asset, verdict, money. No I/O."""
