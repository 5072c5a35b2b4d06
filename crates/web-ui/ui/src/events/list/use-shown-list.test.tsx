// Which list stands while another one is asked for: whatever comes of that.

import { act, cleanup, render } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import { Problem } from "../../api/problem.ts";
import { banEvent } from "../../testing/events.ts";
import { EventList } from "./event-list.ts";
import { useShownList } from "./use-shown-list.ts";

type Page = Awaited<ReturnType<ConstructorParameters<typeof EventList>[0]>>;

/** Does something, and lets everything come of it. */
const settled = (what: () => void): Promise<void> =>
  act(async () => {
    what();
    await new Promise((resolve) => setTimeout(resolve));
  });

/** A list that is answered when the test says so. */
function asked(name: string) {
  let answer: (page: Page) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const load = () =>
    new Promise<Page>((resolve, reject) => {
      answer = resolve;
      fail = reject;
    });
  const list = new EventList(load);
  return {
    question: { name, list },
    found: () => settled(() => answer({ items: [banEvent(1)], next: null, newer: null })),
    failed: (status: number) => settled(() => fail(new Problem(status, {}))),
  };
}

function show(first: ReturnType<typeof asked>) {
  function Shown({ of }: { of: ReturnType<typeof asked> }) {
    return <p>{useShownList(of.question).name}</p>;
  }
  const { container, rerender } = render(<Shown of={first} />);
  return { text: () => container.textContent, ask: (next: ReturnType<typeof asked>) => settled(() => rerender(<Shown of={next} />)) };
}

afterEach(cleanup);

describe("useShownList", () => {
  it("keeps the list before until the next one has something to say", async () => {
    const [one, two] = [asked("one"), asked("two")];
    const { text, ask } = show(one);
    await one.found();
    await ask(two);
    expect(text()).toBe("one");
    await two.found();
    expect(text()).toBe("two");
  });

  it.each([400, 414])("keeps it where the next one is refused with %d", async (status) => {
    const [one, refused] = [asked("one"), asked("refused")];
    const { text, ask } = show(one);
    await one.found();
    await ask(refused);
    await refused.failed(status);
    expect(text()).toBe("one");
  });

  it("lets a failure take its place, also after one that was refused", async () => {
    const [one, refused, failed] = [asked("one"), asked("refused"), asked("failed")];
    const { text, ask } = show(one);
    await one.found();
    await ask(refused);
    await refused.failed(400);
    await ask(failed);
    expect(text()).toBe("one");
    await failed.failed(503);
    expect(text()).toBe("failed");
  });
});
