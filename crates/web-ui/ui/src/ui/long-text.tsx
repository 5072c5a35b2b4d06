// Text of any length and content from elsewhere, such as an error: shown as text, wrapped, and cut until asked for.

import { useState } from "preact/hooks";
import { count } from "../format/number.ts";
import { printable } from "../format/printable.ts";

/** A cut that saves less than this is not worth a button. */
const SLACK = 100;

interface LongTextProps {
  text: string;
  /** What the text is, for the button: "error". */
  noun: string;
  most?: number;
}

export function LongText({ text, noun, most = 400 }: LongTextProps) {
  const [open, setOpen] = useState(false);
  const cuttable = text.length > most + SLACK;
  return (
    <>
      <code class="long-text">{printable(cuttable && !open ? `${text.slice(0, most)}…` : text)}</code>
      {cuttable && (
        <button type="button" class="small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? `Less of the ${noun}` : `All ${count(text.length)} characters of the ${noun}`}
        </button>
      )}
    </>
  );
}
