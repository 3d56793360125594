import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs

from constructs_lib.checks import ConfigurationError
from constructs_lib.dashboards import LOG_QUERIES, LogQuery, SavedQueries
from constructs_lib.dashboards.queries import COLD_STARTS_OVER_TIME, INITIALISATION_OVER_TIME, RECENT_ERRORS
from tests.synthesis import fresh_stack, synthesize

DEFINITION = "AWS::Logs::QueryDefinition"
EVERY = (*LOG_QUERIES, COLD_STARTS_OVER_TIME, INITIALISATION_OVER_TIME, RECENT_ERRORS)

# https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
PLATFORM_FIELDS = {
    "record.initializationType",
    "record.metrics.durationMs",
    "record.metrics.initDurationMs",
    "record.metrics.maxMemoryUsedMB",
    "record.metrics.memorySizeMB",
    "record.requestId",
    "record.status",
    "record.tracing.value",
}
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
COMMANDS = {"fields", "filter", "limit", "parse", "sort", "stats"}
FUNCTIONS = {"bin", "coalesce", "count", "max", "pct", "strcontains", "sum"}

each = pytest.mark.parametrize("query", EVERY, ids=lambda query: query.name)


def group(stack: cdk.Stack, name: str = "/shop/orders") -> logs.ILogGroup:
    return logs.LogGroup.from_log_group_name(stack, f"Logs{name.replace('/', '')}", name)


def without_texts(query: LogQuery) -> str:
    return re.sub(r'"[^"]*"|/[^/]+/', "", query.text)


@each
def test_query_reads_fields_that_lambda_writes(query: LogQuery) -> None:
    assert set(re.findall(r"\brecord[.\w]+", query.text)) <= PLATFORM_FIELDS


@each
def test_query_uses_commands_and_functions_that_logs_insights_has(query: LogQuery) -> None:
    assert {command.split()[0] for command in query.commands} <= COMMANDS
    assert set(re.findall(r"\b(\w+)\((?!type)", without_texts(query))) <= FUNCTIONS


@each
def test_field_names_with_underscores_stand_in_backticks(query: LogQuery) -> None:
    # "characters other than the @ sign, the period, and alphanumeric characters" need them
    assert re.findall(r"(?<!`)\b\w+_\w+\b(?!`)", without_texts(query)) == []


@each
def test_what_is_sorted_by_was_computed_before(query: LogQuery) -> None:
    for position, command in enumerate(query.commands):
        if command.startswith("sort"):
            column = command.split()[1]
            earlier = " ".join(query.commands[:position])
            assert column == "@timestamp" or f" as {column}" in earlier


def test_there_is_a_query_for_each_question_of_an_investigation() -> None:
    assert [query.name for query in LOG_QUERIES] == [
        "latency",
        "cold_starts",
        "memory",
        "error_rate",
        "top_errors",
        "timeouts",
        "slowest_requests",
    ]


@pytest.mark.parametrize("name", ["timeouts", "slowest_requests"])
def test_requests_come_with_the_ids_of_their_traces(name: str) -> None:
    (query,) = (query for query in LOG_QUERIES if query.name == name)
    (pattern,) = (re.findall(r"/(.+)/", command) for command in query.commands if command.startswith("parse"))
    value = "Root=1-62e900b2-710d76f009d6e7785905449a;Parent=0efbd19962d95b05;Sampled=1"
    found = re.search(pattern[0].replace("?<", "?P<"), value)
    assert found is not None
    assert found["traceId"] == "1-62e900b2-710d76f009d6e7785905449a"
    assert any(command.startswith("fields") and "traceId" in command for command in query.commands)


def test_queries_are_saved_for_the_log_groups() -> None:
    stack = fresh_stack()
    saved = SavedQueries(
        stack, "Queries", log_groups=[group(stack), group(stack, "/shop/bills")], folder="Shop"
    )
    found = synthesize(stack).of_type(DEFINITION)
    assert len(found) == len(saved.queries) == len(LOG_QUERIES)
    timeouts = next(each for name, each in found.items() if "Timeouts" in name)["Properties"]
    assert timeouts["Name"] == "Shop/Timeouts"
    assert timeouts["LogGroupNames"] == ["/shop/orders", "/shop/bills"]
    assert timeouts["QueryString"].split("\n| ")[0].startswith('filter type = "platform.report"')


def test_queries_stand_in_a_folder_of_their_own_unless_told() -> None:
    stack = fresh_stack()
    SavedQueries(stack, "Queries", log_groups=[group(stack)])
    names = {each["Properties"]["Name"] for each in synthesize(stack).of_type(DEFINITION).values()}
    assert "Stack/Queries/Top errors" in names


def test_own_queries_can_be_saved_in_place_of_the_librarys() -> None:
    stack = fresh_stack()
    mine = LogQuery(
        name="big_orders", title="Big orders", commands=("filter total > 1000",), answers="Who buys much."
    )
    SavedQueries(stack, "Queries", log_groups=[group(stack)], queries=[mine])
    assert synthesize(stack).only(DEFINITION)["QueryString"] == "filter total > 1000"


@pytest.mark.parametrize(
    ("log_groups", "message"),
    [
        ([], "the number of log_groups is 0"),
        (["/shop/orders"], "log_groups holds '/shop/orders'"),
        (["/shop/orders"] * 51, "the number of log_groups is 51"),
        ("/shop/orders", "log_groups is '/shop/orders'"),
    ],
)
def test_fails_without_a_log_group_or_with_too_many_or_another_thing(
    log_groups: object, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"Stack/Queries: {message}"):
        SavedQueries(fresh_stack(), "Queries", log_groups=log_groups)  # type: ignore[arg-type] # that is the point


def test_fails_with_a_folder_that_makes_names_too_long() -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=r"255: give a shorter folder"):
        SavedQueries(stack, "Queries", log_groups=[group(stack)], folder="x" * 250)


def test_fails_with_a_query_that_is_none() -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match="one of queries is 'errors'"):
        SavedQueries(stack, "Queries", log_groups=[group(stack)], queries=["errors"])  # type: ignore[list-item] # that is the point
