// A browser, and the pages that the built program makes of JSON reports.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const PROGRAM = process.env.JESS_BATCH ?? fileURLToPath(new URL("../../target/debug/jess-batch", import.meta.url));

export const ALL_OUTCOMES = new URL("../data/all-outcomes.json", import.meta.url);
export const STATUS = new URL("../data/status.json", import.meta.url);

/** Starts Debian's Chromium; it talks to nobody. */
export async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A folder for the reports of a test file. */
export class Folder {
  #path = mkdtempSync(join(tmpdir(), "jess-batch-pages-"));
  #pages = 0;

  /** The address of the page that the program makes of a report. */
  page(report) {
    this.#pages += 1;
    const [from, to] = ["json", "html"].map((end) => join(this.#path, `${this.#pages}.${end}`));
    writeFileSync(from, JSON.stringify(report));
    execFileSync(PROGRAM, ["report", "convert", from, to], { stdio: "pipe" });
    return pathToFileURL(to).href;
  }

  remove() {
    rmSync(this.#path, { recursive: true });
  }
}

/** Opens the page of a report. `complaints` gathers what a page must never do. */
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
    ...options,
  });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== address) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  return { page, complaints, close: () => context.close() };
}
