"""Each way to lose an alarm is found, and nothing else: a sound template, and one fault at a time."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.delivery import CLOUDWATCH, lost_alarms

Damage = Callable[[dict[str, Any]], object]

OWN_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
TLS_ONLY = {"Bool": {"aws:SecureTransport": "false"}}
KEY_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey*"]


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def from_(source: Any) -> dict[str, Any]:
    return {"ArnEquals": {"aws:SourceArn": source}}


def let(service: str, actions: Any, resource: Any = "*", condition: Any = None) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": actions,
        "Resource": resource,
    }
    return statement if condition is None else statement | {"Condition": condition}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def alarm(kind: str = "CloudWatch::Alarm", **properties: Any) -> dict[str, Any]:
    return resource(kind, **({"AlarmDescription": "[critical] It rings."} | properties))


def subscription(protocol: str, endpoint: Any, **properties: Any) -> dict[str, Any]:
    return resource(
        "SNS::Subscription", TopicArn=ref("Topic"), Protocol=protocol, Endpoint=endpoint, **properties
    )


def permission(service: str, source: Any, function: Any) -> dict[str, Any]:
    return resource(
        "Lambda::Permission",
        Action="lambda:InvokeFunction",
        Principal=service,
        FunctionName=function,
        SourceArn=source,
    )


def queue_policy(queue: str, service: str, source: Any) -> dict[str, Any]:
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sqs:*", "Condition": TLS_ONLY}
    allow = let(service, "sqs:SendMessage", arn(queue), from_(source))
    return resource("SQS::QueuePolicy", Queues=[ref(queue)], PolicyDocument=document(deny, allow))


def encrypted(*services: str) -> dict[str, Any]:
    return resource("KMS::Key", KeyPolicy=document(*(let(service, KEY_ACTIONS) for service in services)))


OPS_ITEM = {
    "Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:opsitem:2#CATEGORY=Availability"
}
GOOD: dict[str, Any] = {
    # Alarms: one of each reason to be heard, or not to have to be.
    "Errors": alarm(),
    "Nested": alarm("CloudWatch::CompositeAlarm", AlarmRule={"Fn::Sub": 'ALARM("${Errors}")'}),
    "Health": alarm(
        "CloudWatch::CompositeAlarm",
        AlarmRule={
            "Fn::Sub": 'ALARM("${Nested}") OR (AT_LEAST(1, ALARM, ("${Counted}")) AND NOT ALARM(other))'
        },
        AlarmActions=[ref("Topic"), arn("Function"), OPS_ITEM],
        ActionsSuppressor=arn("Maintenance"),
    ),
    "Counted": alarm(AlarmName="counted"),
    "Caught": alarm(),
    "Maintenance": alarm(),
    "Information": alarm(AlarmDescription="[info] It explains."),
    "Judge": alarm(),
    "Group": resource("CodeDeploy::DeploymentGroup", AlarmConfiguration={"Alarms": [{"Name": ref("Judge")}]}),
    # The topic, and everybody who can subscribe to it.
    "Topic": resource("SNS::Topic", KmsMasterKeyId=arn("Key")),
    "Policy": resource(
        "SNS::TopicPolicy",
        Topics=[ref("Topic")],
        PolicyDocument=document(
            {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Condition": TLS_ONLY},
            let(CLOUDWATCH, "sns:Publish", ref("Topic"), OWN_ACCOUNT),
            let("events.amazonaws.com", "sns:Publish", ref("Topic")),
        ),
    ),
    "Key": encrypted(CLOUDWATCH, "events.amazonaws.com"),
    "Email": subscription(
        "email", "team@example.com", RedrivePolicy={"deadLetterTargetArn": arn("DeadLetters")}
    ),
    "Https": subscription("https", "https://example.com/alarms"),
    "Sms": subscription("sms", "+15550100"),
    "Sqs": subscription("sqs", arn("Inbox")),
    "Lambda": subscription("lambda", ref("Alias")),
    "DeadLetters": resource("SQS::Queue"),
    "DeadLettersPolicy": queue_policy("DeadLetters", "sns.amazonaws.com", ref("Topic")),
    "Inbox": resource("SQS::Queue", KmsMasterKeyId=arn("InboxKey")),
    "InboxPolicy": queue_policy("Inbox", "sns.amazonaws.com", ref("Topic")),
    "InboxKey": encrypted("sns.amazonaws.com"),
    "Function": resource("Lambda::Function"),
    "Alias": resource("Lambda::Alias", FunctionName=ref("Function")),
    "AlarmMay": permission("lambda.alarms.cloudwatch.amazonaws.com", arn("Health"), arn("Function")),
    "TopicMay": permission("sns.amazonaws.com", ref("Topic"), ref("Alias")),
    # The rule on the state of an alarm, and its targets.
    "Rule": resource(
        "Events::Rule",
        State="ENABLED",
        EventPattern={
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "resources": [arn("Caught")],
            "detail": {"state": {"value": ["ALARM", "OK"]}},
        },
        Targets=[
            {"Id": "0", "Arn": ref("Topic")},
            {"Id": "1", "Arn": arn("Events"), "DeadLetterConfig": {"Arn": arn("Missed")}},
            {"Id": "2", "Arn": arn("Function")},
            {"Id": "3", "Arn": ref("Workflow"), "RoleArn": arn("Role")},
        ],
    ),
    "Events": resource("SQS::Queue"),
    "EventsPolicy": queue_policy("Events", "events.amazonaws.com", arn("Rule")),
    "Missed": resource("SQS::Queue"),
    "MissedPolicy": queue_policy("Missed", "events.amazonaws.com", arn("Rule")),
    "RuleMay": permission("events.amazonaws.com", arn("Rule"), arn("Function")),
    "Workflow": resource("StepFunctions::StateMachine"),
    "Role": resource("IAM::Role"),
}


def properties(resources: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = resources[name]["Properties"]
    return found


def change(name: str, **changes: Any) -> Damage:
    return lambda resources: properties(resources, name).update(changes)


def lose(*names: str) -> Damage:
    return lambda resources: [resources.pop(name) for name in names]


def statements(resources: dict[str, Any], name: str) -> list[dict[str, Any]]:
    given = properties(resources, name)
    policy = given["PolicyDocument"] if "PolicyDocument" in given else given["KeyPolicy"]
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def restate(name: str, number: int, **changes: Any) -> Damage:
    """Change one statement of the policy `name`."""

    return lambda resources: statements(resources, name)[number].update(changes)


def forbid(name: str, **statement: Any) -> Damage:
    """Add a Deny to the policy `name`."""

    everything = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    return lambda resources: statements(resources, name).append(everything | statement)


def pattern(**changes: Any) -> Damage:
    return lambda resources: properties(resources, "Rule")["EventPattern"].update(changes)


def target(number: int, **changes: Any) -> Damage:
    return lambda resources: properties(resources, "Rule")["Targets"][number].update(changes)


def found_after(damage: Damage, **options: Any) -> list[str]:
    broken = copy.deepcopy(GOOD)
    damage(broken)
    return lost_alarms(broken, **options)


def test_a_sound_template_loses_nothing() -> None:
    assert lost_alarms(GOOD) == []


UNHEARD = "it has no action, and no composite that covers it has one"
NO_PUBLISH = f"the policy of Topic does not let {CLOUDWATCH} publish"

ALARMS: list[tuple[Damage, str]] = [
    (lose("Rule"), f"Caught: {UNHEARD}"),
    (change("Nested", AlarmRule={"Fn::Sub": 'NOT ALARM("${Errors}")'}), f"Errors: {UNHEARD}"),
    (change("Nested", AlarmRule={"Fn::Sub": 'NOT (ALARM("${Errors}"))'}), f"Errors: {UNHEARD}"),
    (change("Nested", AlarmRule={"Fn::Sub": 'OK("${Errors}")'}), f"Errors: {UNHEARD}"),
    (change("Nested", AlarmRule="ALARM(Errors)"), f"Errors: {UNHEARD}"),
    (change("Information", AlarmDescription="[warning] It explains."), f"Information: {UNHEARD}"),
    (lose("Group"), f"Judge: {UNHEARD}"),
    (change("Health", ActionsSuppressor=None), f"Maintenance: {UNHEARD}"),
    (change("Health", AlarmActions=[ref("Missing")]), "Health: its action ${Missing} is nothing"),
    (change("Health", AlarmActions=[ref("Key")]), "Health: its action ${Key} is nothing"),
    (
        change("Health", AlarmActions=["arn:aws:sns:us-east-1:111122223333:team"]),
        "Health: its action arn:aws:sns:us-east-1:111122223333:team is nothing",
    ),
    (change("Health", AlarmActions=["arn:aws:ssm:us-east-1:111122223333:opsitem:5"]), "is nothing"),
    (change("Health", AlarmActions=["arn:aws:ssm:us-east-1:111122223333:opsitem:1#CATEGORY=Fun"]), "nothing"),
    (change("Health", AlarmActions=[OPS_ITEM] * 6), "Health: it has 6 actions"),
]


@pytest.mark.parametrize(("damage", "problem"), ALARMS)
def test_an_alarm_that_nobody_hears_is_found(damage: Damage, problem: str) -> None:
    found = found_after(damage)

    assert len(found) == 1
    assert problem in found[0]


def test_a_composite_that_falls_silent_takes_all_that_it_covers_along() -> None:
    for damage in (change("Health", AlarmActions=[]), change("Health", ActionsEnabled=False)):
        lost = {text.partition(":")[0] for text in found_after(damage)}

        assert lost == {"Errors", "Nested", "Health", "Counted"}


def test_being_told_of_the_way_back_only_is_not_to_be_told() -> None:
    def back_only(resources: dict[str, Any]) -> None:
        resources["Back"] = alarm(OKActions=[ref("Topic")], InsufficientDataActions=[ref("Topic")])

    assert found_after(back_only) == [f"Back: {UNHEARD}"]


def test_a_key_is_followed_through_its_alias() -> None:
    def alias(resources: dict[str, Any]) -> None:
        resources["KeyAlias"] = resource("KMS::Alias", TargetKeyId=arn("Key"))
        properties(resources, "Topic")["KmsMasterKeyId"] = ref("KeyAlias")

    assert found_after(alias) == []


def test_actions_that_are_switched_off_are_named() -> None:
    assert "Health: its actions are switched off" in found_after(change("Health", ActionsEnabled=False))


def test_a_composite_that_tells_nobody_of_what_is_told_already_is_no_loss() -> None:
    def add(resources: dict[str, Any]) -> None:
        resources["All"] = alarm("CloudWatch::CompositeAlarm", AlarmRule={"Fn::Sub": 'ALARM("${Health}")'})

    assert found_after(add) == []


def test_severities_that_may_be_silent_are_the_callers_to_say() -> None:
    warn = change("Information", AlarmDescription="[warning] It explains.")

    assert found_after(warn, silent=("info", "warning")) == []
    assert found_after(lambda _: None, silent=()) == [f"Information: {UNHEARD}"]


def test_an_alarm_that_scales_has_a_reader() -> None:
    def scale(resources: dict[str, Any]) -> None:
        resources["Scaling"] = resource("ApplicationAutoScaling::ScalingPolicy")
        resources["Busy"] = alarm(AlarmActions=[ref("Scaling")])

    assert found_after(scale) == []


def test_what_is_known_to_deliver_elsewhere_is_the_callers_to_say() -> None:
    outside = "arn:aws:sns:us-east-1:111122223333:team"

    assert found_after(change("Health", AlarmActions=[outside]), trusted=[outside]) == []


LOST_AT_THE_TOPIC: list[tuple[Damage, str]] = [
    (restate("Policy", 1, Effect="Deny"), NO_PUBLISH),
    (restate("Policy", 1, Principal="*"), NO_PUBLISH),
    (restate("Policy", 1, Principal={"Service": "sns.amazonaws.com"}), NO_PUBLISH),
    (restate("Policy", 1, Action="sns:Subscribe"), NO_PUBLISH),
    (restate("Policy", 1, Resource=ref("OtherTopic")), NO_PUBLISH),
    (restate("Policy", 1, Condition=TLS_ONLY), NO_PUBLISH),
    (restate("Policy", 1, Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}}), NO_PUBLISH),
    (restate("Policy", 1, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), NO_PUBLISH),
    (restate("Policy", 1, Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}), NO_PUBLISH),
    (forbid("Policy", Action="sns:*", Principal={"Service": [CLOUDWATCH]}), NO_PUBLISH),
    (
        forbid(
            "Policy",
            Action="sns:Publish",
            Principal={"Service": [CLOUDWATCH]},
            Condition={"StringNotEquals": {"aws:SourceAccount": "111122223333"}},
        ),
        NO_PUBLISH,
    ),
    (restate("Key", 0, Action="kms:Decrypt"), f"the key policy of Topic does not let {CLOUDWATCH} kms:Gen"),
    (restate("Key", 0, Action="kms:GenerateDataKey*"), f"does not let {CLOUDWATCH} kms:Decrypt"),
    (forbid("Key", Principal={"Service": CLOUDWATCH}, Action="kms:Decrypt"), "does not let .* kms:Decrypt"),
]


@pytest.mark.parametrize(("damage", "problem"), LOST_AT_THE_TOPIC)
def test_a_topic_that_does_not_take_it_is_found(damage: Damage, problem: str) -> None:
    (found,) = found_after(damage)

    assert re.search(f"^Health: .*{problem}", found)


def test_a_topic_key_that_alarms_and_rules_cannot_use_is_found_for_both() -> None:
    damages = (
        change("Topic", KmsMasterKeyId="alias/aws/sns"),
        change("Key", Enabled=False),
        forbid("Key", Condition={"StringEquals": {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}}),
    )
    for damage in damages:
        found = found_after(damage)

        assert {text.partition(":")[0] for text in found} == {"Health", "Caught"}
        assert all("the key" in text for text in found)


def test_two_policies_on_one_topic_are_found_since_only_the_last_counts() -> None:
    def add(resources: dict[str, Any]) -> None:
        resources["Second"] = copy.deepcopy(resources["Policy"])

    assert any("Topic has 2 policies" in text for text in found_after(add))


def test_without_a_policy_of_its_own_a_topic_takes_alarms_but_no_events() -> None:
    assert found_after(lose("Policy")) == [
        "Caught: Topic has no policy that lets events.amazonaws.com publish"
    ]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"AWS:SourceAccount": ref("AWS::AccountId")}},
        {"ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:aws:cloudwatch:*:${AWS::AccountId}:alarm:*"}}},
        {"ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:cloudwatch:*:*:alarm:*"}}},
        {"ArnEquals": {"aws:SourceArn": arn("Health")}},
        {"Bool": {"aws:SecureTransport": "true"}},
    ],
)
def test_a_condition_that_the_alarm_meets_is_none_the_worse(condition: dict[str, Any]) -> None:
    assert found_after(restate("Policy", 1, Condition=condition)) == []


def test_a_deny_that_does_not_hit_the_alarm_is_none_the_worse() -> None:
    other = {"StringNotEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}

    assert found_after(forbid("Policy", Action="sns:Publish", Condition=other)) == []
    assert found_after(forbid("Policy", Action="sns:DeleteTopic")) == []


def test_an_account_that_the_template_names_is_the_callers_to_say() -> None:
    literal = restate("Policy", 1, Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}})

    assert found_after(literal, account="111122223333") == []
    assert found_after(literal, account="444455556666") != []


LOST_AT_THE_SUBSCRIBER: list[tuple[Damage, str]] = [
    (change("Email", Endpoint="team"), "Email has the endpoint team"),
    (change("Https", Endpoint="http://example.com"), "Https has the endpoint http://example.com"),
    (change("Sms", Protocol="pigeon"), "Sms has the unknown protocol pigeon"),
    (change("Sqs", Endpoint="arn:aws:sqs:us-east-1:111122223333:far"), "no queue of this template"),
    (change("Sqs", FilterPolicy={"severity": ["critical"]}), "Sqs filters by attributes"),
    (change("Inbox", FifoQueue=True), "Sqs leads from a standard topic to a FIFO queue"),
    (lose("InboxPolicy"), "the policy of Inbox does not let sns.amazonaws.com send"),
    (restate("InboxPolicy", 1, Condition=from_(ref("Other"))), "the policy of Inbox does not let"),
    (restate("InboxPolicy", 0, Condition={}), "the policy of Inbox does not let"),
    (restate("InboxPolicy", 1, Resource=arn("DeadLetters")), "the policy of Inbox does not let"),
    (change("Inbox", KmsMasterKeyId="alias/aws/sqs"), "the key of Inbox is none"),
    (restate("InboxKey", 0, Principal={"Service": CLOUDWATCH}), "the key policy of Inbox does not let sns"),
    (change("Lambda", Endpoint=arn("Function")), "Function may not be invoked by sns.amazonaws.com"),
    (change("Lambda", Endpoint="arn:aws:lambda:us-east-1:1:function:far"), "no function of this template"),
    (lose("TopicMay"), "Alias may not be invoked by sns.amazonaws.com"),
    (change("TopicMay", SourceArn=ref("Other")), "Alias may not be invoked by sns.amazonaws.com"),
    (change("TopicMay", SourceAccount="999999999999"), "Alias may not be invoked by sns.amazonaws.com"),
    (
        change("Email", RedrivePolicy={"deadLetterTargetArn": ref("Key")}),
        "Email leads to .*Key.*, which is no queue",
    ),
    (lose("DeadLettersPolicy"), "the policy of DeadLetters does not let sns.amazonaws.com send"),
]


@pytest.mark.parametrize(("damage", "problem"), LOST_AT_THE_SUBSCRIBER)
def test_a_subscriber_that_cannot_receive_is_found(damage: Damage, problem: str) -> None:
    found = found_after(damage)

    assert found
    assert all(re.search(problem, text) for text in found)


def test_a_topic_that_nobody_subscribes_to_is_found_unless_that_is_somebody_elses() -> None:
    nobody = lose("Email", "Https", "Sms", "Sqs", "Lambda")

    assert found_after(nobody) == ["Health: nobody subscribes to Topic", "Caught: nobody subscribes to Topic"]
    assert found_after(nobody, subscribed=False) == []


@pytest.mark.parametrize("kind", ["SlackChannelConfiguration", "MicrosoftTeamsChannelConfiguration"])
def test_a_channel_of_a_chat_is_a_subscriber(kind: str) -> None:
    def chat(resources: dict[str, Any]) -> None:
        lose("Email", "Https", "Sms", "Sqs", "Lambda")(resources)
        resources["Chat"] = resource(f"Chatbot::{kind}", SnsTopicArns=[ref("Topic")])

    assert found_after(chat) == []


LOST_AT_THE_FUNCTION: list[Damage] = [
    lose("AlarmMay"),
    change("AlarmMay", Principal="sns.amazonaws.com"),
    change("AlarmMay", FunctionName=ref("Alias")),
    change("AlarmMay", SourceArn=arn("Errors")),
    change("AlarmMay", SourceAccount="999999999999"),
    change("AlarmMay", Action="lambda:GetFunction"),
]


@pytest.mark.parametrize("damage", LOST_AT_THE_FUNCTION)
def test_a_function_that_the_alarm_may_not_invoke_is_found(damage: Damage) -> None:
    assert found_after(damage) == [
        "Health: Function may not be invoked by lambda.alarms.cloudwatch.amazonaws.com"
    ]


LOST_AT_THE_RULE: list[tuple[Damage, str]] = [
    (change("Rule", State="DISABLED"), UNHEARD),
    (change("Rule", EventBusName="other"), UNHEARD),
    (pattern(source=["aws.events"]), UNHEARD),
    (pattern(resources=[arn("Errors")]), UNHEARD),
    (pattern(detail={"state": {"value": ["OK"]}}), UNHEARD),
    (pattern(**{"detail-type": ["CloudWatch Alarm Configuration Change"]}), UNHEARD),
    (change("Rule", Targets=[]), "Rule has no target"),
    (lose("EventsPolicy"), "the policy of Events does not let events.amazonaws.com send"),
    (restate("EventsPolicy", 1, Condition=from_(arn("Group"))), "the policy of Events does not let events"),
    (change("Events", KmsMasterKeyId=arn("InboxKey")), "the key policy of Events does not let events"),
    (lose("MissedPolicy"), "the policy of Missed does not let events.amazonaws.com send"),
    (lose("RuleMay"), "Function may not be invoked by events.amazonaws.com"),
    (restate("Policy", 2, Effect="Deny"), "the policy of Topic does not let events.amazonaws.com publish"),
    (restate("Key", 1, Action="kms:Decrypt"), "the key policy of Topic does not let events.amazonaws.com"),
    (target(3, RoleArn="arn:aws:iam::111122223333:role/far"), "nothing that is known to tell somebody"),
    (lose("Workflow", "Role"), "nothing that is known to tell somebody"),
]


@pytest.mark.parametrize(("damage", "problem"), LOST_AT_THE_RULE)
def test_a_rule_that_loses_the_change_of_state_is_found(damage: Damage, problem: str) -> None:
    found = [text for text in found_after(damage) if text.startswith("Caught: ")]

    assert found
    assert all(problem in text for text in found)
