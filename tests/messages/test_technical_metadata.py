"""The models have exactly the fields of the published contract."""

import json
import types
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import ValidationError

from meshcore.messages.base import Message
from meshcore.messages.technical_metadata import (
    BoundingBox,
    TechnicalMetadataCompleted,
    TechnicalMetadataRequest,
)

MODELS: dict[str, type[Message]] = {
    "model-technical-metadata-request": TechnicalMetadataRequest,
    "model-technical-metadata-completed": TechnicalMetadataCompleted,
}


@pytest.mark.parametrize("name", MODELS)
def test_fields_are_those_of_the_contract(name: str, shared: Path) -> None:
    contract = json.loads((shared / "contracts" / "messages.json").read_text())["messages"][name]
    assert _model_shape(MODELS[name]) == _contract_shape(contract["fields"])


def _contract_shape(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _contract_type(field["type"]) for name, field in fields.items()}


def _contract_type(kind: Any) -> Any:
    if isinstance(kind, str):
        return kind
    if "array" in kind:
        return [_contract_type(kind["array"])]
    return _contract_shape(kind["object"])


def _model_shape(model: type[Message]) -> dict[str, Any]:
    return {str(field.alias): _python_type(field.annotation) for field in model.model_fields.values()}


def _python_type(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        (kind,) = [a for a in get_args(kind) if a is not type(None)]
    if get_origin(kind) is list:
        return [_python_type(get_args(kind)[0])]
    if issubclass(kind, Message):
        return _model_shape(kind)
    return {int: "number", float: "number", str: "string", bool: "boolean", datetime: "string"}[kind]


def test_unknown_fields_survive_a_round_trip() -> None:
    wire = {"modelId": "m", "somethingNew": {"a": 1}}
    assert TechnicalMetadataRequest.model_validate(wire).to_wire() == wire


def test_unknown_values_are_left_out_and_nan_never_leaves() -> None:
    message = TechnicalMetadataCompleted(model_id="m", analyzed_at=datetime(2026, 1, 2, tzinfo=UTC))
    assert json.loads(message.to_json()) == {"modelId": "m", "analyzedAt": "2026-01-02T00:00:00Z"}
    with pytest.raises(ValidationError):
        BoundingBox(width=float("nan"))


def test_all_errors_are_reported_with_their_paths() -> None:
    with pytest.raises(ValidationError) as caught:
        TechnicalMetadataCompleted.model_validate({"vertices": "many", "boundingBox": {"width": []}})
    assert {error["loc"] for error in caught.value.errors()} == {("vertices",), ("boundingBox", "width")}
