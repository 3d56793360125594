"""What the checklist has to do before, while and after something is broken, as data."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["CLEAN_UP", "FINDING", "PREPARING", "VERIFYING", "WATCHING", "Instruction"]


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One number of the checklist.

    Attributes:
        title: what to do.
        note: what to know first.
        commands: for a shell.
    """

    title: str
    note: str = ""
    commands: str = ""


FINDING = (
    Instruction(
        title="Say what is drilled: the stage, the primary, the standby, the shared name",
        commands="""
STACK=OrderService-prod PRIMARY=eu-west-1 STANDBY=eu-central-1 NAME=orders.example.com
export AWS_PAGER=
""",
    ),
    Instruction(
        title="Find the names of what was deployed",
        commands="""
output() { aws cloudformation describe-stacks --region "$1" --stack-name "${3:-$STACK}" --output text \\
  --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue"; }
resource() { aws cloudformation list-stack-resources --region "$1" --stack-name "$2" --output text \\
  --query "StackResourceSummaries[?ResourceType=='$3' && contains(LogicalResourceId,'$4')].PhysicalResourceId"; }
TABLE=$(output "$PRIMARY" OrdersTable)
FUNCTION=$(resource "$PRIMARY" "$STACK" AWS::Lambda::Alias CreateOrder | cut -d: -f7)
CHECK=$(output us-east-1 PrimaryHealthCheck "$STACK-global")
API=$(resource "$PRIMARY" "$STACK" AWS::ApiGatewayV2::Api '')
GLOBAL_TOPIC=$(output us-east-1 AlarmTopicArn "$STACK-global")
""",
    ),
)

PREPARING = (
    Instruction(
        title="See that somebody is told: each list must name a confirmed subscription",
        commands="""
aws sns list-subscriptions-by-topic --region "$PRIMARY" --topic-arn "$(output "$PRIMARY" AlarmTopicArn)"
aws sns list-subscriptions-by-topic --region "$STANDBY" --topic-arn "$(output "$STANDBY" AlarmTopicArn)"
aws sns list-subscriptions-by-topic --region us-east-1 --topic-arn "$GLOBAL_TOPIC"
""",
    ),
    Instruction(
        title="See that all is well: no alarm rings, every checker of Route 53 says success",
        commands="""
for region in "$PRIMARY" "$STANDBY" us-east-1; do
  aws cloudwatch describe-alarms --region "$region" --state-value ALARM --alarm-types MetricAlarm CompositeAlarm \\
    --query '[MetricAlarms[].AlarmName, CompositeAlarms[].AlarmName]'
done
aws route53 get-health-check-status --health-check-id "$CHECK" \\
  --query 'HealthCheckObservations[].[Region, StatusReport.Status]' --output text
""",
    ),
    Instruction(
        title="Fill the warehouse of each Region, for orders that are paid and completed",
        note="Otherwise each order is cancelled, and its payment given back.",
        commands="""
for region in "$PRIMARY" "$STANDBY"; do
  jq -n --arg region "$region" '{sku: {S: "TEA-GREEN-100G"}, warehouse: {S: $region},
    available: {N: "1000000000"}}' > stock.json
  aws dynamodb put-item --region "$region" --table-name "$(output "$region" StockTable)" --item file://stock.json
done
""",
    ),
    Instruction(
        title="Listen to the confirmations of both Regions",
        note="A queue that SNS may send to; each customer has to be told once.",
        commands="""
for region in "$PRIMARY" "$STANDBY"; do
  topic=$(output "$region" ConfirmationsTopicArn)
  queue=$(aws sqs create-queue --region "$region" --queue-name drill-customers --query QueueUrl --output text)
  arn=$(aws sqs get-queue-attributes --region "$region" --queue-url "$queue" --attribute-names QueueArn \\
    --query Attributes.QueueArn --output text)
  jq -n --arg arn "$arn" --arg topic "$topic" '{Policy: ({Version: "2012-10-17", Statement: [{Effect: "Allow",
    Principal: {Service: "sns.amazonaws.com"}, Action: "sqs:SendMessage", Resource: $arn,
    Condition: {ArnEquals: {"aws:SourceArn": $topic}}}]} | tojson)}' > policy.json
  aws sqs set-queue-attributes --region "$region" --queue-url "$queue" --attributes file://policy.json
  aws sns subscribe --region "$region" --topic-arn "$topic" --protocol sqs --notification-endpoint "$arn"
done
""",
    ),
    Instruction(
        title="Send steady traffic, in the background, and log every attempt",
        note="Requests are signed for the Region that answered last; a 403 means that it is the other one's turn. The "
        "same order is tried again with the same key. The log has time, Region signed for, status, key, order. Ctrl-C "
        "ends the view, not the traffic.",
        commands="""
eval "$(aws configure export-credentials --format env)"
traffic() { signs=$PRIMARY other=$STANDBY
  while sleep 1; do key=$(uuidgen) status=000
    until [ "$status" = 201 ]; do
      status=$(curl -s -m 3 -o answer.json -w '%{http_code}' "https://$NAME/orders" \\
        --aws-sigv4 "aws:amz:$signs:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\
        ${AWS_SESSION_TOKEN:+-H "x-amz-security-token: $AWS_SESSION_TOKEN"} \\
        -H 'content-type: application/json' -H "idempotency-key: $key" \\
        -d '{"customer_email": "drill@example.com", "currency": "EUR",
             "items": [{"sku": "TEA-GREEN-100G", "quantity": 2, "unit_price": "8.50"}]}')
      echo "$(date -u +%T) $signs $status $key $(jq -r '.order_id // "-"' answer.json 2>/dev/null)"
      rm -f answer.json
      case $status in 201) ;; 403) swap=$signs signs=$other other=$swap ;; *) sleep 1.5 ;; esac
    done
  done; }
traffic >> drill.log & TRAFFIC=$!
tail -f drill.log
""",
    ),
)

