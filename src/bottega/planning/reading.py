"""Who reads sentences for whom: the classifiers in their order, the switch and its rollout, and who pays."""

from bottega.analytics.flags import AI_CLASSIFICATION, Flag, Flags
from bottega.domain.intent import Intent, IntentContext
from bottega.intent.llm_classifier import Cascade, LlmClassifier
from bottega.intent.recorder import IntentRecorder, Kept
from bottega.llm import LanguageModels
from bottega.settings import Settings
from bottega.spend import Ledger
from bottega.spend.language import LedgerSpending


class Reader:
    """`recorder` counts what was read. A language model reads first where the settings name one."""

    def __init__(self, settings: Settings, models: LanguageModels, ledger: Ledger, kept: Kept) -> None:
        self.recorder = IntentRecorder(
            cascade=_cascade(settings, models), kept=kept, seconds=settings.intent_cache_ttl
        )
        self.flags = Flags(
            {
                AI_CLASSIFICATION: Flag(
                    settings.ai_classification_enabled, settings.ai_classification_rollout_percentage
                )
            }
        )
        self._ledger = ledger

    def classifier_for(self, owner: str, *, stay_local: bool = False) -> str | None:
        """The classifier to name for this user; None: the first one that can be used."""
        if not self.flags.is_on(AI_CLASSIFICATION, owner):
            return "rules"
        if stay_local and self.recorder.asks_language_model:
            return "embedded"
        return None

    async def read(
        self,
        prompt: str,
        context: IntentContext,
        *,
        owner: str,
        classifier: str | None = None,
        stay_local: bool = False,
    ) -> Intent:
        """What the sentence wants. With `stay_local` no word of it leaves the machine. Raises InputError,
        InvalidOption."""
        return await self.recorder.classify(
            prompt,
            context,
            classifier or self.classifier_for(owner, stay_local=stay_local),
            owner=owner,
            spend=LedgerSpending(self._ledger, owner),
        )


def _cascade(settings: Settings, models: LanguageModels) -> Cascade | None:
    if not settings.classifier_model:
        return None
    first = LlmClassifier(
        models,
        settings.classifier_model,
        timeout_s=settings.classification_timeout,
        fallbacks=settings.classifier_fallbacks,
    )
    return Cascade(
        first,
        timeout_s=settings.classification_timeout,
        most_at_once=settings.max_concurrent_classifications,
        ask_below=settings.classifier_ask_below,
    )
