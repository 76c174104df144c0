"""An offline try-on on the command line loads what it needs, and no logger, planner or drawing of tables."""

import json
import subprocess
import sys
from pathlib import Path

RENDERED = Path(__file__).parents[1] / "fashion" / "rendered"
LOADED = """
import json, sys
from bottega.cli import main
sys.argv = ["bottega", "fashion", "tryon", *sys.argv[1:], "--json"]
try:
    main()
except SystemExit as end:
    print(json.dumps({"code": end.code, "modules": sorted(sys.modules)}), file=sys.stderr)
"""


def test_a_try_on_loads_no_logger_no_planner_and_no_tables(tmp_path: Path) -> None:
    pictures = [str(RENDERED / name) for name in ("person_p01.jpg", "product_tank_red.jpg")]
    out = tmp_path / "out.png"
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *pictures, str(out)], capture_output=True, text=True, check=False
    )
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["code"] == 0
    assert json.loads(done.stdout)["files"][0]["bytes"] == out.stat().st_size
    unneeded = {"structlog", "rich", "sqlalchemy", "bottega.models.catalogue", "bottega.app", "httpx"}
    assert unneeded.isdisjoint(told["modules"])
