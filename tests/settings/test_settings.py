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
