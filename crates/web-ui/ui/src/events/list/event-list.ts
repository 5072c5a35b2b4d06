// The events of a view as a list that loads itself: sheets ahead of where one reads, both ways, and the newest ones while it is
// live.
// The server alone says what belongs into it: an event that arrives is only the reason to ask again. Knows no screen.

import { isAborted, Problem } from "../../api/problem.ts";
import type { BanEvent, Page } from "../../api/types.ts";
import { createStore } from "../../state/store.ts";
import { Book } from "./book.ts";

/** How many events are asked for at a time. */
export const SHEET = 200;

/** The newest events are asked for again no sooner than this, however many arrive. */
export const RENEW_MS = 1_000;

/** Rows before and behind what is on the screen that are loaded ahead. */
const AHEAD = 150;

/** Sheets beside those on the screen whose rows are kept. */
const KEPT_SHEETS = 2;

/** How many events may come in at the top before the list begins anew with one sheet. */
const MOST_AT_TOP = 1_000;

/** Browsers draw nothing beyond some 17 million pixels. */
const MOST_HEIGHT = 15_000_000;

/** What has happened since, while the list is held still. */
export interface Waiting {
  count: number;
  /** There may be more. */
  more: boolean;
}

export interface ListState {
  /** Counts the changes of the book. */
  version: number;
  /** Counts how often the list began anew, so that places in it mean nothing any more. */
  generation: number;
  /** How many rows have come in at the top since it began: places move down by as many. */
  shift: number;
  /** Counts the sheets that were put in front: what one reads then is below them. */
  prepended: number;
  loading: boolean;
  error: unknown;
  waiting: Waiting;
  /** The rows that came in last. */
  fresh: ReadonlySet<number>;
}

const NOTHING: Waiting = { count: 0, more: false };
const NONE: ReadonlySet<number> = new Set();

/** Which events: behind a cursor, newer than one, those that the list begins with, or else the newest. */
export interface Where {
  cursor?: string | undefined;
  newer?: string;
  first?: true;
}

export interface EventSheet extends Page<BanEvent> {
  /** The cursor for what is newer; null where nothing is. */
  newer?: string | null;
}

type Load = (where: Where, signal: AbortSignal) => Promise<EventSheet>;

export class EventList {
  readonly book = new Book<BanEvent>((event) => event.id);
  readonly state = createStore<ListState>({
    version: 0,
    generation: 0,
    shift: 0,
    prepended: 0,
    loading: true,
    error: null,
    waiting: NOTHING,
    fresh: NONE,
  });
  /** Held still: what arrives is counted. */
  paused = false;
  /** Whether the top is in sight. Where it is not, what arrives is counted as well, for it would move what is read. */
  atTop: () => boolean = () => true;
  private readonly load: Load;
  private readonly below: boolean;
  private closed = new AbortController();
  private wanted = { from: 0, to: 0 };
  private busy = false;
  private renewing = false;
  private renewAgain = false;
  private showNext = false;
  private newerAsked: boolean;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** One that begins `below` the newest events can be read on towards them, and is live when it has reached them. */
  constructor(load: Load, below = false) {
    this.load = load;
    this.below = below;
    this.newerAsked = below;
  }

  /** Loads the first sheet; returns how to give up. */
  start(): () => void {
    this.closed = new AbortController();
    void this.fill();
    return () => {
      this.closed.abort();
      clearTimeout(this.timer);
      this.timer = undefined;
      this.busy = false;
      this.renewing = false;
    };
  }

  /** Tells which rows are on the screen: those around them are loaded, and far ones let go. */
  show(from: number, to: number): void {
    this.wanted = { from, to };
    this.book.forget(from, to, KEPT_SHEETS);
    if (this.state.get().error === null) void this.fill();
  }

  /** Tries again after an error. */
  retry(): void {
    this.failedAbove = false;
    this.set({ error: null });
    void this.fill();
  }

  /** Whether the first sheet has come, even if there is nothing on it. */
  get hasBegun(): boolean {
    return this.book.next !== undefined;
  }

  /** Whether the list goes on further than can be shown in one piece. */
  get full(): boolean {
    return typeof this.book.next === "string" && this.tooHigh;
  }

  /** Whether no more can be shown, at either end. */
  get tooHigh(): boolean {
    return this.book.height > MOST_HEIGHT;
  }

  /** Whether there are newer events than the first row, which is not live then. */
  get hasNewer(): boolean {
    return this.book.newer !== null;
  }

  /** Whether what failed last were the newer ones. */
  failedAbove = false;

  /** Loads some of the newer ones, also where the top is in sight, which scrolling does not. */
  showNewer(): void {
    this.newerAsked = true;
    if (this.state.get().error === null) void this.fill();
    else this.retry();
  }

