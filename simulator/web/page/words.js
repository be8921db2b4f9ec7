// The page in the reader's language. English words are the keys, as in the console's catalogues.

const code = document.documentElement.lang;
const told = code === "en" ? {} : await (await fetch(`/phone/words/${code}`)).json();
const names = new Intl.DisplayNames([code], { type: "language" });

export const locale = code === "en" ? "en-US" : code;

// Marks words for translation that are written down before they are said.
export const later = (words) => words;

export function say(words, values = {}) {
  return (told[words] ?? words).replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

// The languages with these codes, as the reader names them.
export const languages = (codes) => codes.map((each) => names.of(each)).join(", ");
