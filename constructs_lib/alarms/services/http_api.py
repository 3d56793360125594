"""The alarms of an API Gateway HTTP API."""

from dataclasses import dataclass

from aws_cdk import aws_apigatewayv2 as apigatewayv2
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services.api_rows import ApiAlarms, ApiAlarmSettings, api_alarms
from constructs_lib.alarms.services.arguments import check_place
from constructs_lib.alarms.sets.alarm_set import chosen_rows
from constructs_lib.checks import Check, is_token

__all__ = ["HTTP_API_ALARMS", "HttpApiAlarmSettings", "HttpApiAlarms", "HttpApiSubject", "http_api_subject"]

# ApiId, and ApiId with Stage, are published for every API; Method and Resource only with detailed metrics.
HTTP_API_ALARMS = api_alarms(
    dimensions={"ApiId": "api_id", "Stage": "stage_name"},
    client_errors="4xx",
    server_errors="5xx",
    source="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html",
    # https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html
    longest_integration_ms=30_000,
)


@dataclass(frozen=True, kw_only=True)
class HttpApiSubject:
    """What alarms need to know about the HTTP API that they watch.

    Attributes:
        api_id: the id, usually a token.
        stage_name: the stage; None for all stages together.
    """

    api_id: str
    stage_name: str | None = None


def http_api_subject(
    api: apigatewayv2.IHttpApi, *, stage: apigatewayv2.IHttpStage | None = None
) -> HttpApiSubject:
    """The subject for any HTTP API, imported ones included.

    Args:
        api: the API.
        stage: the stage to watch. Left out: the API's default stage, and where none is known all stages together.
    """
    watched = stage or api.default_stage
    return HttpApiSubject(api_id=api.api_id, stage_name=None if watched is None else watched.stage_name)


class HttpApiAlarmSettings(ApiAlarmSettings):
    """The alarms of one HTTP API. A field left out keeps its defaults; None switches that alarm off.

    The defaults, and what each alarm means, stand in `HTTP_API_ALARMS`.
    """


class HttpApiAlarms(ApiAlarms):
    """Alarms on one stage of an HTTP API; only composites notify, so that one fault pages once."""

    TABLE = HTTP_API_ALARMS

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        api: apigatewayv2.IHttpApi,
        stage: apigatewayv2.IHttpStage | None = None,
        settings: HttpApiAlarmSettings | None = None,
        route: Route | None = None,
    ) -> None:
        """Make the alarms of the API.

        Args:
            scope: the parent, in the Region of the API.
            construct_id: the id in `scope`.
            api: the API, made or imported.
            stage: the stage to watch, one of this API. Left out: the API's default stage; for an API without one,
                and for an imported one, all stages together.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        check = Check(scope, construct_id)
        check.instance("settings", settings, HttpApiAlarmSettings, None)
        check.require(
            hasattr(api, "api_id") and hasattr(api, "default_stage"),  # a WebSocket API has only the former
            f"api is {api!r}.",
            remedy="Give an aws_cdk.aws_apigatewayv2.HttpApi, made or imported.",
        )
        check_place(check, scope, "api", api)
        check.offers(
            "stage",
            stage,
            "stage_name",
            remedy="Give an aws_cdk.aws_apigatewayv2.HttpStage, made or imported.",
        )
        if stage is not None:
            check.require(
                stage.api.api_id == api.api_id or is_token(stage.api.api_id) != is_token(api.api_id),
                f"stage {stage.stage_name!r} belongs to another API: the alarms could never ring.",
                remedy="Give a stage of this API.",
            )
        subject = http_api_subject(api, stage=stage)
        rows = chosen_rows(check, HTTP_API_ALARMS, subject, settings or HttpApiAlarmSettings(), route)
        super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)
