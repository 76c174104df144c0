"""What a vision model may answer when it is asked about somebody's style."""

from typing import Any

ANSWER: dict[str, Any] = {
    "possible_child": False,
    "body_analysis": {"body_type": "a long leg line", "best_silhouettes": [], "proportions": "balanced"},
    "color_analysis": {
        "skin_tone": "cool",
        "best_colors": [],
        "colors_to_avoid": [],
        "seasonal_palette": "winter",
    },
    "style_profile": {
        "current_style": "relaxed workwear",
        "style_personality": ["classic"],
        "recommended_styles": ["business"],
        "style_confidence": 0.8,
    },
    "fashion_recommendations": {
        "must_have_pieces": ["a chore jacket"],
        "trending_items": ["barrel-leg jeans"],
        "investment_pieces": [],
        "styling_tips": [],
    },
    "confidence": 0.9,
}
