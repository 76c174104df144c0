"""Ids that sort by time, and who this process is."""

import os
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path


def new_id(kind: str) -> str:
    """`job_019a...`: 12 hex digits of milliseconds, then 64 random bits; sorts by the time it was made."""
    return f"{kind}_{int(time.time() * 1000):012x}{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process on a host, told apart from a later one with the same number by its start time."""

    host: str
    pid: int
    started: str


def this_host() -> str:
    """Host name and PID name space: in another container the same number is another process."""
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        namespace = 0
    return f"{socket.gethostname()}:{namespace}"


def this_process() -> ProcessIdentity:
    return ProcessIdentity(this_host(), os.getpid(), process_start(os.getpid()) or "")


def process_start(pid: int) -> str | None:
    """When the process with this number started, in the kernel's own ticks; None when there is none.

    Where the kernel does not tell (no /proc), an existing process answers with an empty string.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):  # the second: it ended between opening and reading
        if Path("/proc/self/stat").exists():
            return None
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return None
        except PermissionError:
            return ""
        return ""
    # The second field is the program's name in brackets and may hold blanks and brackets itself.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


def is_alive(identity: ProcessIdentity) -> bool:
    """Whether the process still runs. Only meaningful for a process of this host."""
    started = process_start(identity.pid)
    return started is not None and (not started or not identity.started or started == identity.started)
