// Text that came from elsewhere, made safe to look at: nothing in it is invisible, moves the cursor or turns the line.

/** C0 without tab and line feed, DEL, C1, and what changes the direction of text or has no width. */
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Replaces each character that would not be seen by a sign that is: "␛[31m" for a terminal's red. */
export function printable(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}
