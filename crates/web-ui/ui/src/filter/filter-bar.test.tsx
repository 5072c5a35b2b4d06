// The filter bar as a person meets it: completions by keyboard, errors at the box, chips, times.

import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../api/problem.ts";
import { FilterBar } from "./filter-bar.tsx";
import { EMPTY_VIEW, type View } from "./view.ts";

interface Asked {
  q: string;
  at: string;
  answer: (items: string[], from?: number) => void;
}

/** A server that answers completions when the test says so. */
function server(): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", (url: string) => {
    const { searchParams } = new URL(url, "http://pages.invalid");
    const q = searchParams.get("q") ?? "";
    return new Promise((resolve) => {
      asked.push({
        q,
        at: searchParams.get("at") ?? "",
        answer: (items, from = 0) =>
          resolve(new Response(JSON.stringify({ from, to: q.length, items: items.map((text) => ({ text, about: null })) }))),
      });
    });
  });
  return asked;
}

function bar(view: Partial<View> = {}, error: unknown = null) {
  const onView = vi.fn();
  render(<FilterBar view={{ ...EMPTY_VIEW, ...view }} onView={onView} error={error} />);
  return { onView, box: screen.getByRole("combobox", { name: "Filter" }) as HTMLInputElement };
}

function type(box: HTMLInputElement, text: string): void {
  box.focus();
  fireEvent.input(box, { target: { value: text } });
}

/** What is in the list of completions; the choice of a time has options as well. */
const list = () => document.querySelector<HTMLElement>(".completions") ?? document.body;
const options = (): string[] => within(list()).queryAllByRole("option").map((option) => option.textContent ?? "");

beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined;
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("completions", () => {
  it("are chosen by the arrow keys; a name goes on to its values, a value asks", async () => {
    const asked = server();
    const { box, onView } = bar();
    type(box, "ja");
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]).toMatchObject({ q: "ja", at: "2" });
    asked[0]?.answer(["jail:", "kind:"]);
    await waitFor(() => expect(options()).toEqual(["jail:", "kind:"]));
    expect(box.getAttribute("aria-expanded")).toBe("true");
    fireEvent.keyDown(box, { key: "ArrowUp" });
    fireEvent.keyDown(box, { key: "ArrowDown" });
    expect(box.getAttribute("aria-activedescendant")).toBeNull();
    fireEvent.keyDown(box, { key: "ArrowDown" });
    const [active] = within(list()).getAllByRole("option");
    expect(active?.getAttribute("aria-selected")).toBe("true");
    expect(box.getAttribute("aria-activedescendant")).toBe(active?.id);
    fireEvent.keyDown(box, { key: "Enter" });
    await waitFor(() => expect(box.value).toBe("jail:"));
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(onView).not.toHaveBeenCalled();
    asked[1]?.answer(["jail:sshd"]);
    await waitFor(() => expect(options()).toEqual(["jail:sshd"]));
    fireEvent.click(within(list()).getByRole("option"));
    expect(onView).toHaveBeenCalledWith({ ...EMPTY_VIEW, q: "jail:sshd" });
    await waitFor(() => expect(box.value).toBe("jail:sshd "));
  });

  it("that come late are dropped, and Escape closes them", async () => {
    const asked = server();
    const { box } = bar();
    type(box, "j");
    await waitFor(() => expect(asked).toHaveLength(1));
    type(box, "k");
    await waitFor(() => expect(asked).toHaveLength(2));
    asked[1]?.answer(["kind:"]);
    await waitFor(() => expect(options()).toEqual(["kind:"]));
    asked[0]?.answer(["jail:"]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(options()).toEqual(["kind:"]);
    fireEvent.keyDown(box, { key: "Escape" });
    await waitFor(() => expect(options()).toEqual([]));
    expect(box.value).toBe("k");
  });

  it("are asked for once for several quick keys", async () => {
    const asked = server();
    const { box } = bar();
    for (const text of ["j", "ja", "jai"]) type(box, text);
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.q).toBe("jai");
  });

  it("that fail leave a box that works", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    const { box, onView } = bar();
    type(box, "ticket");
    fireEvent.keyDown(box, { key: "Enter" });
    expect(onView).toHaveBeenCalledWith({ ...EMPTY_VIEW, q: "ticket" });
  });
});

describe("FilterBar", () => {
  const wrong = new Problem(400, { fields: [{ field: "q", message: "At 6: there is no name “jial”." }] });

  it("shows what is wrong with the query at the box, until it is changed", async () => {
    server();
    const { box } = bar({ q: "jial:sshd" }, wrong);
    expect(box.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByRole("alert").id).toBe(box.getAttribute("aria-describedby"));
    type(box, "jail:sshd");
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  });

  it("has a chip for each term, which takes it away", () => {
    server();
    const { onView } = bar({ q: 'jail:sshd -country:NL "by mistake"', since: "24h" });
    const chips = within(screen.getByRole("list", { name: "Active terms" })).getAllByRole("listitem");
    expect(chips.map((chip) => chip.textContent)).toEqual(["jailsshd✕", "notcountryNL✕", "by mistake✕"]);
    fireEvent.click(screen.getByRole("button", { name: "Remove -country:NL" }));
    expect(onView).toHaveBeenCalledWith({ q: 'jail:sshd "by mistake"', since: "24h", until: "" });
    fireEvent.click(screen.getByRole("button", { name: "Clear" }));
    expect(onView).toHaveBeenLastCalledWith(EMPTY_VIEW);
  });

  it("chooses a time, which then no longer stands in the query", () => {
    server();
    const { onView } = bar({ q: "x since:2d" });
    const time = screen.getByLabelText("Time") as HTMLSelectElement;
    expect(time.value).toBe("typed");
    fireEvent.change(time, { target: { value: "30d" } });
    expect(onView).toHaveBeenCalledWith({ q: "x", since: "30d", until: "" });
  });

  it("takes a time from and to, and leaves the other end as it is", async () => {
    server();
    const { onView } = bar({ since: "2026-11-01T00:00:00.000Z", until: "2026-11-02T00:00:00.000Z" });
    expect((screen.getByLabelText("Time") as HTMLSelectElement).value).toBe("custom");
    fireEvent.input(screen.getByLabelText("To"), { target: { value: "2026-11-03T00:00" } });
    expect(onView).toHaveBeenCalledWith({
      q: "",
      since: "2026-11-01T00:00:00.000Z",
      until: new Date(2026, 10, 3).toISOString(),
    });
    cleanup();
    bar();
    fireEvent.change(screen.getByLabelText("Time"), { target: { value: "custom" } });
    await waitFor(() => expect(screen.getByLabelText("From")).toBeTruthy());
  });

  it("says of a filter that is too long to be sent what is wrong, and takes no longer one", () => {
    const { box } = bar({ q: "jail:sshd" }, new Problem(414, {}));
    expect(screen.getByRole("alert").textContent).toBe("The filter is too long. Leave some of it out.");
    expect(box.getAttribute("aria-invalid")).toBe("true");
    expect(encodeURIComponent(":".repeat(box.maxLength)).length).toBeLessThan(8 * 1024);
  });
});
