"""The alarms of one resource, and the composites over them that notify."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, Self, cast, overload

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.alarms.routing.topic import route_or_topic
from constructs_lib.alarms.sets.grouping import HEALTH, groups
from constructs_lib.alarms.table.alarm_template import AlarmTemplate, IncludedAlarms
from constructs_lib.alarms.table.definition import AlarmDefinition
from constructs_lib.alarms.table.resolution import applies, check_settings, widen
from constructs_lib.alarms.table.settings import AlarmSetSettings
from constructs_lib.checks import Check, ConfigurationError

__all__ = ["AlarmAttribute", "AlarmSet", "chosen_rows"]


def chosen_rows(
    check: Check,
    table: Sequence[AlarmDefinition],
    subject: object,
    settings: AlarmSetSettings,
    route: Route | None,
) -> list[AlarmDefinition]:
    """The rows of `table` that are switched on and that `subject` has something to watch for, once checked."""
    check_route(check, route)
    return [
        widen(row, settings.of(row), subject)
        for row in check_settings(check, table, settings)
        if applies(row, subject)
    ]


class AlarmAttribute:
    """An alarm of a set by the name of its row; asking for one that is not there is a `ConfigurationError`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: "AlarmSet", owner: type) -> cloudwatch.CfnAlarm: ...
    def __get__(self, instance: "AlarmSet | None", owner: type) -> "Self | cloudwatch.CfnAlarm":
        return self if instance is None else instance.alarm_of(self._name)


class AlarmSet(IncludedAlarms):
    """Alarms on one resource; only composites notify, so that one fault pages once.

    Every alarm that is switched on and has something to watch is an attribute of this construct, by the name
    it has in the settings. They are `CfnAlarm`, which CDK takes wherever it takes an alarm: in dashboards, rules,
    deployment groups. Where the route treats severities differently, the composites ``Critical``, ``Warning`` and
    ``Info`` notify, and `health` tells nobody; else `health` notifies.

    Attributes:
        TABLE: the rows of the service.
        SUBJECT: what is watched, in a word.
        names: the names of the alarms that exist.
    """

    TABLE: ClassVar[tuple[AlarmDefinition, ...]]
    SUBJECT: ClassVar[str]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rows: Sequence[AlarmDefinition],
        subject: object,
        route: Route | None,
        elsewhere: Mapping[str, cloudwatch.CfnAlarm] = MappingProxyType({}),
        uncovered: Sequence[str] = (),
    ) -> None:
        """Make the alarms of `rows`, which `chosen_rows` has checked.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            rows: the rows.
            subject: what they watch.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            elsewhere: alarms that exist already, by the names of their rows.
            uncovered: the names of those of them that another composite covers.
        """
        template = AlarmTemplate()
        self._elsewhere = elsewhere
        for row in rows:
            if row.name not in elsewhere:
                template.add(row, subject)
        self.names = tuple(row.name for row in rows)
        self._ids = {row.name: row.construct_id for row in rows}
        runbooks = {row.runbook for row in rows}
        runbook = runbooks.pop() if len(runbooks) == 1 else None
        covered = {row.construct_id: row.severity for row in rows if row.name not in uncovered}
        chosen = route_or_topic(scope, route) if rows else None
        self._groups = (
            {}
            if chosen is None
            else {g.construct_id: g for g in groups(covered, chosen, self._named(rows, subject), runbook)}
        )
        outside = {self._ids[name]: alarm.ref for name, alarm in elsewhere.items() if name in self._ids}
        for group in self._groups.values():
            template.compose(
                group.construct_id, group.description, group.children, group.actions.topic_arns(), outside
            )
        super().__init__(scope, construct_id, template)
        self._views: dict[str, cloudwatch.IAlarm] = {}
        with Check(scope, construct_id).all_or_nothing():
            for group in self._groups.values():
                if group.actions.has_other_actions:
                    name = group.construct_id
                    group.actions.bind(self, self._composite(name), self._view(name))

    @classmethod
    def _named(cls, rows: Sequence[AlarmDefinition], subject: object) -> str:
        """What is watched, by the name under which it publishes, where it has one."""
        attributes = [attribute for row in rows for attribute in row.dimensions.values()]
        values = [getattr(subject, attribute) for attribute in attributes]
        return next((f"the {cls.SUBJECT} {value}" for value in values if value), f"this {cls.SUBJECT}")

    @property
    def by_name(self) -> Mapping[str, cloudwatch.CfnAlarm]:
        """The alarms that exist, by name."""
        return MappingProxyType({name: self.alarm_of(name) for name in self.names})

    @property
    def composites(self) -> tuple[cloudwatch.IAlarm, ...]:
        """All composite alarms of the set; those that notify, and `health`."""
        return tuple(self._view(construct_id) for construct_id in self._groups)

    @property
    def notifying(self) -> tuple[cloudwatch.IAlarm, ...]:
        """The composite alarms of the set that do something, by its route."""
        return tuple(self._view(construct_id) for construct_id in self._loud())

    @property
    def notifying_resources(self) -> tuple[cloudwatch.CfnCompositeAlarm, ...]:
        """The same as CloudFormation resources."""
        return tuple(self._composite(construct_id) for construct_id in self._loud())

    @property
    def health(self) -> cloudwatch.IAlarm | None:
        """The composite alarm over all that is critical or a warning; None when there are no such alarms.

        What it notifies is said by the route; `health_resource` is the resource itself.
        """
        return self._view(HEALTH) if HEALTH in self._groups else None

    @property
    def health_resource(self) -> cloudwatch.CfnCompositeAlarm:
        """The composite alarm as a CloudFormation resource, to change any property of."""
        if HEALTH not in self._groups:
            raise ConfigurationError(
                f"{self.node.path}: there is no health alarm, since there are no alarms."
            )
        return self._composite(HEALTH)

    def alarm_of(self, name: str) -> cloudwatch.CfnAlarm:
        """The alarm `name`.

        Raises:
            ConfigurationError: it is switched off, or has nothing to watch.
        """
        if name in self._elsewhere and name in self.names:
            return self._elsewhere[name]
        if (construct_id := self._ids.get(name)) is not None:
            return self.alarm(construct_id)
        raise ConfigurationError(
            f"{self.node.path}: there is no alarm {name}. It is switched off, or this {self.SUBJECT} has nothing "
            f"for it to watch. There are: {', '.join(self.names) or 'none'}."
        )

    def _loud(self) -> list[str]:
        return [name for name, group in self._groups.items() if not group.actions.tells_nobody]

    def _composite(self, construct_id: str) -> cloudwatch.CfnCompositeAlarm:
        return cast("cloudwatch.CfnCompositeAlarm", self.get_resource(construct_id))

    def _view(self, construct_id: str) -> cloudwatch.IAlarm:
        """The composite as CDK's actions and widgets take it."""
        if construct_id not in self._views:
            arn = self._composite(construct_id).attr_arn
            # Unique in the app: CDK's LambdaAction names its permission after this id.
            view_id = f"{construct_id}Alarm{self.node.addr[-8:]}"
            self._views[construct_id] = cloudwatch.CompositeAlarm.from_composite_alarm_arn(self, view_id, arn)
        return self._views[construct_id]