_USUAL_WATCH = """
date -u +%T; dig +short "$NAME"; tail -n 3 drill.log
aws route53 get-health-check-status --health-check-id "$CHECK" \\
  --query 'HealthCheckObservations[].[Region, StatusReport.Status]' --output text
aws cloudwatch describe-alarms --region "$STANDBY" --alarm-name-prefix "$STACK" --state-value ALARM \\
  --query 'MetricAlarms[].[AlarmName, StateUpdatedTimestamp]' --output text
"""

WATCHING: Mapping[str, Instruction] = {
    "usual": Instruction(
        title="Watch, until every line of the log is a 201 again; note the time of the last one that was not",
        note="It has to be no later after the fault than the worst case that `cdk synth` writes into the metadata of "
        "the global stack (constructs-lib:failover-plan). Note who was told, by whom, and when.",
        commands=_USUAL_WATCH,
    ),
    "us-east-1": Instruction(
        title="Watch without us-east-1, until every line of the log is a 201 again",
        note="Only DNS and the standby's Region: the health check's status, its metrics and their alarms are "
        "us-east-1's. The standby's own alarm has to tell people.",
        commands="""
date -u +%T; dig +short "$NAME"; tail -n 3 drill.log
aws cloudwatch describe-alarms --region "$STANDBY" --alarm-name-prefix "$STACK" --state-value ALARM \\
  --query 'MetricAlarms[].[AlarmName, StateUpdatedTimestamp]' --output text
""",
    ),
}

VERIFYING = (
    Instruction(
        title="Stop the traffic, and look for every acknowledged order in both Regions",
        note="Nothing may be printed: a line is an order that was lost.",
        commands="""
kill "$TRAFFIC"
awk '$3 == 201 {print $5}' drill.log | sort -u | while read -r order; do
  for region in "$PRIMARY" "$STANDBY"; do
    aws dynamodb get-item --region "$region" --table-name "$TABLE" --key "{\\"order_id\\": {\\"S\\": \\"$order\\"}}" \\
      --query Item.order_id.S --output text | grep -q "$order" || echo "lost in $region: $order"
  done
done
""",
    ),
    Instruction(
        title="Send the confirmations again that wait as dead letters",
        note="One that the fault interrupted between publishing it and noting that may come twice.",
        commands="""
for region in "$PRIMARY" "$STANDBY"; do
  queue=$(output "$region" DeadLetterQueueUrl) alias=$(output "$region" SendNotificationAlias)
  while message=$(aws sqs receive-message --region "$region" --queue-url "$queue" --wait-time-seconds 2 \\
    --query 'Messages[0]' --output json) && [ "${message:-null}" != null ]; do
    jq -r .Body <<< "$message" | jq -c .requestPayload > event.json
    aws lambda invoke --region "$region" --function-name "$alias" --invocation-type Event \\
      --cli-binary-format raw-in-base64-out --payload file://event.json answer.json
    aws sqs delete-message --region "$region" --queue-url "$queue" \\
      --receipt-handle "$(jq -r .ReceiptHandle <<< "$message")"
  done
done
""",
    ),
    Instruction(
        title="Look for keys with two orders, and for orders confirmed twice",
        note="Nothing may be printed, but for what the replication lag of eventual consistency explains. Receiving all "
        "messages may take several calls.",
        commands="""
awk '$3 == 201 {print $4, $5}' drill.log | sort -u | cut -d' ' -f1 | uniq -d
for region in "$PRIMARY" "$STANDBY"; do
  queue=$(aws sqs get-queue-url --region "$region" --queue-name drill-customers --query QueueUrl --output text)
  while aws sqs receive-message --region "$region" --queue-url "$queue" --max-number-of-messages 10 \\
    --visibility-timeout 3600 --wait-time-seconds 2 --output json | jq -e -r '.Messages[].Body'; do :; done
done | jq -r '.Message | fromjson.order_id' | sort | uniq -d
""",
    ),
)

CLEAN_UP = (
    Instruction(
        title="Take the listening queues away, and see that the stacks are as they were deployed",
        commands="""
for region in "$PRIMARY" "$STANDBY"; do
  queue=$(aws sqs get-queue-url --region "$region" --queue-name drill-customers --query QueueUrl --output text)
  aws sns list-subscriptions-by-topic --region "$region" --topic-arn "$(output "$region" ConfirmationsTopicArn)" \\
    --query "Subscriptions[?ends_with(Endpoint,'drill-customers')].SubscriptionArn" --output text |
    xargs -n 1 aws sns unsubscribe --region "$region" --subscription-arn
  aws sqs delete-queue --region "$region" --queue-url "$queue"
  aws cloudformation detect-stack-drift --region "$region" --stack-name "$STACK"
done
rm -f good.zip slow.zip slow.py deny.json policy.json stock.json event.json answer.json
""",
    ),
)
