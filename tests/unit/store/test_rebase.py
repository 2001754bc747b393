"""Edits over server values, for any values and any order."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.changes import Delta, Op
from rapport.domain.merge import Conflict, merge
from rapport.store.rebase import StoredOp, carry, coalesce, follow, rebase
from rapport.store.views import OpState

NAMES = st.sampled_from(["city", "state", "tags", "custom"])
WORDS = st.sampled_from(["", "a", "b", "c"])
TAGS = st.lists(st.sampled_from("abcd"), unique=True)
CUSTOM = st.dictionaries(st.sampled_from("xy"), st.sampled_from("123"))
VALUES = st.fixed_dictionaries({"city": WORDS, "state": WORDS, "tags": TAGS, "custom": CUSTOM})


def op(fields: dict[str, Delta], kind: Op = Op.UPDATE, seq: int = 1) -> StoredOp:
    return StoredOp(
        seq=seq,
        key=1,
        contact_key=1,
        op=kind,
        fields=fields,
        state=OpState.PENDING,
        attempt=0,
        not_before=0,
        error="",
        title="",
    )


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Delta]:
    return {n: Delta(before[n], after[n]) for n in after if before[n] != after[n]}


@given(VALUES, st.lists(VALUES, min_size=1, max_size=5))
def test_edits_kept_apart_or_in_one_show_the_same(base: Any, states: Any) -> None:
    apart: list[StoredOp] = []
    one = op({})
    before = base
    for after in states:
        fields = difference(before, after)
        apart.append(op(fields))
        one.fields = coalesce(one, fields)
        before = after
    assert rebase(apart, base) == (states[-1], [])
    assert rebase([one], base) == (states[-1], [])
    assert all(delta.base != delta.want for delta in one.fields.values())


@given(VALUES, VALUES, VALUES)
def test_rebase_keeps_mine_and_names_every_clash(base: Any, mine: Any, theirs: Any) -> None:
    edit = difference(base, mine)
    shown, clashes = rebase([op(edit)], theirs)
    clashing = {clash.field for clash in clashes}
    for name in base:
        if name not in edit:
            assert shown[name] == theirs[name]
        elif name in clashing:
            assert shown[name] == mine[name]
            assert base[name] != theirs[name] != mine[name]
        else:
            assert shown[name] == merge(name, base=base[name], mine=mine[name], theirs=theirs[name])
    assert "tags" not in clashing


@given(TAGS, TAGS, TAGS)
def test_tags_of_both_sides_come_together(base: Any, mine: Any, theirs: Any) -> None:
    merged = merge("tags", base=base, mine=mine, theirs=theirs)
    assert len(merged) == len(set(merged))
    for tag in "abcd":
        if (tag in mine) == (tag in theirs):
            assert (tag in merged) == (tag in mine)
        else:  # only one side changed it, and that side wins
            changed = mine if (tag in mine) != (tag in base) else theirs
            assert (tag in merged) == (tag in changed)


@given(CUSTOM, CUSTOM, CUSTOM)
def test_custom_fields_are_merged_one_by_one(base: Any, mine: Any, theirs: Any) -> None:
    try:
        merged = merge("custom", base=base, mine=mine, theirs=theirs)
    except Conflict:
        assert any(len({base.get(key), mine.get(key), theirs.get(key)}) == 3 for key in "xy")
    else:
        for key in "xy":
            assert merged.get(key) in (mine.get(key), theirs.get(key))


@given(VALUES, VALUES, VALUES, VALUES)
def test_what_follows_a_finished_edit_starts_from_the_servers_value(
    base: Any, first: Any, second: Any, server: Any
) -> None:
    finished, later = difference(base, first), op(difference(first, second), seq=2)
    follow([later], finished, server)
    for name, delta in later.fields.items():
        if name in finished and name in ("city", "state"):
            assert delta.base == server[name]
        assert delta.want == second[name]
    shown, clashes = rebase([later], server)
    assert not {clash.field for clash in clashes} & finished.keys()
    for tag in set(server["tags"]) - set(first["tags"]):
        assert tag in shown["tags"], "somebody else's tag must not go with an edit of ours"
    for key in "xy":
        if "custom" in finished and first["custom"].get(key) == second["custom"].get(key):
            assert shown["custom"].get(key) == server["custom"].get(key)


@given(TAGS, TAGS, TAGS, TAGS)
def test_what_was_merged_into_an_edit_goes_along_with_the_next(
    base: Any, first: Any, second: Any, theirs: Any
) -> None:
    both = merge("tags", base=base, mine=first, theirs=theirs)
    later = op({"tags": Delta(first, second)}, seq=2)
    carry([later], "tags", both)
    assert later.fields["tags"] == Delta(both, merge("tags", base=first, mine=second, theirs=both))


def test_a_create_takes_later_edits_whole() -> None:
    create = op({"city": Delta(None, "Lyon")}, Op.CREATE)
    merged = coalesce(create, {"city": Delta("Lyon", ""), "state": Delta("", "x")})
    assert merged == {"city": Delta(None, ""), "state": Delta(None, "x")}
