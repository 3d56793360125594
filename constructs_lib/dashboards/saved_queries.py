"""Queries that wait in CloudWatch Logs Insights for the moment when they are needed."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.checks import Check, is_token
from constructs_lib.dashboards.queries import LOG_QUERIES, LogQuery

__all__ = ["SavedQueries"]

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
_LOG_GROUPS = (1, 50)
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
_LONGEST_NAME = 255


class SavedQueries(Construct):
    """The queries of `LOG_QUERIES`, saved for the log groups of functions that write Lambda's JSON format.

    Lambda writes what they count, ``platform.report`` and ``platform.initStart``, unless the function's system log
    level is ``WARN``.

    Attributes:
        queries: the query definitions, by the name of the query.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        log_groups: Sequence[logs.ILogGroup],
        folder: str | None = None,
        queries: Sequence[LogQuery] = LOG_QUERIES,
    ) -> None:
        """Save the queries.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            log_groups: what they ask, 1 to 50 log groups of the stack's Region.
            folder: where people find them in the console. Left out: this construct's path.
            queries: which. Left out: all that this library has.

        Raises:
            ConfigurationError: Logs Insights would refuse them; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check.instance("log_groups", log_groups, list, tuple)
        check.within("the number of log_groups", len(log_groups), *_LOG_GROUPS)
        check.instance("folder", folder, str, None)
        for group in log_groups:
            check.require(
                hasattr(group, "log_group_name"),
                f"log_groups holds {group!r}.",
                remedy="Give log groups of aws_cdk.aws_logs, made or imported.",
            )
        parent = folder or f"{scope.node.path}/{construct_id}"
        for query in queries:
            check.instance("one of queries", query, LogQuery)
            name = f"{parent}/{query.title}"
            check.require(
                is_token(name) or len(name) <= _LONGEST_NAME,
                f"a query would be called {name!r}, {len(name)} characters.",
                remedy=f"CloudWatch Logs takes {_LONGEST_NAME}: give a shorter folder.",
            )
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            names = [group.log_group_name for group in log_groups]
            self.queries: Mapping[str, logs.CfnQueryDefinition] = MappingProxyType(
                {
                    query.name: logs.CfnQueryDefinition(
                        self,
                        "".join(word.capitalize() for word in query.name.split("_")),
                        name=f"{parent}/{query.title}",
                        query_string=query.text,
                        log_group_names=names,
                    )
                    for query in queries
                }
            )
