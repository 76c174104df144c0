"""A server's own process asks the vision model about pictures, and decodes none: it loads no picture library for that."""

import subprocess
import sys


def test_the_questions_to_the_vision_model_load_no_picture_library() -> None:
    loaded = "import sys, bottega.quality.fashion_vision; print('numpy' in sys.modules, 'cv2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
