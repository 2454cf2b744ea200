"""The demo brand's fawn."""

from markupsafe import Markup

_EYES = {
    "calm": (
        '<g fill="#2c2320"><ellipse cx="45" cy="58" rx="3.8" ry="4.4"/>'
        '<ellipse cx="75" cy="58" rx="3.8" ry="4.4"/>'
        "</g>"
        '<g fill="#fff"><circle cx="46.4" cy="56.4" r="1.3"/><circle cx="76.4" cy="56.4" r="1.3"/></g>'
    ),
    "glad": (
        '<path d="M40 60c2.4-6.4 8-6.4 10.4 0M69.6 60c2.4-6.4 8-6.4 10.4 0" fill="none" stroke="#2c2320"'
        ' stroke-width="2.8" stroke-linecap="round"/>'
    ),
}


def deer(size: int = 68, mood: str = "calm") -> Markup:
    """The fawn's head in a 120 box; mood is calm or glad."""
    return Markup(
        f'<svg class="mascot" width="{size}" height="{size}" viewBox="0 0 120 120" aria-hidden="true">'
        '<g fill="none" stroke="#8a5a3c" stroke-width="4.6" stroke-linecap="round" stroke-linejoin="round">'
        '<path d="M48 31c-1-9-7-12-8-22M42.5 20.5c-4.5 0-8-2.5-10-7"/>'
        '<path d="M72 31c1-9 7-12 8-22M77.5 20.5c4.5 0 8-2.5 10-7"/>'
        "</g>"
        '<path d="M37 47C23 50 10 44 4 30c15-4 30 0 38 11z" fill="#d9975f"/>'
        '<path d="M34 44c-9 1-17-3-22-10 9-1 18 2 25 8z" fill="#f6b7b0"/>'
        '<path d="M83 47c14 3 27-3 33-17-15-4-30 0-38 11z" fill="#d9975f"/>'
        '<path d="M86 44c9 1 17-3 22-10-9-1-18 2-25 8z" fill="#f6b7b0"/>'
        '<path d="M60 27c20 0 31 12 30 30-1 12-7 20-11 29-4 10-10 18-19 18s-15-8-19-18c-4-9-10-17-11-29'
        '-1-18 10-30 30-30z" fill="#e6ab74"/>'
        '<path d="M60 27c20 0 31 12 30 30-1 12-7 20-11 29-4 10-10 18-19 18z" fill="#d9975f" opacity=".22"/>'
        '<path d="M60 66c11 0 17 7 17 18 0 12-7 20-17 20s-17-8-17-20c0-11 6-18 17-18z" fill="#fdf0e2"/>'
        '<path d="M52.5 80c0-4 3.5-5.5 7.5-5.5s7.5 1.5 7.5 5.5c0 3.5-4 6-7.5 6s-7.5-2.5-7.5-6z" fill="#3a2a26"/>'
        '<path d="M60 86v4c-2 3.5-5.5 3.8-8 1.8M60 90c2 3.5 5.5 3.8 8 1.8" fill="none" stroke="#3a2a26"'
        ' stroke-width="2" stroke-linecap="round"/>'
        f"{_EYES[mood]}"
        '<g fill="#ee7f8d" opacity=".5"><ellipse cx="38.5" cy="69" rx="5" ry="3.2"/>'
        '<ellipse cx="81.5" cy="69" rx="5" ry="3.2"/>'
        "</g>"
        '<g fill="#fdf0e2"><ellipse cx="60" cy="36" rx="2.8" ry="3.8"/><ellipse cx="50.5" cy="42" rx="2.2" ry="3"/>'
        '<ellipse cx="69.5" cy="42" rx="2.2" ry="3"/></g></svg>'
    )
