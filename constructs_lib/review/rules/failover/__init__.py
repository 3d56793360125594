"""Failover between Regions: whether traffic goes where something answers."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.failover.alias_ttl_ignored import alias_ttl_ignored
from constructs_lib.review.rules.failover.certificate_elsewhere import certificate_elsewhere
from constructs_lib.review.rules.failover.cloudfront_health_evaluated import cloudfront_health_evaluated
from constructs_lib.review.rules.failover.cname_at_apex import cname_at_apex
from constructs_lib.review.rules.failover.cname_beside_others import cname_beside_others
from constructs_lib.review.rules.failover.failover_edge_domain import failover_edge_domain
from constructs_lib.review.rules.failover.failover_half_missing import failover_half_missing
from constructs_lib.review.rules.failover.failover_half_twice import failover_half_twice
from constructs_lib.review.rules.failover.failover_halves_share_check import failover_halves_share_check
from constructs_lib.review.rules.failover.failover_halves_share_target import failover_halves_share_target
from constructs_lib.review.rules.failover.failover_of_one_type import failover_of_one_type
from constructs_lib.review.rules.failover.failover_of_two_distributions import failover_of_two_distributions
from constructs_lib.review.rules.failover.failover_ttl_long import failover_ttl_long
from constructs_lib.review.rules.failover.global_table_without_scaling import global_table_without_scaling
from constructs_lib.review.rules.failover.global_table_without_stream import global_table_without_stream
from constructs_lib.review.rules.failover.health_check_alarm_elsewhere import health_check_alarm_elsewhere
from constructs_lib.review.rules.failover.health_check_alarm_unsupported import health_check_alarm_unsupported
from constructs_lib.review.rules.failover.health_check_asks_shared_name import health_check_asks_shared_name
from constructs_lib.review.rules.failover.health_check_children import health_check_children
from constructs_lib.review.rules.failover.health_check_disabled import health_check_disabled
from constructs_lib.review.rules.failover.health_check_ignores_silence import health_check_ignores_silence
from constructs_lib.review.rules.failover.health_check_in_failing_region import health_check_in_failing_region
from constructs_lib.review.rules.failover.health_check_incomplete import health_check_incomplete
from constructs_lib.review.rules.failover.health_check_inverted import health_check_inverted
from constructs_lib.review.rules.failover.health_check_needs_sign_in import health_check_needs_sign_in
from constructs_lib.review.rules.failover.health_check_of_disabled_endpoint import (
    health_check_of_disabled_endpoint,
)
from constructs_lib.review.rules.failover.health_check_of_internal_endpoint import (
    health_check_of_internal_endpoint,
)
from constructs_lib.review.rules.failover.health_check_of_other_half import health_check_of_other_half
from constructs_lib.review.rules.failover.health_check_private_address import health_check_private_address
from constructs_lib.review.rules.failover.health_check_regions import health_check_regions
from constructs_lib.review.rules.failover.health_check_setting_of_other_type import (
    health_check_setting_of_other_type,
)
from constructs_lib.review.rules.failover.health_check_setting_refused import health_check_setting_refused
from constructs_lib.review.rules.failover.health_check_threshold import health_check_threshold
from constructs_lib.review.rules.failover.health_check_without_server_name import (
    health_check_without_server_name,
)
from constructs_lib.review.rules.failover.multivalue_alias import multivalue_alias
from constructs_lib.review.rules.failover.primary_health_of_api import primary_health_of_api
from constructs_lib.review.rules.failover.primary_without_check import primary_without_check
from constructs_lib.review.rules.failover.record_answer_invalid import record_answer_invalid
from constructs_lib.review.rules.failover.record_of_execute_api import record_of_execute_api
from constructs_lib.review.rules.failover.record_outside_zone import record_outside_zone
from constructs_lib.review.rules.failover.record_twice import record_twice
from constructs_lib.review.rules.failover.record_unlike_api_domain import record_unlike_api_domain
from constructs_lib.review.rules.failover.record_without_check import record_without_check
from constructs_lib.review.rules.failover.record_without_zone import record_without_zone
from constructs_lib.review.rules.failover.records_of_mixed_policies import records_of_mixed_policies
from constructs_lib.review.rules.failover.replica_key_elsewhere import replica_key_elsewhere
from constructs_lib.review.rules.failover.replica_less_protected import replica_less_protected
from constructs_lib.review.rules.failover.replica_of_own_region_missing import replica_of_own_region_missing
from constructs_lib.review.rules.failover.replica_without_key import replica_without_key
from constructs_lib.review.rules.failover.replicas_in_one_region import replicas_in_one_region
from constructs_lib.review.rules.failover.secondary_with_check import secondary_with_check
from constructs_lib.review.rules.failover.set_identifier_missing import set_identifier_missing
from constructs_lib.review.rules.failover.set_identifier_without_policy import set_identifier_without_policy
from constructs_lib.review.rules.failover.strong_table_features import strong_table_features
from constructs_lib.review.rules.failover.strong_table_regions import strong_table_regions
from constructs_lib.review.rules.failover.weighted_ttls_differ import weighted_ttls_differ
from constructs_lib.review.rules.failover.weights_all_zero import weights_all_zero

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    alias_ttl_ignored,
    certificate_elsewhere,
    cloudfront_health_evaluated,
    cname_at_apex,
    cname_beside_others,
    failover_edge_domain,
    failover_half_missing,
    failover_half_twice,
    failover_halves_share_check,
    failover_halves_share_target,
    failover_of_one_type,
    failover_of_two_distributions,
    failover_ttl_long,
    global_table_without_scaling,
    global_table_without_stream,
    health_check_alarm_elsewhere,
    health_check_alarm_unsupported,
    health_check_asks_shared_name,
    health_check_children,
    health_check_disabled,
    health_check_ignores_silence,
    health_check_in_failing_region,
    health_check_incomplete,
    health_check_inverted,
    health_check_needs_sign_in,
    health_check_of_disabled_endpoint,
    health_check_of_internal_endpoint,
    health_check_of_other_half,
    health_check_private_address,
    health_check_regions,
    health_check_setting_of_other_type,
    health_check_setting_refused,
    health_check_threshold,
    health_check_without_server_name,
    multivalue_alias,
    primary_health_of_api,
    primary_without_check,
    record_answer_invalid,
    record_of_execute_api,
    record_outside_zone,
    record_twice,
    record_unlike_api_domain,
    record_without_check,
    record_without_zone,
    records_of_mixed_policies,
    replica_key_elsewhere,
    replica_less_protected,
    replica_of_own_region_missing,
    replica_without_key,
    replicas_in_one_region,
    secondary_with_check,
    set_identifier_missing,
    set_identifier_without_policy,
    strong_table_features,
    strong_table_regions,
    weighted_ttls_differ,
    weights_all_zero,
)
