"""Certificates at speed: WeasyPrint lays out each wording once, and each holder's own fields are set on that.

`layout` reads what WeasyPrint made, `plate` finds what is the same for all who have a wording and what is each holder's
own, `files` and `book` write PDFs of both. What can't be read or set like this is left to WeasyPrint itself.
"""
