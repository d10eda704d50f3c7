"""Builds multi-framework textbooks: Markdown in; notebooks, pages and PDFs out."""

__version__ = "2.0.0.dev0"
