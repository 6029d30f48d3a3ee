"""A unit as JSON and back, exactly: the version on which an open attempt began is kept as this.

Mappings of types to fields are read from the model itself, so that a new field needs no code here.
A question carries its ``type`` (the word of questions.yaml); decimals are text; tuples are lists.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from content import model
from content.model import Question, Unit

#: The version of this JSON. Older ones are converted here when there will be any.
FORMAT = 1

QUESTION_TYPES: Mapping[str, type[Question]] = {
    "single-choice": model.SingleChoice,
    "multiple-choice": model.MultipleChoice,
    "true-false": model.TrueFalse,
    "matching": model.Matching,
    "ordering": model.Ordering,
    "numeric": model.Numeric,
    "cloze": model.Cloze,
    "short-text": model.ShortText,
    "scenario": model.Scenario,
}
#: Fields that came after the first release: left out where they hold their default, so that what
#: was kept before is still the same text.
_LATER = frozenset({"pool", "rules"})
_TYPE_NAMES = {kind: name for name, kind in QUESTION_TYPES.items()}
T = TypeVar("T")


class SnapshotError(ValueError):
    """The text is not a snapshot of this format."""


def question_type(question: Question) -> str:
    """The word for its type in questions.yaml and in JSON, such as ``single-choice``."""
    return _TYPE_NAMES[type(question)]


def dump_unit(unit: Unit) -> str:
    """JSON with sorted keys: equal units give equal text."""
    document = {"format": FORMAT, "unit": to_json(unit)}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load_unit(text: str) -> Unit:
    """The unit that ``dump_unit`` wrote. Raises ``SnapshotError`` for any other text."""
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise SnapshotError(f"snapshot format {document['format']!r} is not known")
        return from_json(Unit, document["unit"])
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise SnapshotError(f"not a snapshot of a unit: {error!r}") from error


def dump_question(question: Question) -> dict[str, Any]:
    """The JSON form of a question, key and all."""
    form: dict[str, Any] = to_json(question)
    return form


def to_json(value: Any) -> Any:
    """A value of the model as what ``json`` can write."""
    if dataclasses.is_dataclass(value):
        form = {
            each.name: to_json(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if each.name not in _LATER or getattr(value, each.name) != each.default
        }
        return {"type": question_type(value), **form} if isinstance(value, Question) else form
    if isinstance(value, Mapping):
        return {key: to_json(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [to_json(each) for each in value]
    return format(value, "f") if isinstance(value, Decimal) else value


def from_json(wanted: type[T], data: Any) -> T:
    """The value of type ``wanted`` whose ``to_json`` is ``data``. Raises what conversions raise."""
    result: T = _read(wanted, data)
    return result


@cache
def _field_types(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _read(wanted: Any, data: Any) -> Any:
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return None if data is None else _read(arguments[0], data)
    if origin is tuple:
        return tuple(_read(arguments[0], each) for each in _expect(list, data))
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(arguments[1], each) for key, each in sorted(_expect(dict, data).items())}
    if wanted is Decimal:
        return Decimal(_expect(str, data))
    if dataclasses.is_dataclass(wanted):
        fields = dict(_expect(dict, data))
        kind: Any = QUESTION_TYPES[fields.pop("type")] if wanted is Question else wanted
        hints = _field_types(kind)
        return kind(**{name: _read(hints[name], each) for name, each in fields.items()})
    return _expect(wanted, data)


def _expect(kind: type[T], data: Any) -> T:
    if type(data) is not kind:
        raise SnapshotError(f"{kind.__name__} expected, not {type(data).__name__}")
    return data
