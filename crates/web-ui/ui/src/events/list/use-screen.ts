// Which rows of a list are in sight as the window scrolls, and how the list keeps its place in it: the row at the upper edge
// is held, whatever happens above. Knows the window and the heights of rows, not what they show.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { EventList } from "./event-list.ts";

/** Drawn beyond the edges, in pixels, so that scrolling does not meet what is not there. */
const BEYOND = 400;

/** At the top, or so near that what comes in is meant to be seen. */
const NEAR_TOP = 4;

export interface Screen {
  /** As high as the whole list. */
  frame: RefObject<HTMLDivElement | null>;
  /** Holds the rows that are drawn: from `from` on, and before `to`. */
  rows: RefObject<HTMLDivElement | null>;
  from: number;
  to: number;
  /** To be called after each drawing: takes the heights of the rows, and puts them in place. */
  measure(): void;
  /** Scrolls as far as needed for a row to be in sight. */
  reveal(index: number): void;
  rowsInSight(): number;
  firstInSight(): number;
}

interface Held {
  generation: number;
  /** The row counted from where the list began. */
  place: number;
  /** How far its top is above the upper edge. */
  above: number;
  /** Where the window was when this was so. */
  scrolled: number;
}

/** Another `layout` means that rows are of another height now. */
export function useScreen(list: EventList, layout: string): Screen {
  const { book } = list;
  const frame = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const held = useRef<Held | null>(null);
  const width = useRef(0);
  const measured = useRef("");
  /** How many sheets had been put in front, and rows come in, when this was last looked at. */
  const seen = useRef({ prepended: 0, shift: 0 });
  const [range, setRange] = useState({ from: 0, to: 60 });

  /** How far the top of the list is above the upper edge, below which the head of the columns stands. */
  const offset = (): number => {
    if (frame.current === null) return 0;
    return headHeight(frame.current) - frame.current.getBoundingClientRect().top;
  };

  const look = (): void => {
    const top = offset();
    const { generation, shift } = list.state.get();
    const first = top > NEAR_TOP ? book.at(top) : undefined;
    held.current =
      first === undefined ? null : { generation, place: first.index - shift, above: top - first.top, scrolled: scrollY };
    if (held.current === null) list.reachedTop();
    redraw(top);
  };

  const redraw = (top: number): void => {
    const from = book.at(top - BEYOND)?.index ?? 0;
    const to = (book.at(top + innerHeight + BEYOND)?.index ?? 0) + 1;
    setRange((range) => (range.from === from && range.to === to ? range : { from, to }));
    list.show(book.at(top)?.index ?? 0, book.at(top + innerHeight)?.index ?? 0);
  };

  const arrange = (): void => {
    if (frame.current === null || rows.current === null) return;
    frame.current.style.height = `${book.height}px`;
    const first = rows.current.firstElementChild;
    const index = first instanceof HTMLElement ? Number(first.dataset["index"]) : 0;
    rows.current.style.transform = `translateY(${book.get(index)?.top ?? 0}px)`;
  };

  /** Scrolls by as much as the held row has moved. In another layout it may be lower than what was above the edge. */
  const hold = (relaid: boolean): void => {
    const { generation, shift, prepended } = list.state.get();
    // What is put in front of a row at the top is above it, where one scrolls to.
    if (held.current === null && prepended > seen.current.prepended) {
      held.current = { generation, place: -seen.current.shift, above: 0, scrolled: scrollY };
    }
    seen.current = { prepended, shift };
    const at = held.current;
    const row = at?.generation === generation ? book.get(at.place + shift) : undefined;
    if (at === null || row === undefined) return;
    if (relaid) at.above = Math.min(at.above, row.height);
    const off = row.top + at.above - offset();
    if (Math.abs(off) >= 1) scrollBy({ top: off, behavior: "instant" });
    at.scrolled = scrollY;
  };

  const measure = (): void => {
    const box = frame.current;
    if (box === null || rows.current === null) return;
    // Where somebody has scrolled since, that is meant, and not to be undone.
    if (held.current !== null) {
      held.current.above += scrollY - held.current.scrolled;
      held.current.scrolled = scrollY;
    }
    const key = `${layout} ${box.clientWidth}`;
    const relaid = measured.current !== "" && measured.current !== key;
    // What is not there yet is drawn as high as it was.
    const items = [...rows.current.querySelectorAll<HTMLElement>(":scope > :not(.absent)")];
    const heights = items.map((item) => item.getBoundingClientRect().height);
    if (heights.length > 0) {
      const usual = median(heights);
      if (measured.current !== key) {
        measured.current = key;
        book.assume(usual);
      } else book.expect(usual);
      items.forEach((item, at) => book.measure(Number(item.dataset["index"]), heights[at] ?? 0));
    }
    arrange();
    hold(relaid);
    redraw(offset());
  };

  useLayoutEffect(() => {
    let asked = 0;
    const scrolled = (): void => {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        look();
      });
    };
    const redrawn = (): void => setRange((range) => ({ ...range }));
    const resized = new ResizeObserver(() => {
      const now = frame.current?.clientWidth ?? 0;
      if (now === width.current) return;
      width.current = now;
      redrawn();
    });
    if (frame.current !== null) resized.observe(frame.current);
    addEventListener("scroll", scrolled, { passive: true });
    addEventListener("resize", redrawn);
    list.atTop = () => held.current === null;
    // Another list is read from its top.
    held.current = null;
    seen.current = { prepended: 0, shift: 0 };
    measured.current = "";
    if (offset() > 0) scrollBy({ top: -offset(), behavior: "instant" });
    return () => {
      cancelAnimationFrame(asked);
      resized.disconnect();
      removeEventListener("scroll", scrolled);
      removeEventListener("resize", redrawn);
    };
  }, [list]);

  return {
    frame,
    rows,
    ...range,
    measure,
    reveal(index) {
      const row = book.get(index);
      if (row === undefined || frame.current === null) return;
      const top = offset();
      const below = row.top + row.height - (top + innerHeight - headHeight(frame.current));
      const by = row.top < top ? row.top - top : Math.max(0, below);
      if (by !== 0) scrollBy({ top: index === 0 ? by - 1_000 : by, behavior: "instant" });
      look();
    },
    rowsInSight: () => Math.max(1, (book.at(offset() + innerHeight)?.index ?? 0) - (book.at(offset())?.index ?? 0)),
    firstInSight: () => book.at(offset())?.index ?? 0,
  };
}

/** The head of the columns, which stays at the upper edge; none on a phone. */
function headHeight(frame: HTMLElement): number {
  const head = frame.previousElementSibling;
  return head !== null && getComputedStyle(head).position === "sticky" ? head.clientHeight : 0;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
