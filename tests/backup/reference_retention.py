"""What is kept, calculated in another way than the handler does: by sets, one rule after the other."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from table_backup.retention import Policy


def expected(policy: Policy, backups: Sequence[tuple[datetime, str]], now: datetime) -> set[str]:
    """The ARNs of what is kept of `backups`."""
    ordered = sorted(backups)
    found = {arn for _, arn in ordered[-max(policy.count, 1) :]}
    found |= {arn for when, arn in ordered if when > now - timedelta(seconds=policy.keep_for)}
    for number, form in ((policy.daily, "%Y %j"), (policy.weekly, "%G %V"), (policy.monthly, "%Y %m")):
        last_of = {when.astimezone(UTC).strftime(form): arn for when, arn in ordered}
        found |= set(list(last_of.values())[len(last_of) - min(number, len(last_of)) :])
    return found
