// A heading over something that is drawn, with the button that shows its numbers as a table instead.

import type { ComponentChildren } from "preact";

interface FigureProps {
  id: string;
  title: string;
  /** What one mark of the drawing stands for. */
  note?: string | undefined;
  asTable: boolean;
  onTable: (asTable: boolean) => void;
  pending: boolean;
  controls?: ComponentChildren;
  children: ComponentChildren;
}

export function Figure({ id, title, note, asTable, onTable, pending, controls, children }: FigureProps) {
  return (
    <section class="figure" aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>
          {title} {note !== undefined && <span class="heading-note">{note}</span>}
        </h2>
        {controls}
        <button type="button" class="small" aria-pressed={asTable} onClick={() => onTable(!asTable)}>
          Table<span class="unseen"> of {title}</span>
        </button>
      </div>
      <div class={pending ? "pending" : ""} aria-busy={pending}>
        {children}
      </div>
    </section>
  );
}
