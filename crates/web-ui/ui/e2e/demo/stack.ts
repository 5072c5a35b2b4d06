// The running stack that these specs drive: where it is, who logs in, and what fail2ban itself says.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { test as base, expect, type BrowserContext, type Page, request } from "@playwright/test";

const run = promisify(execFile);

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set; \`cargo xtask e2e\` sets it.`);
  return value;
}

export const USER = setting("BANGUI_E2E_USER");
export const PASSWORD = setting("BANGUI_E2E_PASSWORD");

/** Where the private fail2ban listens; without it only BanGUI is asked. */
export const SOCKET = process.env["BANGUI_E2E_FAIL2BAN_SOCKET"] ?? "";

type Storage = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** Every page of this test is logged in, by one login for all specs: logins are throttled. */
export const test = base.extend<object, { session: Storage }>({
  session: [
    async ({}, use) => {
      const origin = new URL(setting("BANGUI_E2E_URL")).origin;
      const api = await request.newContext({ baseURL: origin, extraHTTPHeaders: { origin } });
      const answer = await api.post("/api/auth/login", { data: { username: USER, password: PASSWORD } });
      expect(answer.status(), await answer.text()).toBe(200);
      await use(await api.storageState());
      await api.dispose();
    },
    { scope: "worker" },
  ],
  storageState: ({ session }, use) => use(session),
});

/** Fails unless fail2ban itself lists, or does not list, an address in a jail. */
export async function expectFail2ban(ip: string, jail: string, banned: boolean): Promise<void> {
  if (SOCKET === "") return;
  await expect
    .poll(async () => {
      const { stdout } = await run("fail2ban-client", ["-s", SOCKET, "banned", ip]);
      return stdout.includes(`'${jail}'`);
    }, `whether fail2ban-client lists ${ip} in ${jail}`)
    .toBe(banned);
}

/** Fills in and sends the login. */
export async function logIn(page: Page, password: string): Promise<void> {
  await page.getByLabel("User").fill(USER);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

export { expect };
