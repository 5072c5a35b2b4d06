// Into BanGUI and out of it, with a mouse and without.

import { test as anonymous } from "@playwright/test";
import { expectAccessible } from "../axe.ts";
import { expect, logIn, PASSWORD, USER } from "./stack.ts";

anonymous("a wrong password is refused, the right one leads to the page that was asked for", async ({ page }) => {
  await page.goto("/jails/sshd");
  await expect(page).toHaveURL(/\/login\?next=/);
  await expectAccessible(page);
  await logIn(page, `${PASSWORD} but wrong`);
  await expect(page.getByRole("alert")).not.toBeEmpty();
  await expect(page.getByLabel("Password")).toHaveValue("");
  await logIn(page, PASSWORD);
  await expect(page.getByRole("heading", { level: 1, name: "Jail sshd" })).toBeVisible();
});

anonymous("login and search by keyboard alone, then out again", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByLabel("User")).toBeFocused();
  await page.keyboard.type(USER);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByText("fail2ban is online")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("203.0.113.1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Address 203.0.113.1" })).toBeFocused();

  await page.getByText(USER, { exact: true }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  await page.goto("/history");
  await expect(page).toHaveURL(/\/login\?next=%2Fhistory$/);
});
