"""The one place that talks to language and vision-language models: one request out, one checked value and its price
back. What is asked, and what follows from the answer, is left to the rooms above.

Light to import: the vendors' SDKs are loaded when a model is first asked.
"""

from bottega.llm.costs import price_of_question
from bottega.llm.language_models import LanguageModels
from bottega.llm.spending import Hold, Spending
from bottega.llm.values import Answer, PassedOver, PictureBytes, UserPart

__all__ = [
    "Answer",
    "Hold",
    "LanguageModels",
    "PassedOver",
    "PictureBytes",
    "Spending",
    "UserPart",
    "price_of_question",
]
