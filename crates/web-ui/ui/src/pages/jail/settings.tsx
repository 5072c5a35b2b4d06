// What a jail runs with, under fail2ban's own names, and readable.

import type { ComponentChildren } from "preact";
import type { JailDetail, LogFile } from "../../api/types.ts";
import { setting } from "../../format/duration.ts";
import { count } from "../../format/number.ts";
import { printable } from "../../format/printable.ts";
import { increment } from "./increment.ts";

/** A value of null is not known. */
type Rows = [name: string, value: ComponentChildren][];

const UNKNOWN = "unknown: fail2ban did not tell it";

/** Whether a setting could not be read. It is null then, or an empty list like one that is set to nothing: only its name, in what
 * fail2ban said, tells them apart. */
export function isUnread({ unreadable }: JailDetail, name: string): boolean {
  return unreadable.some((text) => text.includes(`"${name}"`));
}

export function Settings({ detail }: { detail: JailDetail }) {
  const { settings } = detail;
  const read = (rows: Rows): Rows => rows.map(([name, value]) => [name, isUnread(detail, name) ? null : value]);
  const banning = read([
    ["maxretry", settings.maxretry === null ? null : `${count(settings.maxretry)} failures`],
    ["findtime", length(settings.findtime)],
    ["bantime", length(settings.bantime)],
    ...increment(settings.bantime_increment),
    ["actions", <List items={settings.actions} none="none: a ban is only noted" />],
  ]);
  const reading = read([
    ["logpath", <LogFiles files={detail.watches.files} />],
    ["journalmatch", <List items={journal(detail)} />],
    ["logencoding", settings.logencoding === null ? null : text(settings.logencoding)],
    ["datepattern", text(settings.datepattern, "detected")],
    ["logtimezone", text(settings.logtimezone, "the system's")],
    ["maxlines", settings.maxlines === null ? null : count(settings.maxlines)],
    ["usedns", settings.usedns],
  ]);
  const ignoring = read([
    ["ignoreself", settings.ignoreself === null ? null : settings.ignoreself ? "yes: this machine's own addresses" : "no"],
    ["ignoreip", <List items={settings.ignoreip} />],
    ["ignorecommand", text(settings.ignorecommand)],
    ["ignorecache", text(settings.ignorecache)],
  ]);
  return (
    <div class="settings">
      <Group title="When it bans" rows={banning} />
      <Group title="What it reads" rows={reading} />
      <Group title="What it never bans" rows={ignoring} />
      <Expressions name="prefregex" items={settings.prefregex ? [settings.prefregex] : []} none={isUnread(detail, "prefregex") ? UNKNOWN : "none"} />
      <Expressions
        name="failregex"
        items={settings.failregex}
        none={isUnread(detail, "failregex") ? UNKNOWN : "none: this jail finds nothing by itself"}
      />
      <Expressions name="ignoreregex" items={settings.ignoreregex} none={isUnread(detail, "ignoreregex") ? UNKNOWN : "none"} />
    </div>
  );
}

function Group({ title, rows }: { title: string; rows: Rows }) {
  return (
    <div class="setting-group">
      <h3>{title}</h3>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{value ?? <span class="muted">{UNKNOWN}</span>}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Expressions({ name, items, none }: { name: string; items: string[]; none: string }) {
  return (
    <div class="expressions">
      <h3>
        <code>{name}</code>
        <span class="muted">{items.length > 1 ? ` ${items.length}` : ""}</span>
      </h3>
      {items.length === 0 ? (
        <p class="muted">{none}</p>
      ) : (
        <ol>
          {items.map((item, index) => (
            <li key={index}>
              <code>{item}</code>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function List({ items, none = "none" }: { items: string[]; none?: string }) {
  if (items.length === 0) return <span class="muted">{none}</span>;
  return (
    <ul class="plain">
      {items.map((item) => (
        <li key={item}>
          <code>{item}</code>
        </li>
      ))}
    </ul>
  );
}

/** The log files, each with whether it is there. */
function LogFiles({ files }: { files: LogFile[] }) {
  if (files.length === 0) return <span class="muted">none</span>;
  return (
    <>
      <ul class="plain">
        {files.map(({ path, state }) => (
          <li key={path}>
            <code>{printable(path)}</code> {state === "missing" && <strong class="missing">missing</strong>}
          </li>
        ))}
      </ul>
      {files.some(({ state }) => state === "unknown") && (
        <p class="hint">
          BanGUI has not seen {files.every(({ state }) => state === "unknown") ? "" : "all of "}
          {files.length === 1 ? "this file" : "these files"}, and cannot tell whether {files.length === 1 ? "it is" : "they are"}{" "}
          there. That is usual in a container of its own.
        </p>
      )}
    </>
  );
}

function journal({ settings, journal_matches }: JailDetail): string[] {
  const own = settings.journalmatch.map((match) => match.join(" + "));
  return (own.length > 0 ? own : journal_matches).map((match) => (match === "" ? "the whole journal" : match));
}

function length(seconds: number | null): string | null {
  return seconds === null ? null : setting(seconds);
}

function text(value: string | null, none = "none"): ComponentChildren {
  return value === null || value === "" ? <span class="muted">{none}</span> : <code>{value}</code>;
}
