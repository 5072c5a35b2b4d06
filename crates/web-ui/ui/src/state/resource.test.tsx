// Loading for components: pages are joined, and an answer to an earlier question is dropped.

import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import type { Page } from "../api/types.ts";
import { usePages, useResource } from "./resource.ts";

afterEach(cleanup);

/** Answers that a test gives when it wants to. */
function answers<Value>() {
  const waiting: { resolve: (value: Value) => void; reject: (error: unknown) => void }[] = [];
  const next = (): Promise<Value> => new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  return { waiting, next };
}

describe("usePages", () => {
  function List({ load, name }: { name: string; load: (cursor: string | undefined) => Promise<Page<string>> }) {
    const pages = usePages(name, load);
    return (
      <>
        <p data-testid="rows">{pages.items === null ? "none yet" : pages.items.join(" ")}</p>
        <button onClick={pages.loadMore}>more</button>
        <button onClick={() => pages.change((items) => items.filter((item) => item !== "b"))}>drop</button>
      </>
    );
  }
  const rows = (): string | null => screen.getByTestId("rows").textContent;

  it("appends the next page by its cursor, and stops at the last", async () => {
    const asked: (string | undefined)[] = [];
    const load = async (cursor: string | undefined): Promise<Page<string>> => {
      asked.push(cursor);
      return cursor === undefined ? { items: ["a", "b"], next: "two" } : { items: ["c"], next: null };
    };
    render(<List name="x" load={load} />);
    await waitFor(() => expect(rows()).toBe("a b"));
    fireEvent.click(screen.getByText("more"));
    await waitFor(() => expect(rows()).toBe("a b c"));
    fireEvent.click(screen.getByText("more"));
    fireEvent.click(screen.getByText("drop"));
    await waitFor(() => expect(rows()).toBe("a c"));
    expect(asked).toEqual([undefined, "two"]);
  });

  it("applies a change that came while the page was on its way, which may be older", async () => {
    const { waiting, next } = answers<Page<string>>();
    render(<List name="x" load={next} />);
    await waitFor(() => expect(waiting).toHaveLength(1));
    fireEvent.click(screen.getByText("drop"));
    await act(async () => waiting[0]?.resolve({ items: ["a", "b"], next: null }));
    expect(rows()).toBe("a");
  });

  it("drops a late answer to the question before", async () => {
    const { waiting, next } = answers<Page<string>>();
    const { rerender } = render(<List name="old" load={next} />);
    await waitFor(() => expect(waiting).toHaveLength(1));
    rerender(<List name="new" load={next} />);
    await waitFor(() => expect(waiting).toHaveLength(2));
    await act(async () => waiting[1]?.resolve({ items: ["new"], next: null }));
    await act(async () => waiting[0]?.resolve({ items: ["old"], next: null }));
    expect(rows()).toBe("new");
  });
});

describe("useResource", () => {
  function One({ load }: { load: () => Promise<string> }) {
    const { value, error, reload } = useResource("one", load);
    return (
      <>
        <p data-testid="value">{value ?? "-"}</p>
        <p data-testid="error">{error === null ? "-" : String(error)}</p>
        <button onClick={reload}>again</button>
      </>
    );
  }
  const text = (id: string): string | null => screen.getByTestId(id).textContent;

  it("keeps the last value while a reload fails, and tells the failure", async () => {
    const { waiting, next } = answers<string>();
    render(<One load={next} />);
    await waitFor(() => expect(waiting).toHaveLength(1));
    await act(async () => waiting[0]?.resolve("first"));
    expect([text("value"), text("error")]).toEqual(["first", "-"]);
    fireEvent.click(screen.getByText("again"));
    await waitFor(() => expect(waiting).toHaveLength(2));
    await act(async () => waiting[1]?.reject(new Error("down")));
    expect([text("value"), text("error")]).toEqual(["first", "Error: down"]);
  });
});