  /** Something has happened that may belong into the list. */
  arrived(): void {
    this.renewAgain = true;
    if (!this.renewing && this.timer === undefined) void this.renew();
  }

  /** Shows the newest events, whatever was held back. */
  showNewest(): void {
    this.showNext = true;
    this.renewAgain = true;
    if (this.renewing) return;
    clearTimeout(this.timer);
    void this.renew();
  }

  /** The top is in sight, perhaps again: what waits may come in. */
  reachedTop(): void {
    if (!this.paused && this.state.get().waiting.count > 0) this.arrived();
  }

  /** Loads what is wanted and not there, one sheet after the other. */
  private async fill(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const { signal } = this.closed;
    try {
      for (let step = this.step(); step !== null && !signal.aborted; step = this.step()) {
        if (!this.state.get().loading) this.set({ loading: true });
        await step(signal);
        if (signal.aborted) return;
        this.set({ error: null });
      }
      if (!signal.aborted && this.state.get().loading) this.set({ loading: false });
    } catch (error) {
      if (!signal.aborted && !isAborted(error)) this.set({ loading: false, error });
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  }

  private step(): ((signal: AbortSignal) => Promise<void>) | null {
    const { book } = this;
    const { from, to } = this.wanted;
    const { generation } = this.state.get();
    const current = (): boolean => this.state.get().generation === generation;
    const [missing] = [...book.missing(from, to), ...book.missing(from - AHEAD, to + AHEAD)];
    if (missing !== undefined) {
      return async (signal) => {
        const { items, next } = await this.load({ cursor: missing.cursor }, signal);
        if (!signal.aborted && current()) book.refill(missing.sheet, items, next);
      };
    }
    const { newer } = book;
    if (newer !== null && !this.tooHigh && (this.newerAsked || (from < AHEAD && !this.atTop()))) {
      return async (signal) => {
        this.failedAbove = true;
        const page = await this.load({ newer }, signal);
        this.failedAbove = false;
        if (!signal.aborted && current() && book.newer === newer) this.putInFront(page);
      };
    }
    const { next } = book;
    if (next === null || (next !== undefined && (to + AHEAD < book.count || this.full))) return null;
    return async (signal) => {
      const page = await this.load(next === undefined ? { first: true } : { cursor: next }, signal);
      // The list may have begun anew meanwhile.
      if (signal.aborted || !current() || book.next !== next) return;
      book.append(page.items, page.next);
      if (next === undefined && this.below) book.newer = page.newer ?? null;
    };
  }

  private putInFront({ items, next, newer = null }: EventSheet): void {
    this.newerAsked = false;
    this.book.prepend(items, next, newer);
    const { from, to } = this.wanted;
    this.wanted = { from: from + items.length, to: to + items.length };
    const { shift, prepended } = this.state.get();
    this.set({ shift: shift + items.length, prepended: prepended + 1 });
    // It is live from now on, and what has happened meanwhile was not noticed.
    if (newer === null) this.arrived();
  }

  private async renew(): Promise<void> {
    // The first sheet is on its way, and has it all.
    if (this.book.next === undefined || this.hasNewer) return;
    const { signal } = this.closed;
    this.renewing = true;
    this.renewAgain = false;
    try {
      const { items, next } = await this.load({}, signal);
      if (!signal.aborted) this.take(items, next);
    } catch (error) {
      // Tried again with the next event or connection. A query that is wrong has failed the first sheet already.
      if (!signal.aborted && !isAborted(error) && error instanceof Problem && this.showNext) this.set({ error });
    } finally {
      if (!signal.aborted) {
        this.renewing = false;
        this.timer = setTimeout(() => {
          this.timer = undefined;
          if (this.renewAgain) void this.renew();
        }, RENEW_MS);
      }
    }
  }

  private take(items: BanEvent[], next: string | null): void {
    const { book } = this;
    if (!this.showNext && (this.paused || !this.atTop())) {
      this.set({ waiting: book.countNewer(items) });
      return;
    }
    this.showNext = false;
    const first = book.first?.id;
    const known = items.findIndex(({ id }) => id === first);
    const { added } = book.renewHead(items, next, MOST_AT_TOP);
    const fresh = new Set((known === -1 ? items : items.slice(0, known)).map(({ id }) => id));
    const { generation, shift } = this.state.get();
    this.set({
      waiting: NOTHING,
      fresh: fresh.size === 0 ? NONE : fresh,
      generation: added === null ? generation + 1 : generation,
      shift: added === null ? 0 : shift + added,
    });
  }

  private set(changes: Partial<ListState>): void {
    this.state.update((state) => ({ ...state, ...changes, version: state.version + 1 }));
  }
}
