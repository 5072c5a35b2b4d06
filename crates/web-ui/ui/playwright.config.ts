// Browser tests in the system's own Chromium. `mocked` provokes states through a made-up API; `demo` drives a running
// stack with a real fail2ban: BANGUI_E2E_URL, BANGUI_E2E_USER, BANGUI_E2E_PASSWORD, and for what fail2ban itself says,
// BANGUI_E2E_FAIL2BAN_SOCKET. `docker` drives the Compose demo instead: BANGUI_E2E_BANNED, and BANGUI_E2E_JAIL. `book` takes
// the pictures of the book from the running stack, and nothing else is run then: BANGUI_E2E_PICTURES.

import { defineConfig, devices } from "@playwright/test";

const demo = process.env["BANGUI_E2E_URL"];
const docker = process.env["BANGUI_E2E_BANNED"] !== undefined;
const pictures = process.env["BANGUI_E2E_PICTURES"] !== undefined;
const preview = "http://127.0.0.1:4173";

const browser = {
  ...devices["Desktop Chrome"],
  launchOptions: {
    executablePath: process.env["BANGUI_E2E_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
};

function chosen(): string[] {
  if (pictures) return ["book"];
  if (docker) return ["mocked", "docker"];
  return demo === undefined ? ["mocked"] : ["mocked", "demo"];
}

export default defineConfig({
  testDir: "e2e",
  // One core for the browser and one for what it talks to would leave half of them idle most of the time.
  workers: 2,
  forbidOnly: true,
  reporter: "list",
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: { baseURL: demo ?? preview, trace: "retain-on-failure" },
  projects: chosen().map((name) => ({
    name,
    testDir: `e2e/${name}`,
    use: browser,
    // What is mocked is a page's own. The others share one fail2ban, in which the specs ban and unban.
    ...(name === "mocked" ? { fullyParallel: true } : { workers: 1 }),
  })),
  // Without a running stack the built pages are served as they are, for the mocked states alone.
  ...(demo === undefined
    ? { webServer: { command: "npx vite preview --host 127.0.0.1 --port 4173 --strictPort", url: preview } }
    : {}),
});
