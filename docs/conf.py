"""The documentation site: Sphinx over Markdown, built without network; every warning is an error in ``make check``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from credential_pipeline import __version__

project = "Credential-to-wage pipeline"
author = "The maintainers"
version = release = __version__
extensions = ["myst_parser", "generated_reference", "root_pages"]
exclude_patterns = ["_build", "_ext"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True
html_theme = "furo"
html_title = project
html_static_path: list[str] = []
# The pages are read from disk too, without a server and without network.
html_theme_options = {"navigation_with_keys": True}
html_show_sphinx = False
html_copy_source = False
# Source files of the repository are named in text and not linked: the site may be read without the repository.
