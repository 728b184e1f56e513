"""The languages of AWS Support, against AWS's own service model."""

from __future__ import annotations

import re

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from dedicated_ip_provider.emulator import settings
from dedicated_ip_provider.languages import LANGUAGES


@pytest.mark.parametrize("operation", ["CreateCase", "DescribeCases", "DescribeServices"])
def test_every_language_of_awss_model_is_in_the_list(operation: str) -> None:
    """The model names them in a sentence. An older botocore names fewer; a newer one may add to the list."""
    model = ServiceModel(Loader().load_service_model("support", "service-2"), "support")
    shape = model.operation_model(operation).input_shape
    assert shape
    member = shape.members["language"]

    named = set(re.findall('[(]["\u201c]([a-z]{2})["\u201d][)]', member.documentation))

    assert {"en", "ja"} <= named <= set(LANGUAGES)


def test_the_emulator_takes_the_same_languages() -> None:
    """It has a list of its own, as it shares nothing with what it tests."""
    assert set(LANGUAGES) == set(settings.LANGUAGES)
