"""APIs on a dashboard."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2

from constructs_lib.alarms.services import http_api_subject, rest_api_subject
from constructs_lib.checks import Check
from constructs_lib.dashboards.api_graphs import HTTP_API_GRAPHS, REST_API_GRAPHS
from constructs_lib.dashboards.graph import Graph, Source
from constructs_lib.dashboards.segment import Segment

__all__ = ["HttpApiSegment", "RestApiSegment"]


def _api(stage_name: str | None, **name: str) -> dict[str, Sequence[Source]]:
    stage = {} if stage_name is None else {"Stage": stage_name}
    return {"api": [Source(namespace="AWS/ApiGateway", dimensions={**name, **stage})]}


@dataclass(frozen=True)
class HttpApiSegment(Segment):
    """An HTTP API: requests, errors and latency.

    Attributes:
        api: the API.
        stage: the stage to show. Left out: the API's default stage, and where none is known all stages together.
    """

    GRAPHS: ClassVar[tuple[Graph, ...]] = HTTP_API_GRAPHS

    api: apigatewayv2.IHttpApi
    _: KW_ONLY
    stage: apigatewayv2.IHttpStage | None = None

    @property
    def resource(self) -> cdk.IResource:
        """The API."""
        return self.api

    @property
    def sources(self) -> Mapping[str, Sequence[Source]]:
        """The stage, by the id of the API."""
        subject = http_api_subject(self.api, stage=self.stage)
        return _api(subject.stage_name, ApiId=subject.api_id)

    def check(self, check: Check) -> None:
        """Fail without an HTTP API."""
        check.require(
            hasattr(self.api, "api_id"),
            f"api is {self.api!r}.",
            remedy="Give an aws_cdk.aws_apigatewayv2.HttpApi, made or imported.",
        )
        check.offers(
            "stage",
            self.stage,
            "stage_name",
            remedy="Give an aws_cdk.aws_apigatewayv2.HttpStage, made or imported.",
        )


@dataclass(frozen=True)
class RestApiSegment(Segment):
    """A REST API: requests, errors and latency.

    Attributes:
        api: the API.
        api_name: its name, by which API Gateway publishes. Left out: the name that CDK knows; one that is
            imported by its id alone has none.
        stage: the stage to show. Left out: the stage that the API deploys to, and where none is known all stages
            together.
    """

    GRAPHS: ClassVar[tuple[Graph, ...]] = REST_API_GRAPHS

    api: apigateway.IRestApi
    _: KW_ONLY
    api_name: str | None = None
    stage: apigateway.IStage | None = None

    @property
    def resource(self) -> cdk.IResource:
        """The API."""
        return self.api

    @property
    def sources(self) -> Mapping[str, Sequence[Source]]:
        """The stage, by the name of the API."""
        subject = rest_api_subject(self.api, api_name=self.api_name, stage=self.stage)
        return _api(subject.stage_name, ApiName=subject.published_name)

    def check(self, check: Check) -> None:
        """Fail without a REST API, and without its name."""
        check.require(
            hasattr(self.api, "rest_api_name"),
            f"api is {self.api!r}.",
            remedy="Give an aws_cdk.aws_apigateway.RestApi, made or imported.",
        )
        check.instance("api_name", self.api_name, str, None)
        check.offers(
            "stage",
            self.stage,
            "stage_name",
            remedy="Give an aws_cdk.aws_apigateway.Stage, made or imported.",
        )
        made_here = isinstance(self.api, apigateway.RestApi | apigateway.SpecRestApi)
        # CDK gives an API that is imported without its name the name of the construct.
        check.require(
            made_here or self.api_name is not None or self.api.rest_api_name != self.api.node.id,
            f"api is {self.api.node.path}, imported without its name, and API Gateway publishes by name: all its "
            "graphs would stay empty.",
            remedy="Give RestApiSegment(api, api_name=...) the name that API Gateway shows.",
        )
