"""The benchmark compares like with like, and the figure that no machine changes stays within its target."""

import copy
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from benchmarks import (
    alarm_figures,
    backup_figures,
    handler_imports,
    l2_alarms,
    l2_two_regions,
    monitoring_alarms,
    our_alarms,
    our_two_regions,
    ours,
    pipeline_figures,
    region_figures,
    replay_figures,
    replay_runs,
    review_figures,
    slopes,
    templates,
    twin,
)
from benchmarks.backup_services import LIMITS, FakeDynamoDB
from benchmarks.monitoring_alarms import ITS_OWN
from benchmarks.review_templates import template_of_size, write_template
from benchmarks.same import app_differences, differences
from benchmarks.virtual_time import VirtualTime
from benchmarks.workload import Side
from constructs_lib.alarms import LAMBDA_ALARMS
from constructs_lib.handlers import handler_folder
from constructs_lib.review import Severity, review
from local_cloud import LocalCloud
from tests.gates import lint


def test_twin_builds_the_same_resources() -> None:
    assert differences(templates.template(ours.build, 2), templates.template(twin.build, 2)) == []


@pytest.mark.parametrize(
    ("kind", "member"), [("AWS::Lambda::Function", "Timeout"), ("AWS::SQS::Queue", "SqsManagedSseEnabled")]
)
def test_comparison_sees_a_property_that_differs(kind: str, member: str) -> None:
    template = templates.template(ours.build, 1)
    changed = copy.deepcopy(template)
    (resource,) = (body for body in changed["Resources"].values() if body["Type"] == kind)
    del resource["Properties"][member]
    assert len(differences(template, changed)) == 2


def test_one_more_function_takes_fewer_round_trips_than_its_twin() -> None:
    assert slopes.calls_of(ours.build, twin.build).ratio <= 0.7


def test_alarms_by_l2_constructs_are_the_same_resources() -> None:
    assert alarm_figures.alarms_that_differ() == []


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("AWS::CloudWatch::Alarm", "Threshold"),
        ("AWS::CloudWatch::CompositeAlarm", "AlarmActions"),
        ("AWS::Logs::MetricFilter", "FilterPattern"),
    ],
)
def test_comparison_sees_an_alarm_that_differs(kind: str, member: str) -> None:
    template = templates.template(our_alarms.build, 1)
    changed = copy.deepcopy(template)
    resource = next(body for body in changed["Resources"].values() if body["Type"] == kind)
    del resource["Properties"][member]
    assert len(differences(template, changed)) == 2


def test_a_full_set_is_every_alarm_that_the_function_can_have() -> None:
    left_out = {
        "cold_start_rate"
    }  # with provisioned concurrency no request waits for a start that is reported
    assert _alarms(our_alarms.build) == len(LAMBDA_ALARMS) - len(left_out)


def test_cdk_monitoring_constructs_watches_the_same_metrics_by_as_many_alarms() -> None:
    # Its error rate is the average of Errors, without a least number of invocations.
    assert alarm_figures.only_alarmed_by_one() == ({"Invocations"}, set())
    assert _alarms(monitoring_alarms.build) == _alarms(our_alarms.build)


def test_the_alarms_that_cdk_monitoring_constructs_has_itself_are_compared_alone() -> None:
    sides = (our_alarms.build_only(ITS_OWN), monitoring_alarms.build_its_own)
    assert [_alarms(side) for side in sides] == [len(ITS_OWN)] * 2


def test_one_more_set_of_alarms_takes_fewer_round_trips_than_by_l2_constructs() -> None:
    assert slopes.calls_of(our_alarms.build, l2_alarms.build).ratio <= 0.4


def test_one_more_set_of_alarms_takes_no_more_round_trips_than_by_cdk_monitoring_constructs() -> None:
    assert slopes.calls_of(our_alarms.build, monitoring_alarms.build).ratio <= 1


def test_the_app_in_two_regions_by_l2_constructs_is_the_same_resources() -> None:
    assert region_figures.apps_that_differ() == []


