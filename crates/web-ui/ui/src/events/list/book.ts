// A list of any length in sheets, as the server gives it out: which rows are in memory, how to get the others again, and
// how high each one is on the screen. Knows no network and no page.

/** A page of the server's. Its rows may be gone from memory; what is known of them stays. */
interface Sheet<Row> {
  /** What the server is asked for it with; undefined for the first one, which is always in memory. */
  cursor: string | undefined;
  rows: Row[] | null;
  heights: Float32Array;
  /** The sum of the heights. */
  height: number;
}

/** A row of the book: where it is, and what it is if it is in memory. */
export interface Place<Row> {
  index: number;
  row: Row | null;
  /** In pixels from the top of the list. */
  top: number;
  height: number;
}

/** What came of looking at the newest rows again. */
export interface HeadChange {
  /** How many rows the list has gained at its top; null where it begins anew. */
  added: number | null;
}

export class Book<Row> {
  private sheets: Sheet<Row>[] = [];
  /** The cursor behind the last sheet; null at the end of the list, undefined before the first sheet. */
  next: string | null | undefined = undefined;
  /** The cursor for what is newer than the first sheet; null where that is the newest. */
  newer: string | null = null;
  private estimate: number;
  private readonly idOf: (row: Row) => number;

  constructor(idOf: (row: Row) => number, estimate = 30) {
    this.idOf = idOf;
    this.estimate = estimate;
  }

  /** How many rows are known of. */
  get count(): number {
    return this.sheets.reduce((count, { heights }) => count + heights.length, 0);
  }

  /** How high all of them are. */
  get height(): number {
    return this.sheets.reduce((sum, { height }) => sum + height, 0);
  }

  /** How many rows are in memory. */
  get kept(): number {
    return this.sheets.reduce((count, { rows }) => count + (rows?.length ?? 0), 0);
  }

  /** The newest row. */
  get first(): Row | undefined {
    return this.sheets[0]?.rows?.[0];
  }

  /** The last row of what is known, if it is in memory. */
  get last(): Row | undefined {
    return this.sheets.at(-1)?.rows?.at(-1);
  }

  /** Adds the sheet that the cursor `next` stands for. */
  append(rows: Row[], next: string | null): void {
    this.sheets.push(this.sheet(this.next ?? undefined, rows));
    this.next = next;
  }

  /** Puts a sheet in front, behind which `next` leads to what was the first one. The newest is one with that. */
  prepend(rows: Row[], next: string | null, newer: string | null): void {
    const [head] = this.sheets;
    this.newer = newer;
    if (head === undefined || rows.length === 0) return;
    if (newer === null && head.rows !== null) {
      const joined = this.sheet(undefined, [...rows, ...head.rows]);
      joined.heights.set(head.heights, rows.length);
      joined.height = sum(joined.heights);
      this.sheets[0] = joined;
    } else {
      head.cursor = next ?? undefined;
      this.sheets.unshift(this.sheet(undefined, rows));
    }
  }

  /** Puts back the rows of a sheet. Where the list has changed behind them, what came after them is forgotten. */
  refill(index: number, rows: Row[], next: string | null): void {
    const sheet = this.sheets[index];
    if (sheet === undefined) return;
    const same = rows.length === sheet.heights.length;
    this.sheets[index] = same ? { ...sheet, rows } : this.sheet(sheet.cursor, rows);
    const follower = index + 1 < this.sheets.length ? this.sheets[index + 1]?.cursor : this.next;
    if (next === follower) return;
    this.sheets.length = index + 1;
    this.next = next;
  }

  /** Takes the newest rows, which overlap with the list unless more than a sheet of them are new. */
  renewHead(rows: Row[], next: string | null, most: number): HeadChange {
    const head = this.sheets[0];
    const last = rows.at(-1);
    if (head?.rows === undefined || head.rows === null || last === undefined || next === null) {
      return this.begin(rows, next);
    }
    const lastId = this.idOf(last);
    const joint = head.rows.findIndex((row) => this.idOf(row) === lastId);
    const joined = joint === -1 ? [] : [...rows, ...head.rows.slice(joint + 1)];
    if (joined.length === 0 || joined.length > most) return this.begin(rows, next);
    const known = new Map(head.rows.map((row, index) => [this.idOf(row), head.heights[index] ?? this.estimate]));
    const renewed = this.sheet(undefined, joined);
    joined.forEach((row, index) => (renewed.heights[index] = known.get(this.idOf(row)) ?? this.estimate));
    renewed.height = sum(renewed.heights);
    this.sheets[0] = renewed;
    return { added: joined.length - head.rows.length };
  }

  /** How many of the newest rows the list does not have; `more` where these may not be all. */
  countNewer(rows: Row[]): { count: number; more: boolean } {
    const first = this.first;
    if (first === undefined) return { count: rows.length, more: false };
    const known = rows.findIndex((row) => this.idOf(row) === this.idOf(first));
    return known === -1 ? { count: rows.length, more: rows.length > 0 } : { count: known, more: false };
  }

