"""Markdown to safe HTML."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_cjk_friendly import cjk_friendly

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).use(cjk_friendly)

_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "code", "br", "hr", "a"}


@lru_cache(maxsize=4096)
def render(source: str) -> Markup:
    """The HTML of a Markdown text: no raw HTML, no pictures from elsewhere, links marked as leading away."""
    html = _markdown.render(source)
    return Markup(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"a": {"href"}},
            url_schemes={"https", "mailto", "tel"},
            link_rel="noopener nofollow",
        )
    )
