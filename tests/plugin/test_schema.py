"""The package's schema: the tables of inputs and outputs, as every language is told them."""

from __future__ import annotations

import json
import re

from dedicated_ip_provider.config import OWN, PULUMI_AWS
from dedicated_ip_provider.inputs import INPUTS, USE_CASE
from dedicated_ip_provider.outputs import OUTPUTS
from dedicated_ip_provider.plugin.schema import LEASE, schema, schema_json
from dedicated_ip_provider.plugin.wire import SETTINGS
from dedicated_ip_provider.schema_names import camel


def test_every_input_and_output_is_in_the_schema() -> None:
    """But for the path of the resource, which the engine knows, and what the provider keeps for itself.

    Only the count has to be given; every input is an output, too.
    """
    lease = schema()["resources"][LEASE]
    shown = {camel(one.name) for one in (*INPUTS, *OUTPUTS)} - {"memory"}

    assert {camel(one.name) for one in INPUTS} - {"holder"} == lease["inputProperties"].keys()
    assert ["count"] == lease["requiredInputs"]
    assert shown == lease["properties"].keys()
    assert {"useCase", "takeOverFrom", "maxSendRate", "profile", "roleArn"} == shown - {*lease["required"]}


def test_the_schema_marks_what_is_special() -> None:
    """A use case is a type with every field required, another Region is another lease, and keys are encrypted."""
    fields = [camel(one.name) for one in USE_CASE]
    use_case = schema()["types"]["dedicatedip:index:UseCase"]
    inputs, settings = schema()["resources"][LEASE]["inputProperties"], schema()["provider"]["inputProperties"]

    assert (fields, fields) == ([*use_case["properties"]], use_case["required"])
    assert ["region"] == [name for name, one in inputs.items() if one.get("willReplaceOnChanges")]
    assert ["accessKey", "secretKey", "token"] == [name for name, one in settings.items() if one.get("secret")]


def test_the_provider_takes_what_a_stack_with_a_dynamic_provider_takes() -> None:
    """Every option of pulumi-aws that is honoured and every one of its own, and whether a run looks at AWS by itself."""
    honoured = [option.name for option in PULUMI_AWS if option.does == "honoured"]
    known = {*honoured, *(option.name for option in OWN)}

    assert known == SETTINGS.keys()
    assert known | {"refreshBeforeUpdate"} == schema()["provider"]["inputProperties"].keys()
    assert schema()["config"]["variables"] == schema()["provider"]["inputProperties"]


def test_every_description_is_a_sentence_without_a_name_of_python() -> None:
    """An editor shows it alone; whoever reads it writes YAML, TypeScript or Go."""
    settings, lease = schema()["provider"]["inputProperties"], schema()["resources"][LEASE]
    described = {**settings, **lease["properties"]}
    names = "|".join(one.name for one in (*INPUTS, *OUTPUTS, *USE_CASE) if "_" in one.name)

    assert [] == [name for name, one in described.items() if not re.fullmatch(r"[A-Z`].*\.", one["description"])]
    assert [] == re.findall(rf"`(?:{names})`", schema_json())
    assert schema() == json.loads(schema_json())
