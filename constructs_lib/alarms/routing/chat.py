"""Alarms in Slack and Microsoft Teams, by SNS and AWS's chat applications."""

import re
from collections.abc import Iterator

import aws_cdk as cdk
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from constructs_lib.checks import Check, acknowledge, is_token

__all__ = ["ChatChannels"]

_LONGEST_NAME = 128
_UUID = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
# https://docs.aws.amazon.com/chatbot/latest/APIReference/API_CreateSlackChannelConfiguration.html
# https://docs.aws.amazon.com/chatbot/latest/APIReference/API_CreateMicrosoftTeamsChannelConfiguration.html
_PATTERNS = {
    "name": (r"[A-Za-z0-9_-]{1,128}", "letters, digits, - and _, at most 128"),
    "workspace_id": (r"[0-9A-Z]{1,255}", "the id of a Slack workspace, such as T0123456789"),
    "slack_channel_id": (r"[A-Za-z0-9]{1,255}", "the id of a Slack channel, such as C0123456789"),
    "tenant_id": (_UUID, "the id of a Microsoft Teams tenant, a UUID"),
    "team_id": (_UUID, "the id of a Microsoft team, a UUID"),
    "teams_channel_id": (
        r"[\w=+/.,-]*%3[aA][\w=+/.,-]*%40[\w=+/.,-]*",
        "the id of a Microsoft Teams channel, such as 19%3ab6ef35dc%40thread.tacv2",
    ),
}
# What a graph beside an alarm takes, and what explains one. CloudWatch knows no narrower resource for these.
# https://docs.aws.amazon.com/chatbot/latest/adminguide/chatbot-iam-policies.html
_READ = [
    f"cloudwatch:{action}"
    for action in (
        "DescribeAlarmHistory",
        "DescribeAlarms",
        "DescribeAlarmsForMetric",
        "GetMetricData",
        "GetMetricStatistics",
        "GetMetricWidgetImage",
        "ListMetrics",
    )
]
_FINDINGS = {
    "AwsSolutions::AwsSolutions-IAM5[Resource::*]": "Actions of CloudWatch that read metrics and alarms cannot be "
    "limited to a resource.",
}

_CHANNELS = (chatbot.CfnSlackChannelConfiguration, chatbot.CfnMicrosoftTeamsChannelConfiguration)


class ChatChannels(Construct):
    """The channels that one topic notifies, and the role that they share.

    A channel needs no confirmation, and SNS hands it what the topic's key protects without another grant; but
    somebody must have authorized the workspace or team once, in the console. Its members can ask for metrics and
    alarms and for nothing else: without guardrails that say so, AWS's default lets a wider role do everything.

    Attributes:
        role: what the chat applications may do in this account.
    """

    def __init__(self, scope: Construct, construct_id: str, *, topic: sns.ITopic) -> None:
        """Make the role; channels are added."""
        super().__init__(scope, construct_id)
        self._topic = topic
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("chatbot.amazonaws.com"),
            description="Lets chat applications show graphs beside alarms",
        )
        self._policy = iam.ManagedPolicy(
            self,
            "Policy",
            description="Reads alarms and metrics",
            statements=[iam.PolicyStatement(actions=_READ, resources=["*"])],
            roles=[self.role],
        )
        acknowledge(self._policy, _FINDINGS)

    def add_slack(
        self, *, workspace_id: str, channel_id: str, name: str | None
    ) -> chatbot.SlackChannelConfiguration:
        """Notify a channel of Slack."""
        construct_id = self._construct_id("Slack", channel_id)
        self._check(construct_id, workspace_id=workspace_id, slack_channel_id=channel_id, name=name)
        return chatbot.SlackChannelConfiguration(
            self,
            construct_id,
            slack_channel_configuration_name=name or self._name(construct_id),
            slack_workspace_id=workspace_id,
            slack_channel_id=channel_id,
            notification_topics=[self._topic],
            role=self.role,
            guardrail_policies=[self._policy],
            logging_level=chatbot.LoggingLevel.ERROR,
        )

    def add_teams(
        self, *, tenant_id: str, team_id: str, channel_id: str, name: str | None
    ) -> chatbot.CfnMicrosoftTeamsChannelConfiguration:
        """Notify a channel of Microsoft Teams."""
        construct_id = self._construct_id("Teams", channel_id)
        self._check(
            construct_id, tenant_id=tenant_id, team_id=team_id, teams_channel_id=channel_id, name=name
        )
        return chatbot.CfnMicrosoftTeamsChannelConfiguration(
            self,
            construct_id,
            configuration_name=name or self._name(construct_id),
            teams_tenant_id=tenant_id,
            team_id=team_id,
            teams_channel_id=channel_id,
            sns_topic_arns=[self._topic.topic_arn],
            iam_role_arn=self.role.role_arn,
            guardrail_policies=[self._policy.managed_policy_arn],
            logging_level="ERROR",
        )

    def _construct_id(self, kind: str, channel_id: str) -> str:
        # A token has no text to make an id of; a path may not hold every character of an id.
        known = isinstance(channel_id, str) and not is_token(channel_id)
        return kind + (re.sub(r"\W", "", channel_id) if known else "Channel")

    def _check(self, construct_id: str, **values: str | None) -> None:
        check = Check(self, construct_id)
        for name, value in values.items():
            if value is None and name == "name":
                continue
            check.instance(name, value, str)
            pattern, wanted = _PATTERNS[name]
            check.require(
                is_token(value) or re.fullmatch(pattern, str(value)) is not None,
                f"{name} is {value!r}.",
                remedy=f"Give {wanted}.",
            )
        channel_id = values.get("slack_channel_id") or values.get("teams_channel_id")
        check.require(
            not any(_channel_of(node) == channel_id for node in self._in_the_account()),
            f"another configuration of this app has the channel {channel_id}.",
            remedy="An account takes one for each channel: make one, and let it notify of the other topics too, by "
            "add_notification_topic or sns_topic_arns.",
        )

    def _in_the_account(self) -> Iterator[IConstruct]:
        account = cdk.Stack.of(self).account
        for node in self.node.root.node.find_all():
            if isinstance(node, _CHANNELS) and cdk.Stack.of(node).account == account:
                yield node

    def _name(self, construct_id: str) -> str:
        # Unique in the account: the Region tells apart what one template makes in several.
        region = cdk.Aws.REGION
        unique = cdk.Names.unique_resource_name(self, max_length=60, separator="-")
        return f"{unique}-{construct_id[:40]}-{region}"


def _channel_of(node: IConstruct) -> str:
    if isinstance(node, chatbot.CfnSlackChannelConfiguration):
        return node.slack_channel_id
    return node.teams_channel_id if isinstance(node, chatbot.CfnMicrosoftTeamsChannelConfiguration) else ""
