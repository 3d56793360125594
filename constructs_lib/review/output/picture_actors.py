"""Who calls whom, who is told, where dead letters go: the resources of a stack that take part, and what flows."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.review.output.picture_parts import ACTORS, FLOWS, OWNER, Actor, Flow, Kind, Place, Role
from constructs_lib.review.output.receivers import receivers_of
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.alarms import alarms_of, find_alarm
from constructs_lib.review.reading.data import at, items_of, texts_in
from constructs_lib.review.reading.functions import function_of
from constructs_lib.review.reading.statements import role_statements

__all__ = ["actors_and_flows"]

_REACHED: Final = (Role.DATA, Role.MESSAGES, Role.COMPUTE)
_STATES: Final = ("ALARM", "OK", "INSUFFICIENT_DATA")
_READS: Final = ("get", "batchget", "query", "scan", "list", "describe", "receive", "head", "select")


def actors_and_flows(stack: StackReading) -> tuple[list[Actor], list[Flow]]:
    """Everything that takes part in a stack, in the order of its template, and what flows between them."""
    found = _Parts(stack)
    for node in stack.nodes.values():
        found.actor_of(node)
    flows = [*_wired(found), *_allowed(found), *_watched(found), *_told(found)]
    linked = {(each.source, each.target) for each in flows if each.label == ""}
    kept = dict.fromkeys(
        each
        for each in flows
        # What a role may do says nothing new where an event source or a destination is drawn already.
        if each.source != each.target and not (each.label and (each.source, each.target) in linked)
    )
    return list(found.actors.values()), list(kept)


class _Parts:
    """The actors so far."""

    def __init__(self, stack: StackReading) -> None:
        self.stack = stack
        self.actors: dict[str, Actor] = {}

    def actor_of(self, node: Node | None) -> str | None:
        """The id of the actor that a resource is, or is a piece of; it is added where it is new."""
        for _ in range(3):  # a piece of a piece of a piece
            if node is None or node.type in ACTORS:
                break
            node = node.target(OWNER[node.type]) if OWNER.get(node.type) else None
        if node is None:
            return None
        id_ = f"{node.stack.key}//{node.id}"
        role, word = ACTORS[node.type]
        here = node.stack is self.stack
        return self.add(
            Actor(
                id=id_,
                role=role,
                word=word if here else f"{word} in {node.stack.template.name}",
                label=_short(node.path, word),
                logical_ids=(node.id,) if here else (),
                group=_group(node),
            )
        )

    def add(self, actor: Actor) -> str:
        """The id of an actor, which is added where it is new."""
        self.actors.setdefault(actor.id, actor)
        return actor.id

    def named_in(self, value: Any) -> Iterator[str]:
        """The actors that the texts in a value name."""
        for text in texts_in(value):
            nodes: list[Node | None] = [*self.stack.mentioned(text)] or [self.stack.find(text, *ACTORS)]
            for node in nodes:
                if (found := self.actor_of(node)) is not None:
                    yield found


def _short(path: str, word: str) -> str:
    """The last part of a path that says more than what kind of thing it is."""
    parts = path.split("/")
    telling = [each for each in parts if each not in ("Resource", "Default") and each.lower() != word.lower()]
    return telling[-1] if telling else path


def _group(node: Node) -> str:
    return node.path.partition("/")[0]


def _wired(found: _Parts) -> Iterator[Flow]:
    for type_, place, kind, backwards in FLOWS:
        for node in found.stack.of_type(type_):
            owner = found.actor_of(node)
            if owner is None:
                continue
            for other in found.named_in(_at_all(node.properties, place)):
                source, target = (other, owner) if backwards else (owner, other)
                yield Flow(source=source, target=target, kind=kind)


def _allowed(found: _Parts) -> Iterator[Flow]:
    """From functions and state machines to what their roles let them use."""
    for node in found.stack.of_type("AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"):
        is_function = node.type == "AWS::Lambda::Function"
        role = function_of(node).role if is_function else node.target("RoleArn", types=("AWS::IAM::Role",))
        owner = found.actor_of(node)
        if role is None or owner is None:
            continue
        uses: dict[str, set[str]] = {}
        for statement in role_statements(role).statements:
            if not statement.allows or statement.inverted_actions or statement.inverted_resources:
                continue
            verbs = {_verb(action) for action in statement.actions}
            for other in found.named_in(list(statement.resources)):
                if found.actors[other].role in _REACHED:
                    uses.setdefault(other, set()).update(verbs)
        for other, verbs in uses.items():
            yield Flow(source=owner, target=other, kind=Kind.DATA, label=" and ".join(sorted(verbs)))


def _verb(action: str) -> str:
    name = action.partition(":")[2].lower()
    return "reads" if name.startswith(_READS) else "uses" if name in ("*", "") else "writes"


def _watched(found: _Parts) -> Iterator[Flow]:
    """Alarms, drawn as one for all that watch the same and tell the same."""
    together: dict[tuple[Any, ...], list[Any]] = {}
    for alarm in alarms_of(found.stack):
        watched = tuple(dict.fromkeys(filter(None, map(found.actor_of, alarm.watches()))))
        told = tuple(dict.fromkeys(each for state in _STATES for each in alarm.actions(state)))
        group = alarm.node.id if alarm.composite else ""
        together.setdefault((group, watched, told), []).append(alarm)
    ids: dict[Node, str] = {}
    for (composite, watched, told), alarms in together.items():
        nodes = [each.node for each in alarms]
        one = len(alarms) == 1
        actor = found.add(
            Actor(
                id=f"alarms {nodes[0].id}",
                role=Role.WATCH,
                word="Composite alarm" if composite else "Alarm" if one else "Alarms",
                label=_short(nodes[0].path, "Alarm") if one else f"{len(alarms)} alarms",
                logical_ids=tuple(each.id for each in nodes),
                group=_group(nodes[0]),
            )
        )
        ids |= dict.fromkeys(nodes, actor)
        yield from (Flow(source=each, target=actor, kind=Kind.ALARMS) for each in watched)
        for target in dict.fromkeys(found.named_in(list(told))):
            yield Flow(source=actor, target=target, kind=Kind.ALARMS)
    for alarms in together.values():
        for alarm in alarms:
            for child in alarm.children():
                if child in ids:
                    yield Flow(source=ids[child], target=ids[alarm.node], kind=Kind.ALARMS)
    yield from _alarmed(found, ids)


def _alarmed(found: _Parts, ids: Mapping[Node, str]) -> Iterator[Flow]:
    """Health checks and deployments that follow alarms."""
    for node in found.stack.of_type("AWS::Route53::HealthCheck", "AWS::CodeDeploy::DeploymentGroup"):
        names = [node.value("HealthCheckConfig", "AlarmIdentifier", "Name")]
        names += [at(each, "Name") for each in items_of(node.value("AlarmConfiguration", "Alarms"))]
        owner = found.actor_of(node)
        kind = Kind.FAILOVER if node.type == "AWS::Route53::HealthCheck" else Kind.ALARMS
        for alarm in (find_alarm(node.stack, each) for each in names):
            if owner is not None and alarm is not None and alarm in ids:
                yield Flow(source=ids[alarm], target=owner, kind=kind)


def _told(found: _Parts) -> Iterator[Flow]:
    for node in found.stack.of_type("AWS::SNS::Topic"):
        topic = found.actor_of(node)
        for receiver in receivers_of(node):
            if topic is not None and receiver.node is None:
                person = found.add(
                    Actor(
                        id=f"told {receiver.text}", role=Role.PEOPLE, word=receiver.how, label=receiver.text
                    )
                )
                yield Flow(source=topic, target=person, kind=Kind.ALARMS)


def _at_all(data: Any, place: Place) -> list[Any]:
    found = [data]
    for key in place:
        found = [value for each in found for value in items_of(at(each, key))]
    return found
