// The Compose demo, where a ban is a rule of nftables: one address, which something really refuses, is unbanned by the button
// that a person would press. `cargo xtask test docker` looks from the other side whether it may enter again.

import { expect, test } from "../demo/stack.ts";

const ip = process.env["BANGUI_E2E_BANNED"] ?? "";
const jail = process.env["BANGUI_E2E_JAIL"] ?? "";

test("a banned client is unbanned on the page of its jail", async ({ page }) => {
  await page.goto(`/jails/${jail}`);
  await page.getByRole("button", { name: `Unban ${ip} from ${jail}` }).click();
  await page.getByRole("dialog", { name: `Unban ${ip}?` }).getByRole("button", { name: `Unban from ${jail}` }).click();
  await expect(page.getByText(`${ip} is unbanned from ${jail}.`)).toBeVisible();
});
