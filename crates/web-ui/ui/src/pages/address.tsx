// One address or network: where it is, what it has done in every jail, what is in force, and what can be done about it.

import { useEffect, useMemo, useState } from "preact/hooks";
import { findEvents, getAddress } from "../api/events.ts";
import { listBans } from "../api/endpoints.ts";
import { type Gap, getTimeline } from "../api/history.ts";
import type { BanSort } from "../api/types.ts";
import { countedViewOf, eventsOf, viewOf } from "../address/links.ts";
import { useAllowed } from "../allow/use-allowed.ts";
import { BanList } from "../bans/ban-list.tsx";
import { banState } from "../bans/ban-state.ts";
import { EventDrawer } from "../events/event-drawer.tsx";
import { EventGrid } from "../events/event-grid.tsx";
import { EventList, SHEET } from "../events/list/event-list.ts";
import { MatchedLines } from "../events/matched-lines.tsx";
import { openId } from "../events/open-event.ts";
import { useArrivals } from "../events/use-arrivals.ts";
import { useOpened } from "../events/use-opened.ts";
import { WaitingEvents } from "../events/waiting.tsx";
import { viewQuery } from "../filter/view.ts";
import { concerns, isNetwork, sameAddress } from "../format/address.ts";
import { applyEvents, without } from "../live/bans.ts";
import { useArrived } from "../live/use-arrived.ts";
import { useEvents, useReconnected } from "../live/use-live.ts";
import { type AddressRoute, href } from "../routes/routes.ts";
import { useRefresh } from "../state/refresh.ts";
import { usePages, useResource } from "../state/resource.ts";
import { useStore } from "../state/store.ts";
import { PageHeading } from "../ui/heading.tsx";
import { Failure, Notice } from "../ui/notice.tsx";
import { Stale } from "../ui/stale.tsx";
import { AddressFacts } from "./address/facts.tsx";
import { AddressJails } from "./address/jails.tsx";
import { Neighbours } from "./address/neighbours.tsx";
import { OverTime } from "./address/over-time.tsx";
import { Verdict } from "./address/verdict.tsx";
import { Foot } from "./events/foot.tsx";
import { useQuestion } from "./overview/use-question.ts";

const PAGE = 50;

export function AddressPage({ ip, open }: AddressRoute) {
  const [sort, setSort] = useState<BanSort>("-banned_at");
  const arrivals = useArrived((event) => concerns(event.ip, ip));
  const detail = useResource(`address ${ip}`, (signal) => {
    arrivals.asking();
    return getAddress(ip, signal);
  });
  useRefresh(detail, arrivals.every);
  const bans = usePages(`bans ${sort}`, (cursor, signal) => listBans({ ip, sort, limit: PAGE, cursor }, signal));
  const view = useMemo(() => viewOf(ip), [ip]);
  const counted = useMemo(() => countedViewOf(ip), [ip]);
  const time = useQuestion(`time ${ip}`, counted, (query, signal) => getTimeline("jail", query, signal));
  const allowed = useAllowed(ip);
  const active = detail.value?.active ?? bans.items;
  const state = active === null ? null : banState(ip, active);
  const more = detail.value?.more ?? bans.next !== null;
  const reload = (): void => {
    detail.reload();
    bans.reload();
    allowed.reload();
  };
  useReconnected(reload);
  useEvents((events) => bans.change((current) => applyEvents(current, events, { ip, q: "", sort })));
  return (
    <>
      <PageHeading title={ip}>
        <span class="heading-kind">{isNetwork(ip) ? "Network" : "Address"}</span> <span class="mono">{ip}</span>
      </PageHeading>
      <div>
        {detail.value === null && detail.error !== null ? (
          <Failure
            title="What is known of the address could not be loaded."
            error={detail.error}
            onRetry={detail.reload}
          />
        ) : (
          <AddressFacts ip={ip} detail={detail.value} />
        )}
        <Stale of={detail} />
      </div>
      <Verdict ip={ip} state={state} more={more} allowed={allowed} onChanged={reload} />
      <section aria-labelledby="bans-heading">
        <div class="section-head">
          <h2 id="bans-heading" tabIndex={-1}>
            Banned now
          </h2>
        </div>
        <BanList
          caption={`Active bans for ${ip}`}
          pages={bans}
          sort={sort}
          onSort={setSort}
          none={["Not banned in any jail.", "No ban is known."]}
          onUnbanned={(ban) => {
            bans.change((current) => without(current, ban.ip, ban.jail));
            detail.reload();
          }}
        />
      </section>
      {detail.value !== null && (detail.value.bans > 0 || detail.value.neighbours.length > 0) && (
        <div class="address-columns">
          {detail.value.bans > 0 && <AddressJails ip={ip} jails={detail.value.jails} around={detail.value.around} />}
          {detail.value.neighbours.length > 0 && <Neighbours ip={ip} neighbours={detail.value.neighbours} />}
        </div>
      )}
      {time.value !== null && time.value.series.length > 0 && (
        <OverTime view={view} timeline={time.value} pending={time.pending} />
      )}
      {time.value === null && time.error !== null && (
        <Failure title="The bans over time could not be loaded." error={time.error} onRetry={time.reload} />
      )}
      <History ip={ip} open={open} gaps={time.value?.gaps ?? []} />
    </>
  );
}

/** Everything that happened to the address, newest first, with the log lines of its last ban. */
function History({ ip, open, gaps }: { ip: string; open: string | undefined; gaps: readonly Gap[] }) {
  const list = useMemo(() => {
    const query = viewQuery(viewOf(ip));
    return new EventList(({ cursor }, signal) => findEvents({ ...query, limit: SHEET, cursor }, signal));
  }, [ip]);
  useEffect(() => list.start(), [list]);
  const state = useStore(list.state);
  useArrivals(list, true);
  const opened = useOpened(list, open, (open) => href({ page: "address", ip, ...(open && { open }) }));
  const { book } = list;
  const empty = book.next === null && book.count === 0;
  const lastBan = book.slice(0, Math.min(book.count, SHEET)).find(({ row }) => row?.kind === "ban")?.row?.ban;
  return (
    <>
      {lastBan !== undefined && (
        <section aria-labelledby="lines-heading">
          <div class="section-head">
            <h2 id="lines-heading">Log lines of the last ban</h2>
          </div>
          <MatchedLines key={lastBan} ban={lastBan} />
        </section>
      )}
      <section aria-labelledby="history-heading">
        <div class="section-head">
          <h2 id="history-heading">History</h2>
          {!empty && <a href={eventsOf(ip)}>With filters</a>}
        </div>
        {book.count === 0 && state.error !== null ? (
          <Failure title="The history could not be loaded." error={state.error} onRetry={() => list.retry()} />
        ) : empty ? (
          <Notice title={`BanGUI has seen no ban or unban of ${ip}.`} />
        ) : (
          <div class="events">
            <WaitingEvents list={list} onShow={() => list.showNewest()} />
            <EventGrid caption={`History of ${ip}`} list={list} gaps={gaps} open={openId(open)} onOpen={opened.show} />
            <Foot list={list} onRetry={() => list.retry()} continueAt={() => eventsOf(ip)} />
          </div>
        )}
      </section>
      {opened.event !== null && (
        <EventDrawer
          event={opened.event}
          withAddress={!sameAddress(opened.event.ip, ip)}
          onClose={opened.close}
          onNewer={opened.step(-1)}
          onOlder={opened.step(1)}
        />
      )}
    </>
  );
}
