// The box for a query: text with completions of the server's, by keyboard and pointer (the combobox pattern of ARIA).

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type Completions, getCompletions } from "../api/events.ts";

/** Long enough not to ask for each key, short enough not to be waited for. */
const PAUSE_MS = 120;

/** So much of a filter can be sent: the server takes addresses of up to 8 KiB, in which a character can be three. */
const LONGEST = 2_500;

interface QueryBoxProps {
  value: string;
  onValue: (value: string) => void;
  /** The query is to be asked: by Enter, or since a completion has ended a term. */
  onAsk: (value: string) => void;
  /** The element that says what is wrong with the query, where something is. */
  errorId?: string | undefined;
}

export function QueryBox({ value, onValue, onAsk, errorId }: QueryBoxProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [found, setFound] = useState<Completions | null>(null);
  const [active, setActive] = useState(-1);
  const question = useRef<AbortController | null>(null);
  const items = found?.items ?? [];
  const open = items.length > 0;

  const close = (): void => {
    question.current?.abort();
    setFound(null);
    setActive(-1);
  };

  /** Asks for what fits at the cursor. An answer that comes after the next question, or after closing, is dropped. */
  const complete = (pause: number): void => {
    question.current?.abort();
    const abort = new AbortController();
    question.current = abort;
    setTimeout(() => {
      const box = input.current;
      if (abort.signal.aborted || box === null) return;
      getCompletions(box.value, box.selectionStart ?? box.value.length, abort.signal).then(
        (answer) => {
          if (abort.signal.aborted || input.current?.ownerDocument.activeElement !== input.current) return;
          setFound(answer);
          setActive(-1);
        },
        // Without completions the box is still a box. That the server is gone, the banner says.
        () => !abort.signal.aborted && setFound(null),
      );
    }, pause);
  };

  const take = (index: number): void => {
    const item = items[index];
    if (item === undefined || found === null) return;
    const before = value.slice(0, found.from) + item.text;
    const after = value.slice(found.to);
    const goesOn = /[:,]$/.test(item.text.trimEnd());
    const text = goesOn || /\s$/.test(before) || /^\s/.test(after) ? before + after : `${before} ${after}`;
    const at = before.length + (goesOn ? 0 : 1);
    onValue(text);
    close();
    if (!goesOn) onAsk(text);
    // The cursor can be placed once the text is in the box.
    setTimeout(() => {
      input.current?.focus();
      input.current?.setSelectionRange(at, at);
      if (goesOn) complete(0);
    }, 0);
  };

  const press = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      if (!open) complete(0);
      // Between the last and the first lies the text itself.
      else setActive((active) => ((active + 1 + move + items.length + 1) % (items.length + 1)) - 1);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" || (event.key === "Tab" && active >= 0)) {
      event.preventDefault();
      if (active >= 0) take(active);
      else {
        close();
        onAsk(value);
      }
    }
  };

  useEffect(() => () => question.current?.abort(), []);
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  return (
    <div class="query">
      <label class="unseen" for={id}>
        Filter
      </label>
      <input
        ref={input}
        id={id}
        type="text"
        role="combobox"
        class="mono"
        value={value}
        maxLength={LONGEST}
        placeholder="Filter: jail:sshd country:NL ip:203.0.113.0/24 …"
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-invalid={errorId !== undefined}
        aria-describedby={errorId}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        enterkeyhint="search"
        onInput={(event) => {
          onValue(event.currentTarget.value);
          complete(PAUSE_MS);
        }}
        onKeyDown={press}
        onClick={() => value === "" && !open && complete(0)}
        onBlur={close}
      />
      <ul id={`${id}-list`} role="listbox" aria-label="Completions" class="completions" hidden={!open}>
        {items.map((item, index) => (
          <li
            key={item.text}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            // Before the press would take the focus, and so close the list.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(index)}
          >
            <span class="mono">{item.text.trim()}</span>
            {item.about !== null && <span class="completion-about">{item.about}</span>}
          </li>
        ))}
      </ul>
      <p class="unseen" role="status">
        {open && active === -1 ? `${items.length} completions, by the arrow keys.` : ""}
      </p>
    </div>
  );
}
