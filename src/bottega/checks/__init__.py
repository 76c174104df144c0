"""Whether an installation works: single checks, which the faces put together and show.

`service` looks at a `Bottega` whose database is open, `installation` at the machine and the settings, `vendors` at who
is elsewhere.
"""

from bottega.checks.finding import Finding, broken, note, ok

__all__ = ["Finding", "broken", "note", "ok"]
