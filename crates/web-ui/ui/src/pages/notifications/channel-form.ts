// What the form of a channel holds, and the way from and to the API's shapes. Pure.

import type { Channel, ChannelBody, Preset } from "../../api/types.ts";

export type Kind = Preset | "email";

export const KINDS: readonly (readonly [Kind, string])[] = [
  ["slack", "Slack, Mattermost"],
  ["discord", "Discord"],
  ["teams", "Microsoft Teams"],
  ["telegram", "Telegram"],
  ["ntfy", "ntfy"],
  ["gotify", "Gotify"],
  ["json", "Webhook (JSON)"],
  ["own_json", "Webhook, own template (JSON)"],
  ["own_text", "Webhook, own template (text)"],
  ["email", "E-mail"],
];

type Security = "tls" | "starttls" | "none";

export const SECURITIES: readonly (readonly [Security, string])[] = [
  ["tls", "TLS (port 465)"],
  ["starttls", "STARTTLS (port 587)"],
  ["none", "none (port 25)"],
];

export interface ChannelDraft {
  name: string;
  kind: Kind;
  url: string;
  token: string;
  recipient: string;
  template: string;
  host: string;
  port: string;
  security: Security;
  user: string;
  password: string;
  from: string;
  to: string;
}

export const NEW_CHANNEL: ChannelDraft = {
  name: "",
  kind: "slack",
  url: "",
  token: "",
  recipient: "",
  template: "",
  host: "",
  port: "465",
  security: "tls",
  user: "",
  password: "",
  from: "",
  to: "",
};

/** The draft of a channel that is there. Its secrets are not known, and stay where they are left empty. */
export function draftOf({ name, settings }: Channel): ChannelDraft {
  if (settings.kind === "email") {
    const { host, port, security, user, from, to } = settings;
    return { ...NEW_CHANNEL, name, kind: "email", host, port: String(port), security, user: user ?? "", from, to: to.join(", ") };
  }
  const { preset, recipient, template } = settings;
  return { ...NEW_CHANNEL, name, kind: preset, recipient: recipient ?? "", template: template ?? "" };
}

/** What is sent. An empty secret is left out: the server keeps the one that it has. */
export function bodyOf(draft: ChannelDraft): ChannelBody {
  const { name, kind } = draft;
  const filled = (text: string): string | null => (text.trim() === "" ? null : text.trim());
  if (kind === "email") {
    const { host, port, security, user, password, from, to } = draft;
    const settings = { kind, host, port: Number(port) || 0, security, user: filled(user), from, to: listed(to) };
    return { name, settings: password === "" ? settings : { ...settings, password } };
  }
  const { url, token, recipient, template } = draft;
  const settings = {
    kind: "webhook" as const,
    preset: kind,
    recipient: kind === "telegram" ? filled(recipient) : null,
    template: isOwn(kind) ? filled(template) : null,
  };
  return { name, settings: { ...settings, url: filled(url), token: filled(token) } };
}

export const isOwn = (kind: Kind): boolean => kind === "own_json" || kind === "own_text";

/** The parts of a list that is written with commas. */
export const listed = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** Where a receiver's address is found, for those who fill the form in. */
export const URL_HINTS: Partial<Record<Kind, string>> = {
  slack: "The address of an incoming webhook",
  discord: "Channel settings, Integrations, Webhooks",
  teams: "The address of a workflow that posts what it receives",
  telegram: "https://api.telegram.org/bot<token>/sendMessage",
  ntfy: "The address of the topic, such as https://ntfy.sh/my-topic",
  gotify: "https://gotify.example/message",
};
