"""Help is cheap and complete."""

import subprocess
import sys

from cli_program import BOTTEGA

HEAVY = (
    "pydantic",
    "sqlalchemy",
    "numpy",
    "cv2",
    "PIL",
    "fastapi",
    "uvicorn",
    "httpx",
    "structlog",
    "asyncio",
    "rich",
)


def test_the_program_loads_nothing_heavy_before_a_command_runs() -> None:
    script = f"import sys, bottega.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_names_every_exit_code() -> None:
    done = subprocess.run([BOTTEGA, "run", "--help"], capture_output=True, text=True, check=True)
    words = " ".join(done.stdout.split())
    for code in (
        "0 done",
        "1 failed",
        "2 wrong",
        "3 refused",
        "4 the result",
        "5 over",
        "6 an input",
        "130 cancelled",
    ):
        assert code in words