@pytest.mark.parametrize(
    ("stack", "kind", "member"),
    [
        (0, "AWS::ApiGatewayV2::DomainName", "DomainName"),
        (1, "AWS::Lambda::Function", "Environment"),
        (2, "AWS::Route53::RecordSet", "Failover"),
    ],
)
def test_comparison_sees_what_differs_in_any_stack_of_an_app(stack: int, kind: str, member: str) -> None:
    app = region_figures.templates(our_two_regions.build)
    changed = copy.deepcopy(app)
    resource = next(body for body in changed[stack]["Resources"].values() if body["Type"] == kind)
    del resource["Properties"][member]
    found = app_differences(app, changed)
    assert [line for line in found if line.startswith(f"{stack}: -")]


def test_comparison_sees_a_reference_to_the_other_region() -> None:
    app = region_figures.templates(our_two_regions.build)
    changed = copy.deepcopy(app)
    records = [
        body["Properties"]["AliasTarget"]
        for body in changed[2]["Resources"].values()
        if body["Type"] == "AWS::Route53::RecordSet"
    ]
    for record in records:  # the secondary leads to where the primary does
        record.update(records[0])
    assert len(app_differences(app, changed)) == 4


def test_the_app_in_two_regions_takes_few_more_round_trips_than_by_l2_constructs() -> None:
    # What it checks, and each alarm that stands alone, takes some.
    ours_, other = (region_figures.calls(side) for side in (our_two_regions.build, l2_two_regions.build))
    assert ours_ <= 1.2 * other


def test_pruning_takes_no_more_memory_for_more_backups() -> None:
    few, many = (backup_figures.measure("prune", count) for count in (1_000, 4_000))
    assert many["left"] == few["left"] == 1
    assert many["peak"] <= 1.2 * few["peak"]
    by_list = backup_figures.measure("list", 4_000)
    assert (by_list["left"], by_list["peak"] > many["peak"]) == (1, True)


def test_a_run_of_a_hundred_tables_stays_within_every_limit() -> None:
    run = backup_figures.measure("run", 100)
    assert (run["made"], run["deleted"], run["refused"]) == (100, 100, 0)
    found = {figure.name.rpartition(": ")[2]: figure for figure in backup_figures.run_of_many_tables(100)}
    assert [name for name, figure in found.items() if not figure.met] == []
    assert {"of Lambda's timeout", "threads", "memory", "CreateBackup a second"} <= set(found)


def test_the_benchmark_sees_a_handler_that_calls_too_fast() -> None:
    run = {"limits": LIMITS, "most_calls": {"CreateBackup": 26, "DeleteBackup": 5}}
    assert [figure.met for figure in backup_figures.call_rates("run", run)] == [False, True]


def test_the_benchmarks_service_refuses_what_comes_too_fast() -> None:
    time = VirtualTime(0.0)
    service = FakeDynamoDB(time)

    def is_taken(number: int) -> bool:
        try:
            service.delete_backup(BackupArn=str(number))
        except ClientError:
            return False
        return True

    with time.pool(20) as pool:
        assert sum(pool.map(is_taken, range(20))) == LIMITS["DeleteBackup"]
    assert service.refused == 20 - LIMITS["DeleteBackup"]


def test_threads_share_virtual_time() -> None:
    time = VirtualTime(100.0)

    def work(number: int) -> int:
        time.sleep(10)
        return number

    with time.pool(4) as pool:
        assert list(pool.map(work, range(10))) == list(range(10))
    assert (time.now, time.most_threads) == (130.0, 4)  # ten tasks of ten seconds, four at a time


def test_every_folder_of_handlers_is_measured() -> None:
    folders = {path.parent.name for path in handler_folder("health").parent.glob("*/[!_]*")}
    assert folders - set(handler_imports.handlers()) == {"handler_toolkit", "order_book", "warm_up"}


