// The query language, as far as the pages need it: which terms a query has, and how one is added or taken away. What
// a term means, and whether it is right, the server alone decides.

/** One word of a query, and where it stands in it. */
export interface Term {
  /** As it is written. */
  text: string;
  from: number;
  to: number;
  /** Empty for plain text. */
  name: string;
  negated: boolean;
  /** What the name is to be, without quotes; for plain text the text. */
  values: string[];
}

/** Names that a term may begin with; `asn` is another word for `network`. */
const NAMES = new Set(["ip", "jail", "country", "network", "asn", "origin", "kind", "since", "until"]);

/** A text in quotes, within which a backslash goes before a quote; the last one may be left open. */
const QUOTED = String.raw`"(?:[^"\\]|\\.)*(?:"|\\?$)`;

/** Blanks divide words, and commas values, but not within quotes. */
const WORD = new RegExp(String.raw`(?:[^\s"]|${QUOTED})+`, "gs");
const VALUE = new RegExp(String.raw`(?:[^,"]|${QUOTED})+`, "gs");

/** The terms of a query, in order. */
export function termsOf(q: string): Term[] {
  return [...q.matchAll(WORD)].map(({ 0: text, index }) => {
    const named = /^(-?)([a-z]+):(.*)$/is.exec(text);
    const name = named?.[2]?.toLowerCase() ?? "";
    const place = { text, from: index, to: index + text.length };
    if (named === null || !NAMES.has(name)) return { ...place, name: "", negated: false, values: [unquoted(text)] };
    return { ...place, name, negated: named[1] === "-", values: valuesOf(named[3] ?? "") };
  });
}

/** The query without one of its terms. */
export function withoutTerm(q: string, term: Term): string {
  return joined([q.slice(0, term.from), q.slice(term.to)]);
}

/** The query without the terms of a name, such as `since`. */
export function withoutName(q: string, name: string): string {
  return joined(termsOf(q).filter((term) => !isNamed(term, name)).map(({ text }) => text));
}

/** Whether a term of this name is in the query. */
export function hasName(q: string, name: string): boolean {
  return termsOf(q).some((term) => isNamed(term, name));
}

/**
 * The query, narrowed down: `name` is to be `value`, whatever it was to be before. With a minus before the name it is
 * not to be `value`, in addition to what else it is not to be.
 */
export function addTerm(q: string, name: string, value: string): string {
  const bare = name.replace(/^-/, "");
  const negated = bare !== name;
  const words: string[] = [];
  const excluded: string[] = [];
  let at = -1;
  for (const term of termsOf(q)) {
    if (!isNamed(term, bare)) {
      words.push(term.text);
      continue;
    }
    const others = term.values.filter((each) => each !== value);
    if (negated && term.negated) excluded.push(...others);
    // What was wanted gives way to what is wanted now, and what is excluded now is wanted no more.
    const kept = !negated && !term.negated ? [] : others;
    if (kept.length > 0 && !(negated && term.negated)) words.push(written(bare, term.negated, kept));
    else if (at === -1) at = words.length;
  }
  words.splice(at === -1 ? words.length : at, 0, written(bare, negated, [...new Set([...excluded, value])]));
  return joined(words);
}

/** A query for one plain text, whatever is in it. */
export function plainText(text: string): string {
  const [term] = termsOf(text);
  return term?.text === text && term.name === "" && !/["\\]/.test(text) ? text : inQuotes(text);
}

function written(name: string, negated: boolean, values: string[]): string {
  return `${negated ? "-" : ""}${name}:${values.map(quoted).join(",")}`;
}

function isNamed(term: Term, name: string): boolean {
  return term.name === name || (term.name === "asn" && name === "network");
}

/** A value that would fall apart is put into quotes. */
function quoted(value: string): string {
  return value === "" || /[\s",]/.test(value) ? inQuotes(value) : value;
}

function inQuotes(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function unquoted(text: string): string {
  return text.replace(/\\(["\\])|"/g, "$1");
}

function valuesOf(text: string): string[] {
  return (text.match(VALUE) ?? []).map(unquoted);
}

function joined(words: string[]): string {
  return words
    .map((word) => word.trim())
    .filter((word) => word !== "")
    .join(" ");
}
