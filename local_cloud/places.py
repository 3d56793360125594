"""Where Regions and clients are: on which loopback address a Region answers, and where on the map things lie.

Each Region has an address of its own, so that a client that resolves a name and connects to the answer reaches the
Region that was meant, as it does in AWS. What lies where decides latency and geolocation records: the nearest Region is
the one of the lowest latency here.
"""

import ipaddress
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

_FIRST_ADDRESS = ipaddress.IPv4Address("127.0.0.101")
_CLIENTS = ipaddress.IPv4Network("198.18.0.0/15")  # for tests of networks, RFC 2544: nobody else's
_PREFIX = 24
_EARTH_RADIUS = 6371.0


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place on the map, with the codes that geolocation records know it by."""

    continent: str
    country: str
    latitude: float
    longitude: float
    subdivision: str = ""

    def distance(self, other: "Place") -> float:
        """Kilometres along the surface of the earth."""
        here, there = math.radians(self.latitude), math.radians(other.latitude)
        across = math.radians(other.longitude - self.longitude)
        chord = (
            math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
        )
        return 2 * _EARTH_RADIUS * math.asin(math.sqrt(chord))


def _place(where: str, latitude: float, longitude: float) -> Place:
    continent, country, subdivision = [*where.split(), ""][:3]
    return Place(
        continent=continent, country=country, subdivision=subdivision, latitude=latitude, longitude=longitude
    )


REGIONS: Mapping[str, Place] = {
    "us-east-1": _place("NA US VA", 38.9, -77.4),
    "us-east-2": _place("NA US OH", 40.0, -83.0),
    "us-west-1": _place("NA US CA", 37.4, -122.0),
    "us-west-2": _place("NA US OR", 45.8, -119.7),
    "ca-central-1": _place("NA CA", 45.5, -73.6),
    "sa-east-1": _place("SA BR", -23.5, -46.6),
    "eu-west-1": _place("EU IE", 53.3, -6.3),
    "eu-west-2": _place("EU GB", 51.5, -0.1),
    "eu-west-3": _place("EU FR", 48.9, 2.4),
    "eu-central-1": _place("EU DE", 50.1, 8.7),
    "eu-north-1": _place("EU SE", 59.3, 18.1),
    "eu-south-1": _place("EU IT", 45.5, 9.2),
    "af-south-1": _place("AF ZA", -33.9, 18.4),
    "ap-south-1": _place("AS IN", 19.1, 72.9),
    "ap-southeast-1": _place("AS SG", 1.4, 103.8),
    "ap-southeast-2": _place("OC AU", -33.9, 151.2),
    "ap-northeast-1": _place("AS JP", 35.7, 139.7),
    "ap-northeast-2": _place("AS KR", 37.6, 127.0),
    "ap-northeast-3": _place("AS JP", 34.7, 135.5),
    "ap-east-1": _place("AS HK", 22.3, 114.2),
}

ADDRESSES: Mapping[str, str] = {region: str(_FIRST_ADDRESS + number) for number, region in enumerate(REGIONS)}
"""The loopback address that each Region's own gateway listens on."""

_REGION_AT = {address: region for region, address in ADDRESSES.items()}


def region_at(address: str) -> str | None:
    """The Region that an address belongs to."""
    return _REGION_AT.get(address)


def clients(declared: str) -> dict[str, Place]:
    """Where clients may be: a place in each Region, and those that a setting declares as a JSON object of places."""
    return {**REGIONS, **{name: Place(**place) for name, place in json.loads(declared or "{}").items()}}


def subnet(name: str, known: Mapping[str, Place]) -> ipaddress.IPv4Network:
    """The network that the clients of a place are in."""
    first = _CLIENTS.network_address + list(known).index(name) * 2 ** (_CLIENTS.max_prefixlen - _PREFIX)
    return ipaddress.IPv4Network((first, _PREFIX))


def client_at(address: str, known: Mapping[str, Place]) -> Place | None:
    """Where a client's address is, as far as that is known."""
    host = ipaddress.ip_address(address)
    return next((known[name] for name in known if host in subnet(name, known)), None)
