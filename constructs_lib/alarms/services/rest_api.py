"""The alarms of an API Gateway REST API."""

from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services.api_rows import ApiAlarms, ApiAlarmSettings, api_alarms
from constructs_lib.alarms.services.arguments import check_place
from constructs_lib.alarms.sets.alarm_set import chosen_rows
from constructs_lib.checks import Check, is_token

__all__ = ["REST_API_ALARMS", "RestApiAlarmSettings", "RestApiAlarms", "RestApiSubject", "rest_api_subject"]

_METRICS = (
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"
)

# ApiName, and ApiName with Stage, are published for every API; Method and Resource only with detailed metrics.
REST_API_ALARMS = api_alarms(
    dimensions={"ApiName": "published_name", "Stage": "stage_name"},
    client_errors="4XXError",
    server_errors="5XXError",
    source=_METRICS,
)


@dataclass(frozen=True, kw_only=True)
class RestApiSubject:
    """What alarms need to know about the REST API that they watch.

    Attributes:
        api_name: the name: REST APIs have no other dimension, and those of one name share their figures.
        api_id: the id, usually a token.
        stage_name: the stage; None for all stages together.
    """

    api_name: str
    api_id: str
    stage_name: str | None = None

    @property
    def published_name(self) -> str:
        """The name in the dimension: without what is not ASCII, and the id where nothing is left.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
        """
        return self.api_name.encode("ascii", "ignore").decode() or self.api_id


def rest_api_subject(
    api: apigateway.IRestApi, *, api_name: str | None = None, stage: apigateway.IStage | None = None
) -> RestApiSubject:
    """The subject for any REST API.

    Args:
        api: the API.
        api_name: its name. Left out: the name that CDK knows, which for most imported APIs is a wrong one.
        stage: the stage to watch. Left out: the API's deployment stage, and where none is known all stages together.
    """
    watched = stage or _deployment_stage(api)
    return RestApiSubject(
        api_name=api_name or api.rest_api_name,
        api_id=api.rest_api_id,
        stage_name=None if watched is None else watched.stage_name,
    )


def _deployment_stage(api: apigateway.IRestApi) -> apigateway.IStage | None:
    try:
        return api.deployment_stage
    except RuntimeError:  # what jsii makes of a stage that is undefined: not deployed by CDK, or imported
        return None


class RestApiAlarmSettings(ApiAlarmSettings):
    """The alarms of one REST API. A field left out keeps its defaults; None switches that alarm off.

    The defaults, and what each alarm means, stand in `REST_API_ALARMS`.
    """


class RestApiAlarms(ApiAlarms):
    """Alarms on one stage of a REST API; only composites notify, so that one fault pages once.

    REST APIs publish under their name: give each API of a Region another one.
    """

    TABLE = REST_API_ALARMS

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        api: apigateway.IRestApi,
        api_name: str | None = None,
        stage: apigateway.IStage | None = None,
        settings: RestApiAlarmSettings | None = None,
        route: Route | None = None,
    ) -> None:
        """Make the alarms of the API.

        Args:
            scope: the parent, in the Region of the API.
            construct_id: the id in `scope`.
            api: the API, made or imported.
            api_name: the API's name. Left out: the name of an API that is made in the app; an imported one needs it,
                unless it was imported with its name. The name of a `SpecRestApi` may come from its definition: give
                that one.
            stage: the stage to watch, one of this API. Left out: the stage that the API deploys to; for an API that
                CDK does not deploy, and for an imported one, all stages together.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        check = Check(scope, construct_id)
        check.instance("settings", settings, RestApiAlarmSettings, None)
        check.require(
            hasattr(api, "rest_api_id"),
            f"api is {api!r}.",
            remedy="Give an aws_cdk.aws_apigateway.RestApi, made or imported.",
        )
        check_place(check, scope, "api", api)
        check.instance("api_name", api_name, str, None)
        check.require(
            bool(api_name) or _knows_its_name(api),
            "api is imported without its name, and REST APIs publish their figures under the name: the alarms could "
            "never ring.",
            remedy="Give api_name.",
        )
        check.offers(
            "stage", stage, "stage_name", remedy="Give an aws_cdk.aws_apigateway.Stage, made or imported."
        )
        if stage is not None:
            other = stage.rest_api.rest_api_id
            check.require(
                other == api.rest_api_id or is_token(other) != is_token(api.rest_api_id),
                f"stage {stage.stage_name!r} belongs to another API: the alarms could never ring.",
                remedy="Give a stage of this API.",
            )
        subject = rest_api_subject(api, api_name=api_name, stage=stage)
        rows = chosen_rows(check, REST_API_ALARMS, subject, settings or RestApiAlarmSettings(), route)
        super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)


def _knows_its_name(api: apigateway.IRestApi) -> bool:
    # CDK gives the construct id for the name of an imported API that it does not know.
    return api.node.default_child is not None or api.rest_api_name != api.node.id
