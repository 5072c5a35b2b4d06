// A line of somebody's log, which whoever attacks may have written: shown as text, in its own direction, with a sign for each
// character that would not be seen, and cut where it is too long to be read.

import { useState } from "preact/hooks";
import { count } from "../format/number.ts";
import { pieces } from "../format/printable.ts";

/** In characters: enough for an honest line. */
const SHORT = 600;

/** A line that is longer than this is not for reading, and would hold up the browser. */
const LONGEST = 20_000;

export function LogLine({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const most = open ? LONGEST : SHORT;
  const cut = text.length > most;
  return (
    <>
      <code class="log-line" dir="ltr">
        {pieces(text.slice(0, most)).map((piece, index) =>
          "text" in piece ? (
            piece.text
          ) : (
            <span key={index} class="sign">
              {piece.sign}
              {piece.times > 1 && ` ×${count(piece.times)}`}
            </span>
          ),
        )}
        {cut && "…"}
      </code>
      {text.length > SHORT && (
        <p class="log-line-foot">
          <button type="button" class="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Less of the line" : text.length > LONGEST ? `The first ${count(LONGEST)} characters` : "All of the line"}
          </button>{" "}
          {count(text.length)} characters
        </p>
      )}
    </>
  );
}
