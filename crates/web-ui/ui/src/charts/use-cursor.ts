// The bucket that is looked at, and the stretch that is being chosen: by mouse, finger and keyboard.

import { useState } from "preact/hooks";
import { bucketAt, type Plot } from "./plot.ts";

/** Fingers and mice tremble: a shorter way is no choice of a stretch. */
const DRAG_PX = 6;

const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

interface State {
  /** The bucket that is looked at. */
  at: number | null;
  /** Where the stretch that is being chosen began. */
  anchor: number | null;
  /** What is told of the bucket stays, so that its links can be reached. */
  pinned: boolean;
  /** Where the pointer went down, while it is down. */
  downX: number | null;
}

const NOTHING: State = { at: null, anchor: null, pinned: false, downX: null };

export interface Cursor {
  at: number | null;
  pinned: boolean;
  /** The first and last bucket of the stretch that is being chosen. */
  range: [first: number, last: number] | null;
  clear(): void;
  handlers: {
    onPointerMove(event: PointerEvent): void;
    onPointerDown(event: PointerEvent): void;
    onPointerUp(event: PointerEvent): void;
    onPointerLeave(): void;
    onPointerCancel(): void;
    onKeyDown(event: KeyboardEvent): void;
    onFocus(event: FocusEvent): void;
    onBlur(): void;
  };
}

/** `choose` is called with the first and last bucket of a stretch that was chosen. */
export function useCursor(plot: Plot, choose: (first: number, last: number) => void): Cursor {
  const [kept, setState] = useState(NOTHING);
  const last = plot.xs.length - 2;
  // The time line may have fewer buckets than when the pointer last moved.
  const state = kept.at !== null && kept.at > last ? NOTHING : kept;
  const { at, anchor, pinned, downX } = state;
  const range: Cursor["range"] = at === null || anchor === null ? null : [Math.min(at, anchor), Math.max(at, anchor)];
  const clear = (): void => setState(NOTHING);
  const chosen = (): void => {
    if (range === null) return;
    clear();
    choose(...range);
  };
  const place = (event: PointerEvent): { x: number; index: number } => {
    const x = event.clientX - (event.currentTarget as Element).getBoundingClientRect().left;
    return { x, index: bucketAt(plot, x) };
  };
  return {
    at,
    pinned,
    range,
    clear,
    handlers: {
      onPointerMove(event) {
        const { x, index } = place(event);
        if (downX !== null) {
          if (anchor !== null || Math.abs(x - downX) >= DRAG_PX) {
            setState({ at: index, anchor: anchor ?? bucketAt(plot, downX), pinned: false, downX });
          }
        } else if (!pinned && index !== at && event.pointerType !== "touch") {
          setState({ ...NOTHING, at: index });
        }
      },
      onPointerDown(event) {
        if (event.button !== 0) return;
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
        const { x, index } = place(event);
        // A second press on the same bucket lets go of it, unless a stretch is drawn from there.
        setState({ at: index, anchor: null, pinned: pinned && index === at, downX: x });
      },
      onPointerUp() {
        if (downX === null) return;
        if (range !== null) chosen();
        else setState({ at, anchor: null, pinned: !pinned, downX: null });
      },
      onPointerLeave() {
        if (downX === null && !pinned) clear();
      },
      onPointerCancel: clear,
      onKeyDown(event) {
        const step = STEPS[event.key];
        if (step !== undefined) {
          event.preventDefault();
          const from = at ?? last;
          const next = Math.min(last, Math.max(0, from + step));
          setState({ at: next, anchor: event.shiftKey ? (anchor ?? from) : null, pinned, downX: null });
        } else if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          if (range !== null) chosen();
          else setState({ ...NOTHING, at: at ?? last, pinned: !pinned });
        } else if (event.key === "Escape") {
          clear();
        }
      },
      onFocus(event) {
        const byKeyboard = (event.currentTarget as Element).matches(":focus-visible");
        if (at === null && byKeyboard) setState({ ...NOTHING, at: last });
      },
      onBlur() {
        if (!pinned && downX === null) clear();
      },
    },
  };
}
