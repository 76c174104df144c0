"""Clips in, clips out: probe, transform picture by picture or along the time axis, resume, check. Needs the extra `video`.

Light to import: the codec library is loaded by the first call.
"""

from bottega.enhance.video.model import (
    ClipInfo,
    ClipReport,
    EncodeSettings,
    Frame,
    Timeline,
    Window,
)
from bottega.enhance.video.probe import probe
from bottega.enhance.video.transform import transform

__all__ = ["ClipInfo", "ClipReport", "EncodeSettings", "Frame", "Timeline", "Window", "probe", "transform"]
