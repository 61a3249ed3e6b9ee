"""What all messages share: camelCase on the wire, snake_case in Python, unknown fields kept."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Message(BaseModel):
    """A message or a part of one.

    Every field is optional on the wire; a field that is not known is left out, never sent as a guess.
    NaN and infinity are rejected, because JSON has no word for them.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="allow",
        allow_inf_nan=False,
        frozen=True,
    )

    def to_wire(self) -> dict[str, Any]:
        """The message as JSON-ready data in camelCase, without unknown fields."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def to_json(self) -> str:
        """The message as one line of JSON."""
        return self.model_dump_json(by_alias=True, exclude_none=True)
