"""The links in the header of every page, from ``[html] header_links``."""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import urlsplit

from d2lbook.config import Config
from d2lbook.document.addresses import local_link, page_at
from d2lbook.errors import Problem
from d2lbook.html.addresses import page_file
from d2lbook.html.context import Link
from d2lbook.html.pictures import BookFiles


def header_links(
    config: Config, pages: Container[str], files: BookFiles
) -> tuple[tuple[Link, ...], list[Problem]]:
    """The links, and a problem for each that leads to a page which is not there.

    Addresses in the book begin at the folder of the pages. What is neither a page nor a file
    of the book may be put into the site by others.
    """
    links: list[Link] = []
    problems: list[Problem] = []
    for text, address, *_ in config.html.header_links:
        local = local_link("", address)
        if not local:
            links.append(Link(text=text, address=address))
            continue
        page = page_at(local.path, pages)
        file = None if page else files.find("", address)
        if not (page or file) and local.path.endswith((".md", ".html")):
            what = f"[html] header_links names '{address}', which is not there"
            place = config.place("html", "header_links")
            problems.append(Problem(what=what, place=place, remedy="add it, or mend the name"))
        links.append(
            Link(
                text=text,
                address=urlsplit(address)._replace(path="").geturl(),
                file=page_file(page) if page else file.site_path if file else local.path,
                copied=file,
            )
        )
    return tuple(links), problems
