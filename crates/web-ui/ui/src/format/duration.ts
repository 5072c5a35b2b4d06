// Lengths of time, from whole seconds or milliseconds. In fail2ban's terms a ban of -1 seconds never ends.

const UNITS: [name: string, seconds: number][] = [
  ["w", 604_800],
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** A length in at most two neighbouring units: "10 min", "1 d 4 h", "1 min 30 s". Rounds down. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([, size]) => whole >= size);
  const unit = UNITS[first];
  if (unit === undefined) return "0 s";
  const [name, size] = unit;
  const head = `${Math.floor(whole / size)} ${name}`;
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[1]);
  return next === undefined || rest === 0 ? head : `${head} ${rest} ${next[0]}`;
}

/** How long a short thing took: "under 1 ms", "2.4 ms", "310 ms", "1.2 s", "2 min 5 s". */
export function millis(ms: number): string {
  if (ms < 1) return "under 1 ms";
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${Number((ms / 1_000).toFixed(1))} s` : duration(ms / 1_000);
}

/** The length of a ban: "10 min", or "permanent". */
export function banLength(seconds: number): string {
  return seconds < 0 ? "permanent" : duration(seconds);
}

/** What is left of a ban: "4 min 12 s", "permanent", or "ending" while fail2ban is about to lift it. */
export function remaining(expiresAt: string | null, now: number): string {
  if (expiresAt === null) return "permanent";
  const left = (Date.parse(expiresAt) - now) / 1_000;
  return left <= 0 ? "ending" : duration(left);
}

/** The length as fail2ban's own configuration would have it, with the plain seconds where they differ. */
export function setting(seconds: number): string {
  if (seconds < 0) return "permanent (-1)";
  const text = duration(seconds);
  return seconds < 60 ? text : `${text} (${seconds} s)`;
}