@pytest.mark.parametrize("name", handler_imports.library_handlers())
def test_a_handler_of_the_library_brings_nothing_but_boto3(name: str) -> None:
    brought, alone = (handler_imports.imported(each) for each in (name, "boto3"))
    others = {module.partition(".")[0] for module in set(brought["modules"]) - set(alone["modules"])}
    assert others - sys.stdlib_module_names == {name}
    assert brought["clients"] == []


@pytest.mark.parametrize(
    ("name", "clients", "utilities"),
    [
        ("create_order", {"dynamodb", "sqs"}, {"event_handler", "utilities.idempotency"}),
        ("process_file", {"dynamodb", "s3"}, {"utilities.batch"}),
        ("process_payment", {"dynamodb", "lambda"}, set()),
    ],
)
def test_the_other_side_has_the_same_clients_and_utilities(
    name: str, clients: set[str], utilities: set[str]
) -> None:
    brought = handler_imports.imported(name)
    assert set(brought["clients"]) == clients
    kinds = ("event_handler", "utilities.batch", "utilities.idempotency")
    modules = brought["modules"]
    assert {kind for kind in kinds if f"aws_lambda_powertools.{kind}" in modules} == utilities
    assert "pydantic" in modules


@pytest.mark.parametrize(
    "name", sorted({*handler_imports.handlers()} - {*handler_imports.library_handlers()})
)
def test_a_handler_of_the_systems_starts_where_it_is_measured(name: str) -> None:
    brought = handler_imports.imported(name)
    assert {"aws_lambda_powertools.tracing", f"{name}.handler"} <= {*brought["modules"]}
    assert brought["clients"]


def test_the_import_of_a_handler_is_compared() -> None:
    (library,) = handler_imports.library_figures(["alarm_health"], 1)
    (system,) = handler_imports.system_figures(["process_file"], 1)
    assert (library.target, system.target) == (1.2, 1.3)
    for figure in (library, system):  # of one run each; `make bench` takes the median of five
        assert 0.7 < figure.judged <= 1.6


def test_a_larger_file_takes_no_more_memory(cloud: LocalCloud) -> None:
    small, large = (pipeline_figures.process(cloud, size * 1024**2) for size in (8, 32))
    assert large["seconds"] > 2 * small["seconds"]
    assert large["peak"] <= 1.1 * small["peak"]
    assert large["peak"] <= 256 * 1024**2


def test_the_loop_and_the_replay_find_the_same_changes_of_the_same_alarms() -> None:
    template = replay_runs.alarms(100)["Resources"].values()
    kinds = [body["Type"].rpartition("::")[2] for body in template]
    assert (kinds.count("Alarm"), kinds.count("CompositeAlarm")) == (100, 10)
    assert sum("Metrics" in body["Properties"] for body in template) == 50

    fast, simple = (run(20, 1)() for run in (replay_runs.fast, replay_runs.simple))
    assert fast == simple > 20


def test_a_replay_takes_far_less_time_than_a_loop_and_little_memory() -> None:
    time, memory = replay_figures.against_a_loop(20, 2, 1, 1)
    # Of so few alarms much is what a replay takes of any; the figures are of a hundred.
    assert time.judged <= 0.2
    assert memory.judged <= 200


@pytest.mark.parametrize("command", ["constructs_lib.replay", "constructs_lib.review"])
def test_a_command_starts_without_aws_cdk(command: str) -> None:
    assert replay_figures.start_of_the_command(command, 1).met


def test_the_templates_of_reviews_have_as_many_resources_as_asked_for_and_no_errors(tmp_path: Path) -> None:
    path = write_template(tmp_path / "services.template.json", 45)

    (template,) = review(path).templates

    assert len(template.reading.nodes) == 45
    template_errors = [each for each in template.open if each.severity is Severity.ERROR]
    assert template_errors == []
    assert lint(template_of_size(45)) == []


def test_a_review_takes_far_less_time_than_cfn_lint(tmp_path: Path) -> None:
    assert review_figures.rate(tmp_path, 3, 1).met


def _alarms(side: Side) -> int:
    resources = templates.template(side, 1)["Resources"].values()
    return sum(body["Type"] == "AWS::CloudWatch::Alarm" for body in resources)
