"""The embedded intent classifier: time per sentence, load time and memory in a fresh process, beside their aims.

Accuracy is measured by cross-validation when the model is trained (`training/intent/REPORT.md`).
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "training" / "intent"))

AIMS = {"p50_ms": 3.0, "p95_ms": 10.0, "added_rss_mib": 60.0, "load_s": 0.5}
CHILD = """
import json, sys, time
def rss():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmRSS")).split()[1]) / 1024
lines = json.load(sys.stdin)
from bottega.domain.intent import IntentContext
contexts = [(text, IntentContext(**context)) for text, context in lines]
before, started = rss(), time.perf_counter()
from bottega.intent import EmbeddedClassifier
classifier = EmbeddedClassifier()
classifier.classify("Sharpen this", IntentContext(working_images=1))
load = time.perf_counter() - started
times = []
for text, context in contexts:
    started = time.perf_counter()
    classifier.classify(text, context)
    times.append((time.perf_counter() - started) * 1000)
times.sort()
print(json.dumps({"load_s": load, "added_rss_mib": rss() - before, "p50_ms": times[len(times) // 2],
                  "p95_ms": times[int(len(times) * 0.95)], "max_ms": times[-1], "sentences": len(times)}))
"""


def measure(count: int) -> dict[str, Any]:
    from data import read_lines

    lines = read_lines()
    chosen = lines[:: max(1, len(lines) // count)]
    given = json.dumps([[line.text[:2000], line.context.model_dump()] for line in chosen])
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=given, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer sentences")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    started = time.monotonic()
    figures = measure(500 if options.quick else 5000)
    missed = [name for name, aim in AIMS.items() if figures[name] > aim]
    print(f"{'figure':<16}{'measured':>10}{'aim':>8}")
    for name, value in figures.items():
        aim = f"{AIMS[name]:g}" if name in AIMS else ""
        print(f"{name:<16}{value:>10.2f}{aim:>8}  {'missed' if name in missed else ''}")
    print(f"{time.monotonic() - started:.0f} s in all")
    if options.json:
        options.json.write_text(json.dumps({"figures": figures, "aims": AIMS, "missed": missed}, indent=2))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
