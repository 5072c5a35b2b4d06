import { describe, expect, test } from "vitest";
import type { Channel, Rule } from "../../api/types.ts";
import * as channels from "./channel-form.ts";
import * as rules from "./rule-form.ts";

const CREATED = "2026-11-26T12:00:00.000Z";

describe("channels", () => {
  test("a secret that is left empty is left out, so that the server keeps it", () => {
    const channel: Channel = {
      id: 1,
      name: "ops",
      created_at: CREATED,
      settings: { kind: "webhook", preset: "telegram", server: "api", has_token: false, recipient: "-1", template: null },
    };
    expect(channels.bodyOf(channels.draftOf(channel))).toEqual({
      name: "ops",
      settings: { kind: "webhook", preset: "telegram", url: null, token: null, recipient: "-1", template: null },
    });
    const email: Channel = {
      id: 2,
      name: "mail",
      created_at: CREATED,
      settings: {
        kind: "email",
        host: "mail.test",
        port: 465,
        security: "tls",
        user: "u",
        has_password: true,
        from: "a@test",
        to: ["b@test", "c@test"],
      },
    };
    const body = channels.bodyOf(channels.draftOf(email));
    expect(body.settings).not.toHaveProperty("password");
    expect(body.settings).toMatchObject({ port: 465, user: "u", to: ["b@test", "c@test"] });
  });

  test("what belongs to another kind is not sent", () => {
    const draft = { ...channels.NEW_CHANNEL, name: "x", recipient: "-1", template: "{{ title }}", url: " https://a.test " };
    expect(channels.bodyOf(draft).settings).toMatchObject({ recipient: null, template: null, url: "https://a.test" });
  });
});

describe("rules", () => {
  const rule = (condition: Rule["condition"]): Rule => ({
    id: 1,
    name: "r",
    enabled: true,
    condition,
    channels: [1],
    group_secs: 30,
    throttle_secs: 300,
    created_at: CREATED,
  });

  test.each<[Rule["condition"], string]>([
    [
      { kind: "bans", jails: ["sshd", "nginx"], countries: ["NL"], origins: ["manual"], least_bans: 3 },
      "a ban by sshd or nginx from NL (manual) of an address with 3 bans or more",
    ],
    [{ kind: "bans", jails: [], countries: [], origins: [], least_bans: 1 }, "a ban"],
    [
      { kind: "unusual", jails: [], minutes: 60, factor: 3, least_bans: 10 },
      "bans in 60 minutes: more than 3 times the usual, and 10 at least",
    ],
    [{ kind: "offline", secs: 1 }, "fail2ban away for more than 1 second, and back"],
    [{ kind: "silent", jails: ["sshd"], hours: 24 }, "no ban by sshd for 24 hours"],
  ])("a rule comes back from its form as it was, and is told in words", (condition, words) => {
    const { id: _, created_at: __, ...body } = rule(condition);
    expect(rules.bodyOf(rules.draftOf(rule(condition)))).toEqual(body);
    expect(rules.inWords(condition)).toBe(words);
  });

  test("what is no number is left to the server to refuse", () => {
    const draft = { ...rules.NEW_RULE, kind: "offline" as const, secs: "soon", groupSecs: "1e99", throttleSecs: "-5" };
    expect(rules.bodyOf(draft)).toMatchObject({ condition: { secs: 0 }, group_secs: 0, throttle_secs: 0 });
  });
});
