"""Whether topics, queues, functions and keys of a template take what a service sends, and who hears of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from tests.graph import references
from tests.policies import Caller, Resources, allowed, flat, listed, statements_of

CLOUDWATCH = "cloudwatch.amazonaws.com"
FUNCTIONS = ("AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version")

_CHATS = ("AWS::Chatbot::SlackChannelConfiguration", "AWS::Chatbot::MicrosoftTeamsChannelConfiguration")
_ENDPOINTS = {
    "email": r".+@.+",
    "email-json": r".+@.+",
    "https": r"https://.+",
    "http": r"http://.+",
    "sms": r"\+\d+",
}


@dataclass(frozen=True)
class Endpoints:
    """The resources of a template; each method tells what is wrong on the way to one of them.

    Attributes:
        resources: the resources.
        subscribed: whether a topic without a subscription counts as a lost link.
        trusted: ARNs outside of the template that are known to deliver.
        account: the account that the stack is for, where its template names one.
    """

    resources: Resources
    subscribed: bool
    trusted: tuple[str, ...]
    account: str | None

    def of_topic(self, topic: str, caller: Caller) -> Iterator[str]:
        policies = list(statements_of(self.resources, "AWS::SNS::TopicPolicy", "Topics", topic))
        if len(policies) > 1:
            yield f"{topic} has {len(policies)} policies, of which the last that is deployed counts"
        for statements in policies:
            if not allowed(statements, caller, "sns:Publish", (f"${{{topic}}}", f"${{{topic}.TopicArn}}")):
                yield f"the policy of {topic} does not let {caller.service} publish"
        # SNS's own policy lets alarms publish, and no rule.
        if not policies and caller.service != CLOUDWATCH:
            yield f"{topic} has no policy that lets {caller.service} publish"
        yield from self._of_key(topic, "KmsMasterKeyId", caller)
        heard = False
        for name, resource in self.resources.items():
            properties = resource.get("Properties", {})
            if resource["Type"] == "AWS::SNS::Subscription" and topic in references(properties["TopicArn"]):
                heard = True
                yield from self._of_subscription(name, topic)
            if resource["Type"] in _CHATS:
                heard = heard or topic in references(properties.get("SnsTopicArns"))
        if self.subscribed and not heard:
            yield f"nobody subscribes to {topic}"

    def _of_subscription(self, subscription: str, topic: str) -> Iterator[str]:
        properties = self.properties(subscription)
        protocol, endpoint = properties.get("Protocol"), properties.get("Endpoint")
        caller = self.caller("sns.amazonaws.com", f"${{{topic}}}", "sns")
        if properties.get("FilterPolicy") and properties.get("FilterPolicyScope") != "MessageBody":
            yield f"{subscription} filters by attributes, which notifications of alarms do not have"
        if protocol == "sqs":
            yield from self.of_queue(subscription, endpoint, caller)
            if self.properties(self.target(endpoint)).get("FifoQueue"):
                yield f"{subscription} leads from a standard topic to a FIFO queue"
        elif protocol == "lambda":
            yield from self.of_function(self.target(endpoint), caller)
        elif protocol not in _ENDPOINTS:
            yield f"{subscription} has the unknown protocol {protocol}"
        elif not re.fullmatch(_ENDPOINTS[protocol], flat(endpoint)) and "${" not in flat(endpoint):
            yield f"{subscription} has the endpoint {endpoint}"
        if redrive := properties.get("RedrivePolicy"):
            yield from self.of_queue(subscription, redrive.get("deadLetterTargetArn"), caller)

    def of_queue(self, sender: str, arn: object, caller: Caller) -> Iterator[str]:
        queue = self.target(arn)
        if flat(arn) in self.trusted:
            return
        if self.kind(queue) != "AWS::SQS::Queue":
            yield f"{sender} leads to {flat(arn)}, which is no queue of this template"
            return
        policies = statements_of(self.resources, "AWS::SQS::QueuePolicy", "Queues", queue)
        let = partial(allowed, caller=caller, action="sqs:SendMessage", resource=(f"${{{queue}.Arn}}",))
        if not any(let(statements) for statements in policies):
            yield f"the policy of {queue} does not let {caller.service} send"
        yield from self._of_key(queue, "KmsMasterKeyId", caller)

    def of_function(self, function: str, caller: Caller) -> Iterator[str]:
        if self.kind(function) not in FUNCTIONS:
            yield f"{function or 'an endpoint'} is no function of this template"
            return
        permissions = [
            resource.get("Properties", {})
            for resource in self.resources.values()
            if resource["Type"] == "AWS::Lambda::Permission"
        ]
        own = ("${AWS::AccountId}", self.account, "None")
        if not any(
            self.target(each.get("FunctionName")) == function
            and each.get("Principal") == caller.service
            and each.get("Action") in ("lambda:InvokeFunction", "lambda:*")
            and flat(each.get("SourceArn")) in (*caller.arns, "None")
            and flat(each.get("SourceAccount")) in own
            for each in permissions
        ):
            yield f"{function} may not be invoked by {caller.service}"

    def _of_key(self, owner: str, name: str, caller: Caller) -> Iterator[str]:
        given = self.properties(owner).get(name)
        if given is None:
            return
        key = self.target(given)
        if self.kind(key) == "AWS::KMS::Alias":
            key = self.target(self.properties(key).get("TargetKeyId"))
        if self.kind(key) != "AWS::KMS::Key":
            yield f"the key of {owner} is none whose policy is known to let {caller.service} use it"
            return
        if self.properties(key).get("Enabled") is False:
            yield f"the key of {owner} is disabled"
        statements = listed(self.properties(key)["KeyPolicy"]["Statement"])
        for action in ("kms:Decrypt", "kms:GenerateDataKey"):
            if not allowed(statements, caller, action, (f"${{{key}.Arn}}",)):
                yield f"the key policy of {owner} does not let {caller.service} {action}"

    def caller(self, service: str, arn: str, kind: str) -> Caller:
        return Caller.of(service, arn, kind, self.account)

    def properties(self, name: str) -> Resources:
        found: Resources = self.resources.get(name, {}).get("Properties", {})
        return found

    def kind(self, name: str) -> str:
        return str(self.resources.get(name, {}).get("Type"))

    def text(self, name: str, key: str) -> str:
        value = self.properties(name).get(key)
        return "" if value is None else flat(value)

    def target(self, value: object) -> str:
        """The one resource of the template that `value` names, or nothing."""
        named = [name for name in references(value) if name in self.resources]
        return named[0] if len(named) == 1 else ""
