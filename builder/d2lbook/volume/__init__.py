"""A book as one tab has it, page after page: what PDFs and EPUBs are made from.

Documents ──► trees of pages (``page.py``), in pandoc's words (``nodes.py``)
"""
