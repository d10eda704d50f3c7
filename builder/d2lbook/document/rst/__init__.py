"""reStructuredText of ``eval_rst`` blocks → the tokens that the rest of a page is made of.

    text ──reading──► docutils' tree ──tokens──► tokens like those of Markdown

So what such a block says is numbered, referred to and looks like everything else,
in every output. Only blocks that are there cost anything: docutils is not imported
for a book without any.
"""
