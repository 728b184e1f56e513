"""How the site is built: `make docs`. Nothing is fetched, and every warning is an error."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # from_code, beside this file

project = "dedicated_ip_provider"
author = "the authors of dedicated_ip_provider"
copyright = "2026, " + author  # noqa: A001 - Sphinx's name for it
version = release = installed_version("dedicated-ip-provider")

extensions = ["myst_parser", "sphinx.ext.autodoc", "from_code"]
exclude_patterns = ["_build", "_index.md", "installation-configuration.md"]  # the last two are for Pulumi's registry

# Headings can be linked to by their words, and a link to one that is not there is a warning.
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]

# Docstrings are plain text with `code` in it.
default_role = "code"
autoclass_content = "both"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "dedicated_ip_provider"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
