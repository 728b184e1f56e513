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


def test_every_input_is_in_the_schema() -> None:
    """But for the path of the resource, which the engine knows; only the count has to be given."""
    lease = schema()["resources"][LEASE]

    assert {camel(one.name) for one in INPUTS} - {"holder"} == lease["inputProperties"].keys()
    assert ["count"] == lease["requiredInputs"]


def test_every_output_is_in_the_schema() -> None:
    """Every input is an output, too; what the provider keeps for itself is not shown."""
    lease = schema()["resources"][LEASE]
    shown = {camel(one.name) for one in (*INPUTS, *OUTPUTS)} - {"memory"}

    assert shown == lease["properties"].keys()
    assert {"useCase", "takeOverFrom", "maxSendRate", "profile", "roleArn"} == shown - {*lease["required"]}


def test_a_use_case_is_a_type_of_its_own() -> None:
    """With every field required."""
    fields = [camel(one.name) for one in USE_CASE]
    use_case = schema()["types"]["dedicatedip:index:UseCase"]

    assert (fields, fields) == ([*use_case["properties"]], use_case["required"])


def test_another_region_is_shown_as_a_replacement() -> None:
    """It is another lease."""
    inputs = schema()["resources"][LEASE]["inputProperties"]

    assert ["region"] == [name for name, one in inputs.items() if one.get("willReplaceOnChanges")]


def test_the_provider_takes_what_a_stack_with_a_dynamic_provider_takes() -> None:
    """Every option of pulumi-aws that is honoured and every one of its own, and whether a run looks at AWS by itself."""
    honoured = [option.name for option in PULUMI_AWS if option.does == "honoured"]
    known = {*honoured, *(option.name for option in OWN)}

    assert known == SETTINGS.keys()
    assert known | {"refreshBeforeUpdate"} == schema()["provider"]["inputProperties"].keys()
    assert schema()["config"]["variables"] == schema()["provider"]["inputProperties"]


def test_keys_of_a_provider_are_secret() -> None:
    """The engine encrypts them in every state."""
    settings = schema()["provider"]["inputProperties"]

    assert ["accessKey", "secretKey", "token"] == [name for name, one in settings.items() if one.get("secret")]


def test_no_description_has_a_name_of_python_in_it() -> None:
    """Whoever reads it writes YAML, TypeScript or Go."""
    names = "|".join(one.name for one in (*INPUTS, *OUTPUTS, *USE_CASE) if "_" in one.name)

    assert [] == re.findall(rf"`(?:{names})`", schema_json())


def test_every_description_is_a_sentence() -> None:
    """An editor shows it alone."""
    settings, lease = schema()["provider"]["inputProperties"], schema()["resources"][LEASE]
    described = {**settings, **lease["properties"]}

    assert [] == [name for name, one in described.items() if not re.fullmatch(r"[A-Z`].*\.", one["description"])]


def test_the_schema_is_json() -> None:
    """The engine asks for it as such."""
    assert schema() == json.loads(schema_json())