  /** The row that covers a height in pixels; the first or last one beyond the ends. Undefined for an empty list. */
  at(offset: number): Place<Row> | undefined {
    let top = 0;
    let index = 0;
    for (const sheet of this.sheets) {
      const isLast = sheet === this.sheets.at(-1);
      if (offset < top + sheet.height || isLast) {
        for (let row = 0; row < sheet.heights.length; row += 1) {
          const height = sheet.heights[row] ?? 0;
          if (offset < top + height || (isLast && row === sheet.heights.length - 1)) {
            return { index: index + row, row: sheet.rows?.[row] ?? null, top, height };
          }
          top += height;
        }
      } else top += sheet.height;
      index += sheet.heights.length;
    }
    return undefined;
  }

  /** A row by its number, from 0 at the top. */
  get(index: number): Place<Row> | undefined {
    return this.slice(index, index + 1)[0];
  }

  /** The rows from `from` on and before `to`. */
  slice(from: number, to: number): Place<Row>[] {
    const places: Place<Row>[] = [];
    let top = 0;
    let first = 0;
    for (const sheet of this.sheets) {
      const behind = first + sheet.heights.length;
      if (behind > from && first < to) {
        for (let row = 0; row < sheet.heights.length; row += 1) {
          const index = first + row;
          const height = sheet.heights[row] ?? 0;
          if (index >= from && index < to) places.push({ index, row: sheet.rows?.[row] ?? null, top, height });
          top += height;
        }
      } else top += sheet.height;
      first = behind;
    }
    return places;
  }

  /** Where a row is that is in memory; -1 for one that is not. */
  indexOf(id: number): number {
    let first = 0;
    for (const { rows, heights } of this.sheets) {
      const at = rows?.findIndex((row) => this.idOf(row) === id) ?? -1;
      if (at !== -1) return first + at;
      first += heights.length;
    }
    return -1;
  }

  /** Takes what a row measures on the screen; whether that is news. */
  measure(index: number, height: number): boolean {
    let first = 0;
    for (const sheet of this.sheets) {
      const row = index - first;
      if (row < sheet.heights.length) {
        const before = sheet.heights[row] ?? 0;
        if (Math.abs(before - height) < 0.1) return false;
        sheet.heights[row] = height;
        sheet.height += height - before;
        return true;
      }
      first += sheet.heights.length;
    }
    return false;
  }

  /** Forgets what was measured, since the rows are laid out in another way now, and takes a likely height for all. */
  assume(height: number): void {
    this.estimate = height;
    for (const sheet of this.sheets) {
      sheet.heights.fill(height);
      sheet.height = sum(sheet.heights);
    }
  }

  /** From now on rows that were never on the screen are taken to be this high. */
  expect(height: number): void {
    this.estimate = height;
  }

  /** The sheets without rows among those that hold the rows from `from` to `to`, and what to ask for them with. */
  missing(from: number, to: number): { sheet: number; cursor: string | undefined }[] {
    const found: { sheet: number; cursor: string | undefined }[] = [];
    let first = 0;
    this.sheets.forEach(({ rows, heights, cursor }, sheet) => {
      if (rows === null && first <= to && first + heights.length > from) found.push({ sheet, cursor });
      first += heights.length;
    });
    return found;
  }

  /** Lets go of the rows of sheets that are further than `far` sheets away from the rows `from` to `to`. */
  forget(from: number, to: number, far: number): void {
    const near: number[] = [];
    let first = 0;
    this.sheets.forEach(({ heights }, sheet) => {
      if (first <= to && first + heights.length > from) near.push(sheet);
      first += heights.length;
    });
    const [lowest = 0] = near;
    const highest = near.at(-1) ?? 0;
    this.sheets.forEach((sheet, index) => {
      if (index > 0 && (index < lowest - far || index > highest + far)) sheet.rows = null;
    });
  }

  private begin(rows: Row[], next: string | null): HeadChange {
    const before = this.sheets[0]?.rows ?? [];
    const known = new Set(rows.map(this.idOf));
    // The whole of a short list is a sheet that goes on being the same one.
    const goesOn = before.length > 0 && before.every((row) => known.has(this.idOf(row))) && this.sheets.length === 1;
    this.sheets = [this.sheet(undefined, rows)];
    this.next = next;
    this.newer = null;
    return { added: goesOn ? rows.length - before.length : null };
  }

  private sheet(cursor: string | undefined, rows: Row[]): Sheet<Row> {
    const heights = new Float32Array(rows.length).fill(this.estimate);
    return { cursor, rows, heights, height: sum(heights) };
  }
}

function sum(heights: Float32Array): number {
  return heights.reduce((total, height) => total + height, 0);
}
