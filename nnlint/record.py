"""Small immutable values, made quickly.

nnlint starts in little more than its libraries' own time, and thirty NamedTuples or
dataclasses cost 5 to 20 ms at import, because each compiles its own methods. A `Record`
is a plain class whose annotations are its fields: it costs no more than any class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

if TYPE_CHECKING:
    from typing import Self


@dataclass_transform(frozen_default=True)
class Record:
    """A value of named fields, in the order in which the class annotates them."""

    fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = (
            name for name, kind in cls.__annotations__.items() if "ClassVar" not in str(kind)
        )
        cls.fields = (*cls.fields, *own)

    def __init__(self, *args: Any, **named: Any) -> None:
        # what is not given is found on the class: that is where the default stands
        if args:
            named.update(zip(self.fields, args))  # noqa: B905 - made by the 10,000: strict= costs
        self.__dict__ = named

    def _asdict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.fields}

    def _replace(self, **changes: Any) -> Self:
        made = object.__new__(type(self))
        made.__dict__ = {**self.__dict__, **changes}
        return made

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return False
        # the quick way says yes where the same was given, the long way where a default was
        return self.__dict__ == other.__dict__ or self._asdict() == other._asdict()

    def __hash__(self) -> int:
        return hash(tuple(self._asdict().values()))

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
        return f"{type(self).__name__}({inner})"
