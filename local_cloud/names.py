"""What finds and watches endpoints by name: the name server, the health checks and the certificates, wired together."""

from pathlib import Path

from local_cloud import certificates, places
from local_cloud.dns import server
from local_cloud.dns.nameserver import Nameserver
from local_cloud.health_checks import monitor
from local_cloud.patches import route53_zones
from local_cloud.settings import CERTIFICATE_AUTHORITY, Settings


def start(port: int, dns_port: int, directory: Path) -> None:
    """Answer DNS and begin to probe; the gateways are expected on `port`."""
    settings = Settings.from_environment()
    nameserver = Nameserver(
        route53_zones.public_zones,
        lambda check: monitor.is_healthy(*route53_zones.check_key(check)),
    )
    server.start(nameserver, dns_port, places.clients(settings.locations))
    monitor.Monitor(nameserver.addresses, port=port, speed=settings.health_check_speed).start()
    directory.mkdir(parents=True, exist_ok=True)
    certificates.write_authority(directory / CERTIFICATE_AUTHORITY)
