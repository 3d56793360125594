"""What the benchmark measures of the toolkit holds here too, with room for a busy machine."""

import pytest

from benchmarks import toolkit_figures


@pytest.mark.parametrize("figure", [*toolkit_figures._IMPORTS])
def test_the_benchmark_measures_an_import(figure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolkit_figures, "_IMPORTS", {figure: toolkit_figures._IMPORTS[figure]})
    (found,) = toolkit_figures.import_times(3)
    assert found.target
    assert 0.3 < found.judged <= found.target + 0.3


def test_an_invocation_costs_little_more_than_on_powertools_alone() -> None:
    (found,) = toolkit_figures.invocations(100)
    assert found.target == 1.1
    assert 0.5 < found.judged <= 1.25
