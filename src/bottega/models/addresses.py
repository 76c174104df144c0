"""Where the vendors' APIs live, each as its clients expect the base URL. Settings named `<vendor>_base_url` take their place."""

from typing import Final

HOME: Final = {
    "openai": "https://api.openai.com/v1",
    "gemini": "https://generativelanguage.googleapis.com",
    "anthropic": "https://api.anthropic.com",
    "replicate": "https://api.replicate.com/v1",
    "stability": "https://api.stability.ai",
}
