// Text that came from elsewhere, made safe to look at: nothing in it is invisible, moves the cursor or turns the line.

/** C0 without tab and line feed, DEL, C1, and what changes the direction of text, divides lines or has no width. */
const UNPRINTABLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]|[\u{e0000}-\u{e0fff}]/gu;

/** Replaces each character that would not be seen by a sign that is: "␛[31m" for a terminal's red. */
export function printable(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}

/** A piece of a text: as it is, or a sign for characters that would not be seen. */
export type Piece = { text: string } | { sign: string; times: number };

/** The text in pieces, in which what would not be seen stands by its number: "U+202E". */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(UNPRINTABLE)) {
    if (index > from) found.push({ text: text.slice(from, index) });
    from = index + character.length;
    const sign = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
    const before = found.at(-1);
    if (before !== undefined && "sign" in before && before.sign === sign) before.times += 1;
    else found.push({ sign, times: 1 });
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}
