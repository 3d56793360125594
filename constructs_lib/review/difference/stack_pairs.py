"""Which stack of the new templates is which of the old ones."""

from collections.abc import Iterator, Sequence

from constructs_lib.review.reading import Reading, StackReading

__all__ = ["alone_of", "stack_pairs"]


def alone_of(whole: Reading, unmatched: Sequence[StackReading]) -> Iterator[StackReading]:
    """Those of `unmatched` that no stack on both sides has as a nested one."""
    open_, keys = {each.key for each in unmatched}, {each.key: each for each in whole.stacks}
    for each in unmatched:
        here = each
        while here.key in open_ and here.template.parent and here.template.parent[0] in keys:
            here = keys[here.template.parent[0]]
        if here.key in open_:
            yield each


def stack_pairs(old: Reading, new: Reading) -> Iterator[tuple[StackReading, StackReading]]:
    """By their keys; nested ones by where they are nested; two that are left alone are the same."""
    news = {each.key: each for each in new.stacks}
    renamed: dict[str, str] = {}
    left: list[StackReading] = []
    for each in old.stacks:
        parent = each.template.parent
        key = f"{renamed[parent[0]]}/{parent[1]}" if parent and parent[0] in renamed else each.key
        if found := news.pop(key, None):
            renamed[each.key] = found.key
            yield each, found
        else:
            left.append(each)
    tops = [each for each in left if each.template.parent is None]
    others = [each for each in news.values() if each.template.parent is None]
    if len(tops) == len(others) == 1:
        yield tops[0], others[0]
        for each in left:
            parent = each.template.parent
            if parent and parent[0] == tops[0].key:
                found = news.get(f"{others[0].key}/{parent[1]}")
                if found:
                    yield each, found
