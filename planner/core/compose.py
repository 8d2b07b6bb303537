"""A record that is put together of parts: each capability declares its own keys, typed, and nobody
keeps a list of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import new_class
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, create_model

from planner.records import Record

R = TypeVar("R", bound=Record)
P = TypeVar("P", bound="Composed")


class Composed(Record):
    """A record of which every capability may own a part. Parts are never validated by themselves,
    so that no validator is built of them.
    """

    model_config = ConfigDict(defer_build=True)

    def of(self, part: type[P]) -> P:
        """The record with the fields of one capability. Raises TypeError where that is not
        registered.
        """
        # a tenth of what `isinstance` takes of pydantic's classes
        if part not in type(self).__mro__:
            raise TypeError(f"{part.__module__} is no part of this {type(self).__name__}")
        return cast(P, self)


def composed(base: type[R], parts: Sequence[type[R]], module: str, **fields: Any) -> type[R]:
    """A class that is every one of the parts, each of which extends `base`; its fields are those of
    the base, of the parts in order, and `fields`, as (type, default), which may also stand in for
    one of the base.

    It is called as the base is, and lives in `module`, where pickle looks for it. Raises TypeError
    where two parts give the same name to a field, a property or a function of their own; what the
    base has, each may extend.
    """
    owners: dict[str, type[R]] = {}
    for part in parts:
        own = {
            name
            for name in (*part.model_fields, *vars(part))
            if not name.startswith("_") and not hasattr(base, name)
        }
        for name in own - base.model_fields.keys():
            if owners.setdefault(name, part) is not part:
                raise TypeError(
                    f"`{name}` is declared by {owners[name].__module__} and by {part.__module__}"
                )
    space = {"__module__": module, "__doc__": base.__doc__, "__qualname__": base.__name__}
    whole: type[R] = new_class(
        base.__name__, tuple(reversed(parts)) or (base,), exec_body=lambda body: body.update(space)
    )
    if fields:
        whole = create_model(
            base.__name__, __base__=whole, __module__=module, __doc__=base.__doc__, **fields
        )
    return whole
