// The list in sheets: rows go from memory and come back, the newest are joined once, and heights add up.

import { describe, expect, it } from "vitest";
import { Book } from "./book.ts";

interface Row {
  id: number;
}

/** Rows with the numbers from `from` down to `to`. */
const rows = (from: number, to: number): Row[] =>
  Array.from({ length: from - to + 1 }, (_, index) => ({ id: from - index }));

function book(...sheets: [Row[], string | null][]): Book<Row> {
  const made = new Book<Row>((row) => row.id, 10);
  for (const [rows, next] of sheets) made.append(rows, next);
  return made;
}

const three = () => book([rows(30, 21), "c20"], [rows(20, 11), "c10"], [rows(10, 1), null]);
const ids = (of: Book<Row>): (number | undefined)[] => of.slice(0, of.count).map(({ row }) => row?.id);

describe("sheets", () => {
  it("lets far ones go, keeps their height, and gets them again by their cursors", () => {
    const list = three();
    list.measure(12, 25);
    list.forget(25, 29, 0);
    expect([list.kept, list.count, list.height]).toEqual([20, 30, 315]);
    expect(list.missing(9, 21)).toEqual([{ sheet: 1, cursor: "c20" }]);
    list.refill(1, rows(20, 11), "c10");
    expect([list.kept, list.height, list.next]).toEqual([30, 315, null]);
    expect(ids(list)).toEqual(rows(30, 1).map(({ id }) => id));
  });

  it("forgets what comes after a sheet that has changed, which would be shown twice or not at all", () => {
    const list = three();
    list.forget(25, 29, 0);
    list.refill(1, rows(20, 12), "c11");
    expect([list.count, list.next]).toEqual([19, "c11"]);
    list.append(rows(11, 1), null);
    expect(ids(list)).toEqual(rows(30, 1).map(({ id }) => id));
  });

  it("never lets go of the first one, which no cursor stands for", () => {
    const list = three();
    list.forget(29, 29, 0);
    expect(list.missing(0, 29)).toEqual([{ sheet: 1, cursor: "c20" }]);
    expect(list.first?.id).toBe(30);
  });
});

describe("the newest rows", () => {
  it("are joined to what is there, each once", () => {
    const list = three();
    list.measure(0, 50);
    expect(list.renewHead(rows(33, 24), "c23", 100)).toEqual({ added: 3 });
    expect(ids(list)).toEqual(rows(33, 1).map(({ id }) => id));
    expect(list.get(3)?.height).toBe(50);
    expect(list.renewHead(rows(33, 24), "c23", 100)).toEqual({ added: 0 });
  });

  it("take in what came late between others, and drop what is gone", () => {
    const list = book([[{ id: 9 }, { id: 7 }, { id: 5 }], "c5"]);
    expect(list.renewHead([{ id: 9 }, { id: 8 }, { id: 5 }], "c5", 100)).toEqual({ added: 0 });
    expect(ids(list)).toEqual([9, 8, 5]);
  });

  it("begin the list anew where more are new than were asked for, or the top has become too long", () => {
    const list = three();
    expect(list.renewHead(rows(60, 51), "c50", 100)).toEqual({ added: null });
    expect([ids(list).length, list.next]).toEqual([10, "c50"]);
    expect(list.renewHead(rows(63, 54), "c53", 12)).toEqual({ added: null });
    expect([ids(list)[0], list.count, list.next]).toEqual([63, 10, "c53"]);
  });

  it("are the whole of a short list, which goes on", () => {
    const list = book([rows(2, 1), null]);
    expect(list.renewHead(rows(4, 1), null, 100)).toEqual({ added: 2 });
    const empty = book([[], null]);
    expect(empty.renewHead(rows(1, 1), null, 100).added).toBeNull();
    expect(ids(empty)).toEqual([1]);
  });

  it("are counted while the list is held still", () => {
    const list = three();
    expect(list.countNewer(rows(33, 24))).toEqual({ count: 3, more: false });
    expect(list.countNewer(rows(60, 51))).toEqual({ count: 10, more: true });
    expect(list.countNewer(rows(30, 21))).toEqual({ count: 0, more: false });
  });
});

describe("heights", () => {
  it("find the row at a place, also beyond the ends", () => {
    const list = three();
    list.measure(0, 25);
    expect([list.at(0)?.index, list.at(24)?.index, list.at(25)?.index]).toEqual([0, 0, 1]);
    expect(list.at(-100)?.index).toBe(0);
    expect(list.at(1e9)?.index).toBe(29);
    expect(list.at(314)).toMatchObject({ index: 29, top: 305 });
    expect(book().at(0)).toBeUndefined();
  });

  it("say what is news, and are assumed anew for another layout", () => {
    const list = three();
    expect([list.measure(5, 10), list.measure(5, 12), list.measure(99, 12)]).toEqual([false, true, false]);
    expect(list.get(6)?.top).toBe(62);
    list.assume(60);
    expect([list.height, list.get(6)?.top]).toEqual([1_800, 360]);
  });
});
