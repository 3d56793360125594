from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.global_tables import STRONG_IN, STRONG_REGIONS
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["strong_table_regions"]


@rule(
    severity=Severity.ERROR,
    remedy="Give three replicas, or two and a witness, in three Regions that support it; or leave "
    "MultiRegionConsistency out.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
)
def strong_table_regions(stack: StackReading) -> Iterator[Found]:
    """A strongly consistent table is not in exactly three Regions that support it."""
    for table in tables_of(stack):
        consistency, witnesses = (
            table.node.text("MultiRegionConsistency", default="EVENTUAL"),
            table.witnesses,
        )
        if table.regions is None or witnesses is None or consistency is None:
            continue
        if consistency != "STRONG":
            if witnesses:
                yield Found(
                    node=table.node,
                    message=f"{table.node.path} has a witness and is not strongly consistent.",
                )
            continue
        regions = [*table.regions, *witnesses]
        if len(set(regions)) != STRONG_REGIONS or len(regions) != STRONG_REGIONS or len(witnesses) > 1:
            yield Found(
                node=table.node,
                message=f"{table.node.path} is strongly consistent in {len(regions)} Regions, {len(witnesses)} of them "
                "with a witness.",
            )
        elif unsupported := sorted(set(regions) - STRONG_IN):
            yield Found(
                node=table.node,
                message=f"{table.node.path} is strongly consistent in {', '.join(unsupported)}, where no table can be.",
            )
