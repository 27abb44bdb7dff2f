// The pictures of the README: the page of an invented class, in light and dark. Needs pngquant, to keep them small.

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Folder, open, startBrowser } from "./browser.mjs";
import { run } from "./reports.mjs";

const to = fileURLToPath(new URL("screenshots/", import.meta.url));
mkdirSync(to, { recursive: true });
const folder = new Folder();
const browser = await startBrowser();
const address = folder.page(run());
for (const colorScheme of ["light", "dark"]) {
  const { page, close } = await open(browser, address, { viewport: { width: 1100, height: 1000 }, colorScheme });
  const path = `${to}report-${colorScheme}.png`;
  await page.screenshot({ path });
  execFileSync("pngquant", ["--force", "--strip", "--output", path, "64", path]);
  await close();
}
await browser.close();
folder.remove();
