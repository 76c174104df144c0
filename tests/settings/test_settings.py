from pathlib import Path

import pytest
from pydantic import ValidationError

from bottega.settings import Settings


def test_caps_are_read_as_dollars_and_kept_as_micro_dollars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOTTEGA_BUDGET_TOTAL_MONTH", "12.50")
    settings = Settings(budget_user_month="0.000001")
    assert settings.budget_total_month == 12_500_000
    assert settings.budget_user_month == 1
    assert settings.budget_user_hour == 50_000_000


@pytest.mark.parametrize("amount", ["-1", "nan", "much", "1e400"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError):
        Settings(budget_total_month=amount)


def test_an_empty_amount_means_no_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOTTEGA_BUDGET_USER_HOUR", "")
    assert Settings().budget_user_hour is None


def test_the_usual_form_of_a_postgresql_address_is_understood() -> None:
    settings = Settings(database_url="postgresql://anna@db/shop")
    assert settings.database == "postgresql+psycopg://anna@db/shop"


def test_without_an_address_the_database_lies_in_the_home(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).database == f"sqlite:///{tmp_path}/bottega.db"


@pytest.mark.parametrize(
    ("variable", "value", "field", "means"),
    [
        ("OPENAI_API_KEY", "sk-1", "openai_api_key", "sk-1"),
        ("REPLICATE_API_TOKEN", "r8", "replicate_api_key", "r8"),
        ("GOOGLE_API_KEY", "g", "gemini_api_key", "g"),
        ("REDIS_URL", "redis://127.0.0.1", "redis_url", "redis://127.0.0.1"),
        ("RATE_LIMIT_REQUESTS_PER_MINUTE", "7", "rate_limit_per_minute", 7),
        ("COST_LIMIT_PER_HOUR", "12.5", "budget_user_hour", 12_500_000),
        ("CIRCUIT_BREAKER_FAILURE_THRESHOLD", "9", "circuit_breaker_failures", 9),
        ("AI_CLASSIFICATION_ENABLED", "false", "ai_classification_enabled", False),
        ("INTENT_CACHE_TTL", "60", "intent_cache_ttl", 60.0),
    ],
)
def test_the_names_that_other_programs_use_are_read_as_well(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, field: str, means: object
) -> None:
    monkeypatch.setenv(variable, value)
    assert getattr(Settings(), field) == means


def test_our_own_name_comes_before_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "everybody's")
    monkeypatch.setenv("BOTTEGA_OPENAI_API_KEY", "ours")
    assert Settings().openai_api_key == "ours"
