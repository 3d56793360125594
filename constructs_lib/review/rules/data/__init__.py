"""Tables and backups: what can be brought back, and how far."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.data.backup_bucket_without_versioning import backup_bucket_without_versioning
from constructs_lib.review.rules.data.backup_completion_window_short import backup_completion_window_short
from constructs_lib.review.rules.data.backup_condition_without_prefix import backup_condition_without_prefix
from constructs_lib.review.rules.data.backup_copied_to_its_own_vault import backup_copied_to_its_own_vault
from constructs_lib.review.rules.data.backup_lifecycle_invalid import backup_lifecycle_invalid
from constructs_lib.review.rules.data.backup_name_invalid import backup_name_invalid
from constructs_lib.review.rules.data.backup_needs_advanced_features import backup_needs_advanced_features
from constructs_lib.review.rules.data.backup_plan_without_selection import backup_plan_without_selection
from constructs_lib.review.rules.data.backup_refused_by_vault import backup_refused_by_vault
from constructs_lib.review.rules.data.backup_role_may_not import backup_role_may_not
from constructs_lib.review.rules.data.backup_schedule_invalid import backup_schedule_invalid
from constructs_lib.review.rules.data.backup_schedule_unwatched import backup_schedule_unwatched
from constructs_lib.review.rules.data.backup_selection_of_everything import backup_selection_of_everything
from constructs_lib.review.rules.data.backup_start_window_short import backup_start_window_short
from constructs_lib.review.rules.data.backups_emptied_with_stack import backups_emptied_with_stack
from constructs_lib.review.rules.data.backups_never_deleted import backups_never_deleted
from constructs_lib.review.rules.data.backups_unwatched import backups_unwatched
from constructs_lib.review.rules.data.bucket_transition_early import bucket_transition_early
from constructs_lib.review.rules.data.continuous_backup_invalid import continuous_backup_invalid
from constructs_lib.review.rules.data.continuous_backup_of_table import continuous_backup_of_table
from constructs_lib.review.rules.data.data_deleted_with_stack import data_deleted_with_stack
from constructs_lib.review.rules.data.data_lost_on_replacement import data_lost_on_replacement
from constructs_lib.review.rules.data.database_backup_period import database_backup_period
from constructs_lib.review.rules.data.database_backups_kept_briefly import database_backups_kept_briefly
from constructs_lib.review.rules.data.database_without_backups import database_without_backups
from constructs_lib.review.rules.data.deletion_protection_off import deletion_protection_off
from constructs_lib.review.rules.data.export_without_recovery import export_without_recovery
from constructs_lib.review.rules.data.file_system_without_backups import file_system_without_backups
from constructs_lib.review.rules.data.object_lock_retention import object_lock_retention
from constructs_lib.review.rules.data.replication_without_versioning import replication_without_versioning
from constructs_lib.review.rules.data.restore_never_tested import restore_never_tested
from constructs_lib.review.rules.data.restore_testing_invalid import restore_testing_invalid
from constructs_lib.review.rules.data.restore_testing_without_selection import (
    restore_testing_without_selection,
)
from constructs_lib.review.rules.data.table_attributes_mismatch import table_attributes_mismatch
from constructs_lib.review.rules.data.table_name_fixed import table_name_fixed
from constructs_lib.review.rules.data.table_not_scaled import table_not_scaled
from constructs_lib.review.rules.data.table_setting_out_of_range import table_setting_out_of_range
from constructs_lib.review.rules.data.table_throughput_mismatch import table_throughput_mismatch
from constructs_lib.review.rules.data.table_without_recovery import table_without_recovery
from constructs_lib.review.rules.data.time_to_live_never_works import time_to_live_never_works
from constructs_lib.review.rules.data.vault_lock_invalid import vault_lock_invalid
from constructs_lib.review.rules.data.vault_unguarded import vault_unguarded

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    backup_bucket_without_versioning,
    backup_completion_window_short,
    backup_condition_without_prefix,
    backup_copied_to_its_own_vault,
    backup_lifecycle_invalid,
    backup_name_invalid,
    backup_needs_advanced_features,
    backup_plan_without_selection,
    backup_refused_by_vault,
    backup_role_may_not,
    backup_schedule_invalid,
    backup_schedule_unwatched,
    backup_selection_of_everything,
    backup_start_window_short,
    backups_emptied_with_stack,
    backups_never_deleted,
    backups_unwatched,
    bucket_transition_early,
    continuous_backup_invalid,
    continuous_backup_of_table,
    data_deleted_with_stack,
    data_lost_on_replacement,
    database_backup_period,
    database_backups_kept_briefly,
    database_without_backups,
    deletion_protection_off,
    export_without_recovery,
    file_system_without_backups,
    object_lock_retention,
    replication_without_versioning,
    restore_never_tested,
    restore_testing_invalid,
    restore_testing_without_selection,
    table_attributes_mismatch,
    table_name_fixed,
    table_not_scaled,
    table_setting_out_of_range,
    table_throughput_mismatch,
    table_without_recovery,
    time_to_live_never_works,
    vault_lock_invalid,
    vault_unguarded,
)
