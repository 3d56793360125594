"""Dead-letter queues know whose they are, and say whose they are willing to be.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from local_cloud.hooks import internal

Queue = dict[str, Any]
Data = dict[str, Any]


def install() -> None:
    handlers = internal("services.sqs._HANDLERS")
    handlers["ListDeadLetterSourceQueues"] = _list_sources
    handlers["CreateQueue"] = _if_allowed(handlers["CreateQueue"])
    handlers["SetQueueAttributes"] = _if_allowed(handlers["SetQueueAttributes"])


def sources_of(arn: str) -> Iterator[Queue]:
    """The queues of this account and Region whose dead-letter queue this is."""
    for queue in list(internal("services.sqs._queues").values()):
        policy = queue["attributes"].get("RedrivePolicy")
        if policy and json.loads(policy).get("deadLetterTargetArn") == arn:
            yield queue


def _list_sources(data: Data, url: str) -> Data:
    queue = internal("services.sqs._get_q")(data.get("QueueUrl", url))
    arn = queue["attributes"]["QueueArn"]
    return {
        "queueUrls": [
            internal("services.sqs._externalize_url")(internal("services.sqs._queue_url")(source["name"]))
            for source in sources_of(arn)
        ]
    }


def _if_allowed(original: Callable[[Data, str], Any]) -> Callable[[Data, str], Any]:
    """Refuse a redrive policy that the dead-letter queue's redrive allow policy does not allow."""

    def act(data: Data, url: str) -> Any:
        policy = (data.get("Attributes") or {}).get("RedrivePolicy")
        arn = _parsed(policy).get("deadLetterTargetArn") if policy else None
        target = internal("services.sqs._queue_by_arn")(arn) if arn else None
        if target is not None:
            name = data.get("QueueName") or (data.get("QueueUrl") or url).rpartition("/")[2]
            source = target["attributes"]["QueueArn"].rpartition(":")[0] + f":{name}"
            allowed = _parsed(target["attributes"].get("RedriveAllowPolicy"))
            permission = allowed.get("redrivePermission", "allowAll")
            if permission == "denyAll" or (
                permission == "byQueue" and source not in allowed.get("sourceQueueArns", [])
            ):
                raise internal("services.sqs._Err")(
                    "InvalidParameterValue",
                    f"Value {policy} for parameter RedrivePolicy is invalid. Reason: the dead-letter queue's redrive "
                    f"allow policy does not allow {source}.",
                )
        return original(data, url)

    return act


def _parsed(text: object) -> Data:
    try:
        found = json.loads(str(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
