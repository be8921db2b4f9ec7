"""The sheets of rights: public pages, one for each language and situation, that a text links to.

A page sets no cookie, runs no script and loads nothing else, so nobody learns who reads it.
"""

from __future__ import annotations

from flask import Response, abort, render_template_string

from ivr.dialogue import rights
from ivr.http import parts, webhook_guard
from prompts.language import digit_groups

_HEADERS = {
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_PAGE = """<!doctype html>
<html lang="{{ language.code }}" dir="{{ language.direction }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body {font: 1.15rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 1rem;
  color: #111; background: #fff}
h1 {font-size: 1.5rem; line-height: 1.25}
li {margin-block: .6rem}
nav ul {list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1rem}
nav li {margin-block: .3rem}
a {color: #0b4f9e}
.line {border: 2px solid; border-radius: .4rem; padding: .6rem 1rem}
@media print {nav {display: none} body {max-width: none; padding: 0}}
</style>
</head>
<body>
<main>
<h1>{{ title }}</h1>
<p>{{ intro }}</p>
<ol>{% for each in parts %}<li>{{ each }}</li>{% endfor %}</ol>
<p class="line">{{ welcome }} <a href="tel:{{ number }}" dir="ltr">{{ shown }}</a></p>
</main>
<nav><ul>{% for address, words in situations %}<li><a href="{{ address }}">{{ words }}</a></li>
{% endfor %}</ul>
<ul>{% for address, other in languages %}<li><a href="{{ address }}" lang="{{ other.code }}"
 dir="{{ other.direction }}">{{ other.name }}</a></li>
{% endfor %}</ul></nav>
</body>
</html>
"""


@webhook_guard.blueprint.get("/sheet/<name:language>/<name:key>")
def sheet(language: str, key: str) -> Response:
    """The rights in one situation, to read and to print.

    Called by: anybody who has the link, which a caller gets by text.
    Answers: a page without cookies, scripts and other files; 404 for what does not exist.
    """
    ours = parts.current()
    prompts, here = ours.speech.prompts, rights.with_key(key)
    if here is None or language not in prompts.languages:
        abort(404)
    expired = prompts.expired(language, ours.app.clock().date())
    number = ours.app.numbers.hotline
    page = render_template_string(
        _PAGE,
        language=prompts.languages[language],
        title=prompts.sentence(language, here.title),
        intro=prompts.sentence(language, rights.INTRO),
        parts=[prompts.sentence(language, each) for each in rights.valid(here.parts, expired)],
        welcome=prompts.sentence(language, "greeting.welcome"),
        number=number,
        shown=" ".join(digit_groups(number)),
        situations=[
            (f"/sheet/{language}/{each.key}", prompts.sentence(language, each.title))
            for each in rights.SITUATIONS
            if each is not here
        ],
        languages=[
            (f"/sheet/{code}/{key}", other)
            for code, other in prompts.languages.items()
            if code != language
        ],
    )
    return Response(page, headers=_HEADERS)
