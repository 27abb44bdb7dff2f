// The pictures of the README: the page of an invented class, in light and dark. Another folder can be given.
// Needs pngquant, to keep them small.

import { execFileSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Folder, open, startBrowser } from "./browser.mjs";
import { run } from "./reports.mjs";

const LARGEST = 150_000;

const to = process.argv[2] ?? fileURLToPath(new URL("screenshots/", import.meta.url));
mkdirSync(to, { recursive: true });
const folder = new Folder();
const browser = await startBrowser();
const address = folder.page(run());
for (const colorScheme of ["light", "dark"]) {
  const { page, close } = await open(browser, address, { viewport: { width: 1100, height: 1000 }, colorScheme });
  const path = join(to, `report-${colorScheme}.png`);
  await page.screenshot({ path });
  execFileSync("pngquant", ["--force", "--strip", "--output", path, "64", path]);
  if (statSync(path).size > LARGEST) throw new Error(`${path} is larger than ${LARGEST} bytes`);
  await close();
}
await browser.close();
folder.remove();
