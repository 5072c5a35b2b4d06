// What the form of a rule holds, the way from and to the API's shapes, and a rule in words. Pure.

import type { Condition, Origin, Rule, RuleBody } from "../../api/types.ts";
import { counted } from "../../format/number.ts";
import { listed } from "./channel-form.ts";

export type ConditionKind = Condition["kind"];

export const CONDITIONS: readonly (readonly [ConditionKind, string])[] = [
  ["bans", "An address is banned"],
  ["unusual", "More is banned than usual"],
  ["offline", "fail2ban cannot be reached"],
  ["silent", "A jail bans nobody"],
];

export const ORIGINS: readonly (readonly [Origin | "", string])[] = [
  ["", "any but restored"],
  ["detected", "detected"],
  ["manual", "by hand"],
  ["restored", "restored at start"],
];

export interface RuleDraft {
  name: string;
  enabled: boolean;
  kind: ConditionKind;
  jails: string;
  countries: string;
  origin: Origin | "";
  leastBans: string;
  minutes: string;
  factor: string;
  secs: string;
  hours: string;
  channels: number[];
  groupSecs: string;
  throttleSecs: string;
}

export const NEW_RULE: RuleDraft = {
  name: "",
  enabled: true,
  kind: "bans",
  jails: "",
  countries: "",
  origin: "",
  leastBans: "1",
  minutes: "60",
  factor: "3",
  secs: "120",
  hours: "24",
  channels: [],
  groupSecs: "30",
  throttleSecs: "300",
};

export function draftOf(rule: Rule): RuleDraft {
  const { name, enabled, condition, channels, group_secs, throttle_secs } = rule;
  const draft = { ...NEW_RULE, name, enabled, kind: condition.kind, channels };
  const shared = { ...draft, groupSecs: String(group_secs), throttleSecs: String(throttle_secs) };
  switch (condition.kind) {
    case "bans": {
      const { jails, countries, origins, least_bans } = condition;
      const texts = { jails: jails.join(", "), countries: countries.join(", "), leastBans: String(least_bans) };
      return { ...shared, ...texts, origin: origins[0] ?? "" };
    }
    case "unusual": {
      const { jails, minutes, factor, least_bans } = condition;
      const numbers = { minutes: String(minutes), factor: String(factor), leastBans: String(least_bans) };
      return { ...shared, ...numbers, jails: jails.join(", ") };
    }
    case "offline":
      return { ...shared, secs: String(condition.secs) };
    case "silent":
      return { ...shared, jails: condition.jails.join(", "), hours: String(condition.hours) };
  }
}

export function bodyOf(draft: RuleDraft): RuleBody {
  const { name, enabled, channels } = draft;
  return {
    name,
    enabled,
    channels,
    condition: conditionOf(draft),
    group_secs: whole(draft.groupSecs),
    throttle_secs: whole(draft.throttleSecs),
  };
}

function conditionOf(draft: RuleDraft): RuleBody["condition"] {
  const { kind, origin } = draft;
  const [jails, least_bans] = [listed(draft.jails), whole(draft.leastBans)];
  switch (kind) {
    case "bans":
      return { kind, jails, countries: listed(draft.countries), origins: origin === "" ? [] : [origin], least_bans };
    case "unusual":
      return { kind, jails, minutes: whole(draft.minutes), factor: whole(draft.factor), least_bans };
    case "offline":
      return { kind, secs: whole(draft.secs) };
    case "silent":
      return { kind, jails, hours: whole(draft.hours) };
  }
}

/** A number that the server can judge: what is none is 0. */
function whole(text: string): number {
  const value = Math.trunc(Number(text));
  return Number.isSafeInteger(value) && value >= 0 && value <= 4_294_967_295 ? value : 0;
}

/** What a rule waits for, in words. */
export function inWords(condition: Condition): string {
  switch (condition.kind) {
    case "bans": {
      const { jails, countries, origins, least_bans } = condition;
      const parts = [jails.length === 0 ? "a ban" : `a ban by ${jails.join(" or ")}`];
      if (countries.length > 0) parts.push(`from ${countries.join(" or ")}`);
      if (origins.length > 0) parts.push(`(${origins.join(", ")})`);
      if (least_bans > 1) parts.push(`of an address with ${counted(least_bans, "ban")} or more`);
      return parts.join(" ");
    }
    case "unusual": {
      const { jails, minutes, factor, least_bans } = condition;
      const where = jails.length === 0 ? "" : ` by ${jails.join(" or ")}`;
      return `bans${where} in ${counted(minutes, "minute")}: more than ${factor} times the usual, and ${least_bans} at least`;
    }
    case "offline":
      return `fail2ban away for more than ${counted(condition.secs, "second")}, and back`;
    case "silent":
      return `no ban by ${condition.jails.join(" or ")} for ${counted(condition.hours, "hour")}`;
  }
}
