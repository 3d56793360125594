"""How each fault is made and undone on a real account, as commands."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ON_AWS", "OnAws"]


@dataclass(frozen=True, kw_only=True)
class OnAws:
    """How a fault is made on a real account.

    Attributes:
        break_: commands.
        mend: commands.
        differs: what users see instead, where that differs.
    """

    break_: str
    mend: str
    differs: str = ""


_NEW_VERSION = """\
aws lambda wait function-updated-v2 --region "$PRIMARY" --function-name "$FUNCTION"
aws lambda update-alias --region "$PRIMARY" --function-name "$FUNCTION" --name live --function-version \\
  "$(aws lambda publish-version --region "$PRIMARY" --function-name "$FUNCTION" --query Version --output text)"
"""
_OLD_VERSION = """
aws lambda update-alias --region "$PRIMARY" --function-name "$FUNCTION" --name live --function-version "$GOOD"
"""
_REMEMBER = """
GOOD=$(aws lambda get-alias --region "$PRIMARY" --function-name "$FUNCTION" --name live \\
  --query FunctionVersion --output text)
"""
_TURN_AWAY = """
aws apigatewayv2 update-stage --region "$PRIMARY" --api-id "$API" --stage-name '$default' \\
  --default-route-settings DetailedMetricsEnabled=true,ThrottlingBurstLimit=0,ThrottlingRateLimit=0 \\
  --route-settings '{"GET /health": {"ThrottlingBurstLimit": 0, "ThrottlingRateLimit": 0}}'
"""
_LET_IN = """
aws apigatewayv2 update-stage --region "$PRIMARY" --api-id "$API" --stage-name '$default' \\
  --default-route-settings "DetailedMetricsEnabled=true,ThrottlingBurstLimit=$BURST,ThrottlingRateLimit=$RATE" \\
  --route-settings "$ROUTES"
"""
_LIMITS = """
read -r BURST RATE < <(aws apigatewayv2 get-stage --region "$PRIMARY" --api-id "$API" --stage-name '$default' \\
  --query 'DefaultRouteSettings.[ThrottlingBurstLimit, ThrottlingRateLimit]' --output text)
ROUTES=$(aws apigatewayv2 get-stage --region "$PRIMARY" --api-id "$API" --stage-name '$default' \\
  --query RouteSettings --output json)
"""
_NO_REGION = (
    "Nobody can cut a Region of AWS off. Nearest is a gateway that turns everybody away, the health checkers included: "
    "users get 429 at once instead of silence, so this is found out sooner, and replication goes on."
)

ON_AWS: Mapping[str, OnAws] = {
    "failing": OnAws(
        break_=_REMEMBER
        + """\
date -u +%T; aws lambda update-function-configuration --region "$PRIMARY" --function-name "$FUNCTION" \\
  --handler no_such_module.handler
"""
        + _NEW_VERSION,
        mend=_OLD_VERSION
        + """\
aws lambda update-function-configuration --region "$PRIMARY" --function-name "$FUNCTION" \\
  --handler create_order.handler.handler
""",
        differs="CodeDeploy's rollback is passed by, as by somebody who hurries.",
    ),
    "slow": OnAws(
        break_=_REMEMBER
        + """\
curl -s -o good.zip "$(aws lambda get-function --region "$PRIMARY" --function-name "$FUNCTION" --qualifier live \\
  --query Code.Location --output text)"
cat > slow.py <<'END'
import time
from create_order.handler import handler as quick
def handler(event, context):
    time.sleep(6)
    return quick(event, context)
END
cp good.zip slow.zip && zip -q slow.zip slow.py
date -u +%T; aws lambda update-function-code --region "$PRIMARY" --function-name "$FUNCTION" \\
  --zip-file fileb://slow.zip
aws lambda wait function-updated-v2 --region "$PRIMARY" --function-name "$FUNCTION"
aws lambda update-function-configuration --region "$PRIMARY" --function-name "$FUNCTION" --handler slow.handler
"""
        + _NEW_VERSION,
        mend=_OLD_VERSION
        + """\
aws lambda update-function-configuration --region "$PRIMARY" --function-name "$FUNCTION" \\
  --handler create_order.handler.handler
aws lambda wait function-updated-v2 --region "$PRIMARY" --function-name "$FUNCTION"
aws lambda update-function-code --region "$PRIMARY" --function-name "$FUNCTION" --zip-file fileb://good.zip
""",
        differs="A gateway cannot be made slow: here it is the function, so the order is placed 6 s late, and the "
        "health route's question to it takes too long.",
    ),
    "table": OnAws(
        break_="""
TABLE_ARN=$(aws dynamodb describe-table --region "$PRIMARY" --table-name "$TABLE" \\
  --query Table.TableArn --output text)
ROLES=$(for role in $(resource "$PRIMARY" "$STACK" AWS::IAM::Role ''); do
  aws iam get-role --role-name "$role" --query Role.Arn; done | jq -s .)
jq -n --arg table "$TABLE_ARN" --argjson roles "$ROLES" '{Version: "2012-10-17", Statement: [{Effect: "Deny",
  Principal: {AWS: $roles}, Action: "dynamodb:*", Resource: $table}]}' > deny.json
date -u +%T; aws dynamodb put-resource-policy --region "$PRIMARY" --resource-arn "$TABLE_ARN" \\
  --policy file://deny.json
""",
        mend="""
aws dynamodb delete-resource-policy --region "$PRIMARY" --resource-arn "$TABLE_ARN"
""",
        differs="A replica cannot be hidden: here the roles of the primary's functions are denied, and nobody else. "
        "Never deny the role of replication, AWSServiceRoleForDynamoDBReplication: it stops then, and after some time "
        "the replica is lost (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html).",
    ),
    "unreachable": OnAws(break_=f"{_LIMITS}date -u +%T{_TURN_AWAY}", mend=_LET_IN, differs=_NO_REGION),
    "us-east-1": OnAws(
        break_="""
for role in $(resource "$STANDBY" "$STACK" AWS::IAM::Role ''); do
  aws iam put-role-policy --role-name "$role" --policy-name drill-without-us-east-1 --policy-document \\
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*",
      "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}]}'
done"""
        f"{_LIMITS}date -u +%T{_TURN_AWAY}",
        mend=_LET_IN
        + """\
for role in $(resource "$STANDBY" "$STACK" AWS::IAM::Role ''); do
  aws iam delete-role-policy --role-name "$role" --policy-name drill-without-us-east-1
done
""",
        differs=f"{_NO_REGION} What the standby's functions may call in us-east-1 is taken away; Route 53's checkers "
        "there go on.",
    ),
}
