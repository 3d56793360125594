"""What becomes of an export that DynamoDB has completed: it is checked, and its manifest is written."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from table_export.checking import contents_of
from table_export.checksums import ReadError, md5_of
from table_export.exports import Described
from table_export.links import Link, link_of
from table_export.model import Export, Kind, Settings, State
from table_export.objects import BucketObjects

__all__ = ["Completer"]


@dataclass(frozen=True, kw_only=True)
class Completer:
    """Writes manifests. For the same export it writes the same again.

    Attributes:
        settings: how tables are exported.
        objects: gives the objects of a table.
    """

    settings: Settings
    objects: Callable[[str], BucketObjects]

    def completed(self, state: State, export: Export, described: Described) -> tuple[State, Link]:
        """`state` with `export` behind it, and its manifest, which stands in the bucket by then.

        Raises:
            ReadError: not everything is there.
        """
        objects = self.objects(state.table)
        link = self._link(objects, state, export, described)
        body = link.to_bytes()
        key = self.settings.key
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
        objects.put(link.key, body, ContentType="application/json", **encryption)
        new = replace(state, reached=max(state.reached, export.end)).with_under_way(export.kind, None)
        if export.kind is Kind.INCREMENTAL or export.base:
            new = replace(
                new,
                chain=export.chain,
                end=export.end,
                pins=tuple(pin for pin in state.pins if pin > export.end),
                last=link.key,
                last_md5=md5_of(body),
            )
        return new, link

    def _link(self, objects: BucketObjects, state: State, export: Export, described: Described) -> Link:
        contents = contents_of(objects, export.arn, state.table, export.kind)
        if contents.summary.items != described.items:
            raise ReadError(
                f"it has {described.items} records, and its summary says {contents.summary.items}"
            )
        window = export.kind is Kind.INCREMENTAL
        return link_of(
            export,
            table=state.table,
            table_id=described.table_id,
            summary_md5=contents.summary.md5,
            files=contents.summary.files,
            files_md5=contents.files_md5,
            count=contents.count,
            size=contents.size,
            items=described.items,
            billed=described.billed,
            previous=state.last if window else "",
            previous_md5=state.last_md5 if window else "",
            expire_days=self.settings.expire_days,
        )
