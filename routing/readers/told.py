"""Sentences about a file: English as they stand, and sayable in another language.

Commands print them; the console looks their templates up in its translations.
"""

from __future__ import annotations


class Told(str):
    """An English sentence that keeps the template and the values it was made of.

    A value can be another sentence of this kind.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, str]

    def __reduce__(self) -> tuple[object, ...]:
        """A child process that reads a file sends its sentences back."""
        return _again, (self.template, self.values)


def told(template: str, **values: str) -> Told:
    """The sentence of a template with placeholders such as %(name)s."""
    return _again(template, values)


def _again(template: str, values: dict[str, str]) -> Told:
    sentence = Told(template % values if values else template)
    sentence.template, sentence.values = template, values
    return sentence
