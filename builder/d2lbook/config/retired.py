"""Keys of d2lbook that still are in books, and why nothing reads them any more."""

from __future__ import annotations

from collections.abc import Mapping

NO_LONGER_NEEDED: Mapping[tuple[str, str], str] = {
    ("build", "dependences"): "d2lbook never read it; what is meant is dependencies",
    ("build", "html_dir"): "the pages are always in html/ of the output folder",
    ("build", "origin_repo"): "d2lbook never read it",
    ("build", "rsts"): "pages are Markdown; reStructuredText goes into their eval_rst blocks",
    ("build", "sphinx_extensions"): "pages are no longer made with Sphinx",
    ("html", "logo"): "d2lbook never read it; what is meant is html_logo",
    ("pdf", "post_latex"): "the PDF is made without TeX",
    ("pdf", "latex_url"): "the PDF is made without TeX",
    ("pdf", "style"): "the PDF is made without TeX",
    ("library", "root_dir"): "name the file in [library-TAB] lib_file",
    ("library", "save_filename"): "name the file in [library-TAB] lib_file",
    ("library", "save_mark"): "the mark is #@save",
    ("library", "save_patterns"): "the mark is #@save",
    ("library", "version"): "the version is [project] release",
    ("slides", "github_repo"): "what is built is uploaded with the tools of its host",
    ("deploy", "github_repo"): "what is built is uploaded with the tools of its host",
    ("deploy", "s3_bucket"): "what is built is uploaded with the tools of its host",
    ("deploy", "other_file_s3urls"): "what is built is uploaded with the tools of its host",
    ("deploy", "google_analytics_tracking_id"): "the pages track nobody",
    ("translation", "origin_repo"): "translating is left to other tools",
    ("translation", "origin_lang"): "translating is left to other tools",
    ("translation", "translator"): "translating is left to other tools",
    ("translation", "terminology"): "translating is left to other tools",
}
