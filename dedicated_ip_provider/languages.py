"""The languages in which AWS Support handles a case."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES_AS_OF: Final = "2026-11-26"
"""The date on which the list was read."""

# Source: the member `language` of CreateCase in botocore 1.44.8, `data/support/2013-04-15/service-2.json`. botocore
# 1.34.0 (November 2023) had only the first four. DescribeSupportedLanguages returns those that AWS accepts for a
# service and category; the console's forms for dedicated addresses offer English and Japanese.
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "English",
        "ja": "Japanese",
        "ko": "Korean",
        "zh": "Chinese",
        "es": "Spanish",
        "fr": "French",
        "pt": "Portuguese",
        "tr": "Turkish",
    }
)
"""The name of each language by its ISO 639-1 code. AWS may have added others, so an unknown code is only a warning."""
