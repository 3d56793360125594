"""Encryption and permissions of what the other families look at."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.access.function_may_not_join_network import function_may_not_join_network
from constructs_lib.review.rules.access.function_may_not_leave_dead_letters import (
    function_may_not_leave_dead_letters,
)
from constructs_lib.review.rules.access.function_may_not_log import function_may_not_log
from constructs_lib.review.rules.access.function_may_not_read_source import function_may_not_read_source
from constructs_lib.review.rules.access.function_may_not_trace import function_may_not_trace
from constructs_lib.review.rules.access.function_url_half_permitted import function_url_half_permitted
from constructs_lib.review.rules.access.function_url_refuses import function_url_refuses
from constructs_lib.review.rules.access.invoker_not_permitted import invoker_not_permitted
from constructs_lib.review.rules.access.key_deleted_before_data import key_deleted_before_data
from constructs_lib.review.rules.access.key_without_rotation import key_without_rotation
from constructs_lib.review.rules.access.policy_open_to_everybody import policy_open_to_everybody
from constructs_lib.review.rules.access.public_function_url import public_function_url
from constructs_lib.review.rules.access.role_allows_everything import role_allows_everything
from constructs_lib.review.rules.access.role_cannot_reach_target import role_cannot_reach_target
from constructs_lib.review.rules.access.role_cannot_use_key import role_cannot_use_key
from constructs_lib.review.rules.access.role_does_not_trust import role_does_not_trust
from constructs_lib.review.rules.access.role_passes_any_role import role_passes_any_role
from constructs_lib.review.rules.access.role_trusts_everybody import role_trusts_everybody
from constructs_lib.review.rules.access.secret_in_environment import secret_in_environment
from constructs_lib.review.rules.access.state_machine_may_not_call import state_machine_may_not_call
from constructs_lib.review.rules.access.transport_not_enforced import transport_not_enforced

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    function_may_not_join_network,
    function_may_not_leave_dead_letters,
    function_may_not_log,
    function_may_not_read_source,
    function_may_not_trace,
    function_url_half_permitted,
    function_url_refuses,
    invoker_not_permitted,
    key_deleted_before_data,
    key_without_rotation,
    policy_open_to_everybody,
    public_function_url,
    role_allows_everything,
    role_cannot_reach_target,
    role_cannot_use_key,
    role_does_not_trust,
    role_passes_any_role,
    role_trusts_everybody,
    secret_in_environment,
    state_machine_may_not_call,
    transport_not_enforced,
)
