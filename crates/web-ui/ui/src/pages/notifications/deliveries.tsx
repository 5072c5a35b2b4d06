// The log of deliveries: what was sent, what waits, what was given up, and what the receivers said.

import { useState } from "preact/hooks";
import { listDeliveries } from "../../api/endpoints.ts";
import type { Delivery } from "../../api/types.ts";
import { count, counted } from "../../format/number.ts";
import { usePages } from "../../state/resource.ts";
import { Choice } from "../../ui/field.tsx";
import { Ago } from "../../ui/moments.tsx";
import { More } from "../../ui/more.tsx";
import { Failure, Notice } from "../../ui/notice.tsx";
import { type Column, Table } from "../../ui/table.tsx";

const HEADING = "deliveries-heading";
const PAGE = 50;

const STATES = [
  ["", "All"],
  ["waiting", "Waiting"],
  ["sent", "Sent"],
  ["failed", "Given up"],
] as const;

const BADGES: Record<Delivery["state"], [style: string, text: string]> = {
  waiting: ["badge badge-wait", "waiting"],
  sent: ["badge badge-good", "sent"],
  failed: ["badge badge-bad badge-failed", "given up"],
};

const COLUMNS: Column<Delivery>[] = [
  { key: "rule", head: "Message", names: true, cell: (delivery) => `${delivery.rule}: ${about(delivery)}` },
  { key: "channel", head: "Channel", cell: ({ channel }) => channel },
  { key: "state", head: "State", cell: (delivery) => <State delivery={delivery} /> },
  { key: "made", head: "Made", cell: ({ created_at }) => <Ago at={created_at} /> },
  { key: "answer", head: "Answer", cell: (delivery) => <span class="answer">{answerOf(delivery)}</span> },
];

export function Deliveries() {
  const [state, setState] = useState<(typeof STATES)[number][0]>("");
  const pages = usePages(state, (cursor, signal) =>
    listDeliveries({ state: state === "" ? undefined : state, limit: PAGE, cursor }, signal),
  );
  return (
    <section aria-labelledby={HEADING}>
      <div class="section-head">
        <h2 id={HEADING} tabIndex={-1}>
          Messages
        </h2>
        <button type="button" class="small" onClick={pages.reload}>
          Load again
        </button>
      </div>
      <div class="bar filters">
        <Choice label="State" value={state} onValue={setState} choices={STATES} />
      </div>
      {pages.items === null && pages.error !== null ? (
        <Failure title="The messages could not be loaded." error={pages.error} onRetry={pages.reload} />
      ) : pages.items?.length === 0 ? (
        <Notice title={state === "" ? "No message was made in the last 30 days." : "There is none."} />
      ) : (
        <>
          <Table
            name="deliveries"
            caption="Messages of the last 30 days"
            columns={COLUMNS}
            rows={pages.items}
            rowKey={({ id }) => id}
          />
          <More pages={pages} noun="message" />
        </>
      )}
    </section>
  );
}

function about({ kind, count: number, jails }: Delivery): string {
  switch (kind) {
    case "ban": {
      const names = Object.keys(jails);
      const by = names.length === 1 ? (names[0] ?? "") : counted(names.length, "jail");
      return `${counted(number, "ban")} by ${by}`;
    }
    case "unusual":
      return "more bans than usual";
    case "offline":
      return "fail2ban cannot be reached";
    case "online":
      return "fail2ban is back";
    case "silent":
      return "a jail bans nobody";
    case "test":
      return "a test";
  }
}

function State({ delivery: { state, tries, next_at } }: { delivery: Delivery }) {
  const [style, text] = BADGES[state];
  return (
    <>
      <span class={style}>{text}</span>
      {tries > 1 && <span class="muted"> {count(tries)} tries</span>}
      {next_at !== null && tries > 0 && (
        <span class="muted">
          , next <Ago at={next_at} />
        </span>
      )}
    </>
  );
}

function answerOf({ status, answer }: Delivery): string {
  return [status === null ? "" : String(status), answer ?? ""].filter((part) => part !== "").join(" ");
}
