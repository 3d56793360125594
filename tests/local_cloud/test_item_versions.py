"""Which of two writes of an item is kept, and whether one knew the other."""

from hypothesis import given
from hypothesis import strategies as st

from local_cloud.item_versions import Version, name

REGIONS = ("us-east-1", "us-east-2", "us-west-2")


def test_later_write_is_kept() -> None:
    earlier, later = (Version.made(moment, "us-east-1", None) for moment in (1.0, 2.0))
    assert later.is_later_than(earlier)
    assert not earlier.is_later_than(later)
    assert earlier.is_later_than(None)


def test_write_knows_what_it_was_made_over() -> None:
    first = Version.made(1.0, "us-east-1", None)
    second = Version.made(2.0, "us-west-2", first)
    assert second.knows(first)
    assert not first.knows(second)
    assert not Version.made(3.0, "us-west-2", None).knows(first)


def test_write_knows_what_it_heard_of_through_a_third_region() -> None:
    first = Version.made(1.0, "us-east-1", None)
    second = Version.made(2.0, "us-east-2", first)
    assert Version.made(3.0, "us-west-2", second).knows(first)


def test_who_writes_over_the_kept_of_two_writes_knows_both() -> None:
    lost = Version.made(1.0, "us-east-1", None)
    kept = Version.made(2.0, "us-west-2", None).in_place_of(lost)
    assert Version.made(3.0, "us-east-1", kept).knows(lost)


def test_name_of_a_key_does_not_depend_on_the_order_of_its_attributes() -> None:
    one, other = {"id": {"S": "1"}, "at": {"N": "2"}}, {"at": {"N": "2"}, "id": {"S": "1"}}
    assert name(one) == name(other) != name({"id": {"S": "1"}})


@given(st.lists(st.sampled_from(REGIONS), min_size=1, max_size=12), st.data())
def test_all_regions_end_with_the_last_write_whatever_arrives_when(
    writes: list[str], data: st.DataObject
) -> None:
    """Each link keeps its order; a loss is noted where it was written, once."""
    replicas: dict[str, Version] = {}
    links: dict[tuple[str, str], list[Version]] = {(a, b): [] for a in REGIONS for b in REGIONS if a != b}
    lost: list[Version] = []
    made: list[Version] = []

    def arrive(link: tuple[str, str]) -> None:
        version, present = links[link].pop(0), replicas.get(link[1])
        if version.is_later_than(present):
            if present and present.region == link[1] and not version.knows(present):
                lost.append(present)
            replicas[link[1]] = version.in_place_of(present)

    for moment, region in enumerate(writes, start=1):
        version = replicas[region] = Version.made(float(moment), region, replicas.get(region))
        made.append(version)
        for link, queue in links.items():
            if link[0] == region:
                queue.append(version)
        waiting = [link for link, queue in links.items() if queue]
        for link in data.draw(st.lists(st.sampled_from(waiting), max_size=6)):
            if links[link]:
                arrive(link)
    while waiting := [link for link, queue in links.items() if queue]:
        arrive(data.draw(st.sampled_from(waiting)))

    assert {version.moment for version in replicas.values()} == {float(len(writes))}
    assert len({version.moment for version in lost}) == len(lost)
    assert all(_is_fair(each, made, lost) for each in made[:-1])


def _is_fair(each: Version, made: list[Version], lost: list[Version]) -> bool:
    """What no later write knew is noted as lost, and what all knew is not."""
    knowing = [later.knows(each) for later in made if later.moment > each.moment]
    noted = each.moment in {version.moment for version in lost}
    return not all(knowing) if noted else any(knowing)
