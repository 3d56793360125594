"""The table of Lambda's runtimes."""

from botocore.session import get_session

from constructs_lib.review.knowledge.runtimes import AS_OF, RUNTIMES
from tests.reviewing import TODAY


def test_every_runtime_of_the_api_is_in_the_table_and_no_other() -> None:
    model = get_session().get_service_model("lambda")

    assert set(RUNTIMES) == set(model.shape_for("Runtime").metadata["enum"])


def test_functions_are_blocked_for_creation_before_they_are_for_changes() -> None:
    for name, runtime in RUNTIMES.items():
        if runtime.no_create and runtime.no_update:
            assert runtime.no_create <= runtime.no_update, name


def test_what_is_blocked_or_deprecated_has_all_days() -> None:
    for name, runtime in RUNTIMES.items():
        assert (runtime.deprecated is None) == (runtime.no_update is None), name


def test_the_table_is_not_newer_than_the_day_on_which_the_tests_review() -> None:
    assert AS_OF <= TODAY
