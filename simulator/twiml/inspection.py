"""Checks a document against the rules of TwiML."""

from collections.abc import Iterator

from simulator.base.records import Problem
from simulator.twiml import twiml_rules
from simulator.twiml.documents import Document, Element


def inspect(document: Document) -> list[Problem]:
    """Every violation in a document, in order; none is fatal by itself."""
    return [Problem(code, message, document.url) for code, message in _violations(document)]


Violation = tuple[int, str]


def _violations(document: Document) -> Iterator[Violation]:
    if document.root.stray_text:
        yield 12200, f"text outside of any verb: {document.root.stray_text[:40]!r}"
    yield from _attributes(document.root)
    for verb in document.verbs:
        if verb.tag not in twiml_rules.VERBS[document.context]:
            yield _unwelcome(verb, document)
        else:
            yield from _verb(verb)
    yield from _unreachable(document)


def _unwelcome(verb: Element, document: Document) -> Violation:
    in_conference = document.context in {"conference-wait", "announcement"}
    if in_conference and verb.tag in twiml_rules.CALL_VERBS:
        return 13238, f"<{verb.tag}> is not allowed in a {document.context} document"
    if verb.tag in twiml_rules.CALL_VERBS | twiml_rules.VERBS["text"]:
        return 12200, f"<{verb.tag}> is not allowed in a {document.context} document"
    if verb.tag in twiml_rules.NOT_PLAYED:
        return 12200, f"<{verb.tag}> is not played by this simulator"
    return 12200, f"<{verb.tag}> is no verb"


def _verb(verb: Element) -> Iterator[Violation]:
    yield from _attributes(verb)
    yield from _content(verb)
    for child in verb.children:
        if verb.tag == "Say":
            if child.tag not in twiml_rules.SSML:
                yield 12200, f"<{child.tag}> is no SSML"
        elif child.tag not in twiml_rules.CHILDREN.get(verb.tag, frozenset()):
            yield (
                twiml_rules.NESTING_CODES.get(verb.tag, 12200),
                f"<{child.tag}> does not belong in <{verb.tag}>",
            )
        else:
            yield from _verb(child)


def _attributes(element: Element) -> Iterator[Violation]:
    known = twiml_rules.ATTRIBUTES[element.tag]
    for name, value in element.attributes.items():
        rule = known.get(name)
        if rule is None:
            yield 12200, f"<{element.tag}> has no attribute {name}"
        elif not rule.allows(value):
            yield rule.code, f"<{element.tag}> {name}={value!r} is not {rule.words}"


def _content(verb: Element) -> Iterator[Violation]:
    match verb.tag:
        case "Say":
            yield from _say(verb)
        case "Play":
            if not verb.text and "digits" not in verb.attributes:
                yield 12200, "<Play> has neither a URL nor digits"
        case "Dial":
            yield from _dial(verb)
        case "Gather":
            yield from _gather(verb)
        case "Enqueue" | "Queue":
            if not 1 <= len(verb.text) <= 64:
                yield 12200, f"a queue's name has 1..64 characters, not {len(verb.text)}"
        case "Conference":
            if not 1 <= len(verb.text) <= 128:
                yield 13237, f"a conference's name has 1..128 characters, not {len(verb.text)}"
        case "Pause" | "Leave" | "Hangup" | "Reject" | "Record":
            if verb.stray_text:
                yield 12200, f"<{verb.tag}> holds no text"


def _say(verb: Element) -> Iterator[Violation]:
    voice, language = verb.says("voice"), verb.says("language", "en-US")
    engine, _, name = voice.partition(".")
    limit = twiml_rules.TEXT_LIMITS.get(engine if name else "Basic", twiml_rules.BASIC_LIMIT)
    if not verb.text:
        yield 13520, "<Say> has no text"
    if len(verb.text) > limit:
        yield 13521, f"<Say> of {len(verb.text)} characters is over {limit}"
    if not name and verb.children:
        yield 13520, "a basic voice reads no SSML"
    if language not in twiml_rules.SAY_LANGUAGES:
        yield 13512, f"<Say> has no voice for language {language!r}"
    elif not _speaks(engine, name, language):
        yield 13511, f"<Say> voice {voice} does not speak {language}"


def _speaks(engine: str, name: str, language: str) -> bool:
    """Whether a voice belongs to a language, judged by its name."""
    if engine == "Google":
        return name.lower().startswith(language.lower() + "-")
    speakers = twiml_rules.POLLY_LANGUAGES.get(language)
    if engine != "Polly" or speakers is None:
        return True
    return name.removesuffix("-Neural").removesuffix("-Generative") in speakers


def _gather(verb: Element) -> Iterator[Violation]:
    if verb.stray_text:
        yield 13320, "<Gather> holds text outside of <Say>"
    for child in verb.children:
        if child.tag == "Play" and "digits" in child.attributes:
            yield 13320, "<Play digits> does not belong in <Gather>"


def _dial(verb: Element) -> Iterator[Violation]:
    nouns = {child.tag for child in verb.children}
    if not verb.children and not verb.stray_text:
        yield 13215, "<Dial> dials nobody"
    if len(nouns) > 1 or (nouns and verb.stray_text):
        yield 13000, "<Dial> mixes nouns"
    if len(verb.children) > 1 and nouns & {"Queue", "Conference"}:
        yield 13215, "<Dial> takes only one <Queue> or <Conference>"
    if len(verb.children) > twiml_rules.MOST_NUMBERS:
        yield 13215, f"<Dial> takes at most {twiml_rules.MOST_NUMBERS} numbers"


def _unreachable(document: Document) -> Iterator[Violation]:
    for verb, after in zip(document.verbs, document.verbs[1:], strict=False):
        if _ends_document(verb):
            yield 12200, f"<{after.tag}> after <{verb.tag}> is never reached"


def _ends_document(verb: Element) -> bool:
    match verb.tag:
        case "Hangup" | "Redirect" | "Reject" | "Leave":
            return True
        case "Dial" | "Enqueue":
            return "action" in verb.attributes
        case "Gather":
            return verb.is_set("actionOnEmptyResult")
    return False
