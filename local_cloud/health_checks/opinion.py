"""What a health checker makes of the probes it sent: a pure part, which the simulation of failover uses as well."""

from dataclasses import dataclass, field


@dataclass
class Opinion:
    """Healthy at first; changed by `threshold` probes in a row.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
    """

    threshold: int
    healthy: bool = True
    _against: int = field(default=0, repr=False)

    @property
    def is_settled(self) -> bool:
        """Whether the last probe said nothing else."""
        return self._against == 0

    def see(self, *, healthy: bool) -> bool:
        """Take in what a probe found; whether that changed the opinion."""
        self._against = self._against + 1 if healthy != self.healthy else 0
        changed = self._against >= self.threshold
        if changed:
            self.healthy, self._against = healthy, 0
        return changed
