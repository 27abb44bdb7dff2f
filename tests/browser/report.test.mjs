// The HTML report in a real browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import axe from "axe-core";
import { ALL_OUTCOMES, Folder, STATUS, open, startBrowser } from "./browser.mjs";
import { RESUME, TROUBLES, run, status } from "./reports.mjs";

const PHONE = { viewport: { width: 360, height: 740 } };

const folder = new Folder();
const opened = [];
let browser;

before(async () => {
  browser = await startBrowser();
});

afterEach(async () => {
  for (const { complaints, close } of opened.splice(0)) {
    await close();
    assert.deepEqual(complaints, [], "a page reaches for nothing and has nothing to complain about");
  }
});

after(async () => {
  await browser.close();
  folder.remove();
});

async function show(report, options) {
  const shown = await open(browser, folder.page(report), options);
  opened.push(shown);
  return shown.page;
}

const allOutcomes = () => JSON.parse(readFileSync(ALL_OUTCOMES, "utf8"));
const allOfStatus = () => JSON.parse(readFileSync(STATUS, "utf8"));
const names = (page) => page.locator("#everyone tbody tr:visible th").allTextContents();
const inOneLine = (text) => text.replace(/\s+/g, " ");
const headline = async (page) => inOneLine(await page.locator("h1").innerText());
const choice = (page, words) => page.getByRole("radio", { name: words });

test("the page begins with the answer", async () => {
  const page = await show(run());
  assert.equal(await headline(page), "57 of 60 can simulate. 3 need help.");
  assert.equal(await page.title(), "Building physics lab, autumn term: 57 of 60 can simulate.");
  const when = page.locator("header time");
  assert.equal(await when.innerText(), "24 November 2026, 06:00 UTC");
  assert.equal(await when.getAttribute("datetime"), "2026-11-24T06:00:00Z");
  const legend = await page.locator("header .legend li").allInnerTexts();
  assert.deepEqual(legend.map(inOneLine), ["✓ 57 updated", "! 1 not ready", "× 2 refused"]);
});

test("the answer fits what was asked and what became of it", async () => {
  const answers = [
    [{ verify: "none", troubles: {} }, "All 60 are updated."],
    [{ verify: "none", troubles: { 0: { outcome: "unchanged" } } }, "All 60 are up to date."],
    [{ troubles: {} }, "All 60 can simulate."],
    [{ accounts: 1, troubles: {} }, "1 of 1 can simulate."],
    [{ accounts: 3, troubles: { 1: { outcome: "skipped", reason: "not-selected", ready: null } } }, "All 2 can simulate."],
    [{ accounts: 3, troubles: { 1: { outcome: "stopped", reason: "interrupted", ready: null } } }, "2 of 3 can simulate. 1 waits for another run."],
  ];
  for (const [options, answer] of answers) {
    const page = await show(run(options));
    assert.equal(await headline(page), answer);
  }
});

test("a status check says who can simulate, and what to run for the others", async () => {
  const invalid = { ready: false, not_ready: ["session-not-valid"], session_valid: false };
  const unknown = { ready: null, not_ready: ["not-verified"], linked_jess_user: null };
  const page = await show(status({ troubles: { 4: invalid, 7: invalid, 9: unknown } }));
  assert.equal(await headline(page), "57 of 60 can simulate. 2 need help, 1 waits for another check.");
  const legend = await page.locator("header .legend li").allInnerTexts();
  assert.deepEqual(legend.map(inOneLine), ["✓ 57 ready", "! 2 not ready", "~ 1 not verified"]);
  assert.deepEqual(await page.locator(".group h3").allInnerTexts(), ["Run the job for these accounts", "Check again later"]);
  assert.equal(await page.locator("#command").textContent(), "jess-batch run jobs/lab.yaml");
  await choice(page, "2 not ready").check();
  assert.deepEqual(await names(page), ["Eli Baumann", "Hugo Martins"]);
  const cells = await page.locator("#everyone tbody tr:visible td.state").allInnerTexts();
  assert.equal(inOneLine(cells[0]), "! not ready (JESS session not valid)");
  assert.equal(await page.getByRole("columnheader", { name: "Readiness" }).count(), 1);
  assert.equal(await page.getByText("How the check went").count(), 1);
  assert.equal(await headline(await show(status())), "All 60 can simulate.");
});

test("a rehearsal, an interrupted run and a service that was down are marked at the top", async () => {
  const marks = [
    [run({ sandbox: true }), /^This is a rehearsal\. Nothing was sent to ENSIMS\./],
    [run({ exit_code: 130 }), /^This run was interrupted\./],
    [run({ exit_code: 3 }), /^The service was down\./],
  ];
  for (const [report, mark] of marks) {
    const note = (await show(report)).getByRole("note");
    assert.match(await note.innerText(), mark);
    assert.ok((await note.boundingBox()).y < 200);
  }
  assert.equal(await (await show(run())).getByRole("note").count(), 0);
});

test("corrections come first, then what waits for a run, then what only the service can do", async () => {
  const page = await show(run({ troubles: { ...TROUBLES, 5: { outcome: "failed", error: "timeout", ready: null } } }));
  assert.deepEqual(await page.locator(".group h3").allInnerTexts(), [
    "Check the e-mail address and password, and correct the list",
    "Compare the JESS user name and password with the confirmation e-mail, and correct the list",
    "Run the job again later",
    "Ask the service why the JESS account is suspended",
  ]);
  assert.deepEqual(await page.locator(".people .name").allInnerTexts(), ["Ben Okafor", "Wei Zhang", "Fay Chen", "Sven Moen"]);
});

test("the page says what to type next, and only what is true of the run", async () => {
  const stopped = { outcome: "stopped", reason: "interrupted", ready: null };
  const suspended = { ready: false, not_ready: ["suspended"] };
  const again = { resumes: false, arguments: ["run", "my lab's.yaml", "--service", "sandbox"] };
  const resume = "jess-batch run jobs/lab.yaml --resume";
  const runs = [
    [run(), resume, /Then run this, which attempts only the accounts that did not succeed:/],
    [run({ troubles: { 5: stopped }, exit_code: 130 }), resume, /^Run this, which does the rest:/],
    [run({ troubles: { ...TROUBLES, 5: stopped } }), resume, /run this twice, first to do the rest and then to try the refused accounts again:/],
    [run({ troubles: { 3: suspended } }), resume, /^When the service has helped, run this/],
    [run({ sandbox: true, rerun: again }), "jess-batch run 'my lab'\\''s.yaml' --service sandbox", /run the job again:/],
    [run({ rerun: { ...RESUME, arguments: null } }), null, /Then start the systemd service again\.$/],
    [run({ rerun: null }), null, /Then run the job again\.$/],
  ];
  for (const [report, command, words] of runs) {
    const page = await show(report);
    assert.match(inOneLine(await page.locator(".next").innerText()), words);
    const code = page.locator("#command");
    assert.equal(await code.count(), command ? 1 : 0);
    if (command) assert.equal(await code.textContent(), command);
  }
  assert.equal(await (await show(run({ troubles: {} }))).locator(".next").count(), 0);
});

test("a JESS credential that is refused for many is one cause, with a long list of names folded away", async () => {
  const refused = { outcome: "refused", refused_by: "jess", ready: null, jess_username: "lab-2026", shares_jess_credential: true, service_message: "No such pair." };
  const again = { ...refused, requests: 0, steps: [], service_message: null, same_credential_as: "Ada Lindqvist", detail: "not sent again" };
  const troubles = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [index, index ? again : refused]));
  const page = await show(run({ accounts: 12, troubles }), { permissions: ["clipboard-read", "clipboard-write"] });
  const entry = page.locator(".cause");
  assert.equal(await entry.count(), 1);
  const text = inOneLine(await entry.innerText());
  assert.match(text, /9 accounts: refused by JESS The JESS user name is lab-2026\. The service said: No such pair\./);
  assert.ok(!text.includes("not sent again"));
  const names = entry.locator("details");
  assert.equal(await names.getByText("Eli Baumann").isVisible(), false);
  await names.locator("summary").click();
  assert.equal(await names.getByText("Eli Baumann").isVisible(), true);
  assert.equal(await names.getByRole("listitem").count(), 9);
  await page.getByRole("button", { name: "Copy the message for all of them" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^Hello,\n\nWe could not set up your JESS account yet\./);
});

test("accounts with one cause share its words, and each has a message if it names the person", async () => {
  const refused = TROUBLES[1];
  const suspended = TROUBLES[43];
  const page = await show(run({ troubles: { 1: refused, 2: refused, 3: suspended, 4: suspended } }));
  const causes = page.locator(".cause");
  assert.equal(await causes.count(), 2);
  assert.match(inOneLine(await causes.nth(0).innerText()), /^× 2 accounts: refused by ENSIMS The service said: Incorrect user name/);
  assert.equal(await causes.nth(0).locator(".message").count(), 2);
  assert.equal(await page.locator(".group > .message").count(), 1);
  assert.deepEqual(await causes.nth(1).locator(".names li bdi").allInnerTexts(), [
    "Dora Vlasic",
    "dora.vlasic@uni.example",
    "Eli Baumann",
    "eli.baumann@uni.example",
  ]);
});

test("people with the same message get it once, whatever happened to each of them", async () => {
  const failed = (error, detail) => ({ outcome: "failed", error, ready: null, service_message: null, detail });
  const page = await show(run({ troubles: { 1: failed("timeout", "log-on: no answer"), 2: failed("http", "update: HTTP 500"), 3: failed("http", "update: HTTP 500") } }));
  assert.equal(await page.locator(".cause").count(), 2);
  assert.equal(await page.locator(".message .body").count(), 1);
  assert.deepEqual(await page.locator(".cause .name, .names li > bdi").allInnerTexts(), ["Ben Okafor", "Cem Aydin", "Dora Vlasic"]);
  assert.equal(await headline(page), "57 of 60 can simulate. 3 wait for another run.");
});

test("an outage is one cause, for those who got no answer and those who were not attempted", async () => {
  const failed = { outcome: "failed", error: "connect", ready: null, service_message: null, detail: "log-on: connection refused" };
  const stopped = { outcome: "stopped", reason: "service-down", ready: null, service_message: null, requests: 0, steps: [] };
  const page = await show(run({ troubles: { 1: TROUBLES[1], 5: failed, 6: stopped, 7: stopped }, exit_code: 3 }));
  assert.equal(await headline(page), "56 of 60 can simulate. 1 needs help, 3 wait for another run.");
  const first = inOneLine(await page.locator(".cause").first().innerText());
  assert.match(first, /^\? 3 accounts: service down log-on: connection refused\./);
  assert.equal(await page.locator(".cause").count(), 2);
});

test("a message asks for something only where the student can help, never for a password, and quotes nobody", async () => {
  const page = await show(allOutcomes());
  const messages = await page.locator(".message p[id^=message-]").allInnerTexts();
  for (const message of messages) {
    const asks = /[Pp]lease tell us/.test(message);
    assert.notEqual(asks, message.includes("You do not need to do anything"), message);
    assert.ok(!/password/.test(message) || /Never send us a password/.test(message), message);
    assert.ok(!message.includes("said"), message);
  }
  assert.ok(messages.some((message) => message.includes("tell us the user name in it")));
});

test("a message is copied, with the keyboard as well, and the page says so", async () => {
  const page = await show(run(), { permissions: ["clipboard-read", "clipboard-write"] });
  const button = page.getByRole("button", { name: "Copy the message for Ben Okafor" });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByText("Copied the message for Ben Okafor.").waitFor();
  assert.equal(await page.locator("#copied").getAttribute("role"), "status");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^Hello Ben Okafor,\n\nWe could not log on to ENSIMS for you yet with the e-mail address ben\.okafor@uni\.example\. /);
  assert.equal(copied, await page.locator("#message-1").textContent());
  // The name that is read aloud has the words that are seen.
  assert.equal(await page.getByRole("button", { name: "Copied the message for Ben Okafor" }).innerText(), "Copied");
});

test("a browser that gives no clipboard to pages copies what is selected", async () => {
  const page = await show(run(), { permissions: ["clipboard-read"] });
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("not allowed"));
  });
  await page.getByRole("button", { name: "Copy the message for Wei Zhang" }).click();
  await page.getByText("Copied the message for Wei Zhang.").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^Hello Wei Zhang,\n\nWe could not set up your JESS account yet/);
});

test("a mail has the subject and the same text as what is copied", async () => {
  const own = { subject: "Für {name} & Co?", body: "{name}: {email}\n\n100 % + {jess_username}\n" };
  const report = run();
  report.job.messages = { "ask-why-suspended": own };
  const page = await show(report);
  const link = await page.getByRole("link", { name: "Write mail to Sven Moen" }).getAttribute("href");
  assert.match(link, /^mailto:sven\.moen@uni\.example\?subject=[^ +]+&body=[^ +]+$/);
  const { searchParams } = new URL(link);
  assert.equal(searchParams.get("subject"), "Für Sven Moen & Co?");
  const text = await page.locator("#message-43").textContent();
  assert.equal(searchParams.get("body"), text.replaceAll("\n", "\r\n"));
  assert.equal(text, "Sven Moen: sven.moen@uni.example\n\n100 % + jess-sven-moen");
});

test("a mail to several names nobody, and their addresses are copied, shown if that fails", async () => {
  const suspended = TROUBLES[43];
  const page = await show(run({ troubles: { 3: suspended, 4: suspended } }), { permissions: ["clipboard-read", "clipboard-write"] });
  const link = await page.getByRole("link", { name: "Write mail to all of them" }).getAttribute("href");
  assert.match(link, /^mailto:\?subject=.*&body=Hello%2C%0D%0A%0D%0AYour%20JESS/);
  const button = page.getByRole("button", { name: "Copy addresses" });
  await button.click();
  const addresses = "dora.vlasic@uni.example; eli.baumann@uni.example";
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), addresses);
  assert.equal(await page.getByText(addresses).isVisible(), false);
  await page.getByRole("button", { name: "Copy the message for all of them" }).click();
  assert.equal(await button.innerText(), "Copy addresses");
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("not allowed"));
    document.execCommand = () => false;
  });
  await button.click();
  await page.getByText("Press Ctrl+C to copy the addresses").waitFor();
  assert.equal(await page.evaluate(() => String(getSelection())), addresses);
});

test("an account of the job file is corrected there, one of a roster in the list", async () => {
  const report = run({ troubles: { 1: TROUBLES[1], 22: TROUBLES[22] } });
  report.accounts[1].listed_in = "job-file";
  const [ensims, jess] = await (await show(report)).locator(".group h3").allInnerTexts();
  assert.match(ensims, /correct the job file$/);
  assert.match(jess, /correct the list$/);
});

test("no option and no user name is broken across lines, however wide the page is", async () => {
  const page = await show(run());
  const broken = () => {
    const lines = (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return new Set(Array.from(range.getClientRects(), ({ top }) => top)).size;
    };
    return Array.from(document.querySelectorAll(".option, .whole, .jess bdi")).filter((element) => lines(element) > 1).length;
  };
  for (let width = 440; width <= 1280; width += 20) {
    await page.setViewportSize({ width, height: 900 });
    assert.equal(await page.evaluate(broken), 0, `${width} pixels`);
  }
});

test("search finds names, addresses, users and outcomes, and says how many", async () => {
  const page = await show(run());
  const search = page.getByLabel("Search");
  await search.fill("ZHANG");
  assert.deepEqual(await names(page), ["Wei Zhang"]);
  assert.equal(await page.locator("#count").innerText(), "1 of 60 shown");
  await search.fill("ben.okafor@uni");
  assert.deepEqual(await names(page), ["Ben Okafor"]);
  await search.fill("jess-fay refused");
  assert.deepEqual(await names(page), []);
  await search.fill("by ensims");
  assert.deepEqual(await names(page), ["Ben Okafor"]);
  await search.fill("");
  assert.equal((await names(page)).length, 60);
});

test("the table is filtered by outcome, together with the search", async () => {
  const page = await show(run());
  await choice(page, "2 refused").check();
  assert.deepEqual(await names(page), ["Ben Okafor", "Wei Zhang"]);
  await page.getByLabel("Search").fill("wei");
  assert.deepEqual(await names(page), ["Wei Zhang"]);
  await choice(page, "all 60").check();
  assert.equal(await page.locator("#count").innerText(), "1 of 60 shown");
});

test("what an earlier run has done counts as good, and what was left out does not", async () => {
  const earlier = (ready) => ({ outcome: "skipped", reason: "already-done", ready, requests: 0, steps: [] });
  const leftOut = { outcome: "skipped", reason: "not-selected", ready: null, requests: 0, steps: [] };
  const page = await show(run({ accounts: 6, troubles: { 0: earlier(true), 1: earlier(true), 2: leftOut } }));
  assert.equal(await headline(page), "All 5 can simulate.");
  const legend = await page.locator("header .legend li").allInnerTexts();
  assert.deepEqual(legend.map(inOneLine), ["✓ 3 updated", "« 2 ready (earlier run)", "– 1 left out"]);
  await choice(page, "2 ready (earlier run)").check();
  assert.deepEqual(await names(page), ["Ada Lindqvist", "Ben Okafor"]);
  assert.match(await page.locator("#everyone tbody tr:visible td.state").first().innerText(), /ready \(earlier run\)$/);
  const colour = (page, state) => page.locator(`.bar rect.${state}`).evaluate((part) => getComputedStyle(part).fill);
  assert.equal(await colour(page, "ready-before"), await colour(page, "updated"));
  assert.notEqual(await colour(page, "left-out"), await colour(page, "updated"));
  const unasked = await show(run({ accounts: 6, verify: "none", troubles: { 0: earlier(null) } }));
  assert.equal(await choice(unasked, "1 done earlier").count(), 1);
});

test("the chosen filter is seen without any background colour", async () => {
  const page = await show(run(), { forcedColors: "active" });
  const look = (words) =>
    choice(page, words).evaluate((input) => {
      const { fontWeight, borderTopWidth } = getComputedStyle(input.nextElementSibling);
      return [fontWeight, borderTopWidth];
    });
  assert.deepEqual(await look("all 60"), ["700", "3px"]);
  assert.deepEqual(await look("2 refused"), ["400", "1px"]);
});

test("the table is sorted by any column, up and down", async () => {
  const page = await show(run({ accounts: 12, troubles: {} }));
  const heading = (name) => page.getByRole("columnheader", { name });
  assert.equal(await heading("#").getAttribute("aria-sort"), "ascending");
  await heading("Name").getByRole("button").click();
  const rising = await names(page);
  assert.deepEqual(rising, [...rising].sort());
  assert.equal(await heading("Name").getAttribute("aria-sort"), "ascending");
  assert.equal(await heading("#").getAttribute("aria-sort"), null);
  await heading("Name").getByRole("button").click();
  assert.deepEqual(await names(page), [...rising].reverse());
  assert.equal(await heading("Name").getAttribute("aria-sort"), "descending");
  await heading("#").getByRole("button").click();
  await heading("#").getByRole("button").click();
  const numbers = (await page.locator("#everyone td.index").allInnerTexts()).map(Number);
  assert.deepEqual(numbers, [...numbers].sort((one, other) => other - one));
});

test("everything is reached with the keyboard alone, in the order of the page, and the focus is seen", async () => {
  const page = await show(run());
  const stops = [];
  for (let n = 0; n < 19; n += 1) {
    await page.keyboard.press("Tab");
    stops.push(
      await page.evaluate(() => {
        const element = document.activeElement;
        // A choice is not painted itself; the words after it are.
        const seen = element.type === "radio" ? element.nextElementSibling : element;
        if (getComputedStyle(seen).outlineStyle === "none") return "focus is not seen";
        return element.id || element.getAttribute("aria-label") || element.textContent || element.name;
      }),
    );
  }
  assert.deepEqual(stops, [
    "Skip to the list of everyone",
    "Copy the command",
    "Copy addresses: Check the e-mail address and password, and correct the list",
    "Copy the message for Ben Okafor",
    "Write mail to Ben Okafor",
    "Copy addresses: Compare the JESS user name and password with the confirmation e-mail, and correct the list",
    "Copy the message for Wei Zhang",
    "Write mail to Wei Zhang",
    "Copy addresses: Ask the service why the JESS account is suspended",
    "Copy the message for Sven Moen",
    "Write mail to Sven Moen",
    "search",
    "state",
    "#",
    "Name",
    "E-mail",
    "JESS user",
    "Outcome",
    "How the run went",
  ]);
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("svg.timeline").isVisible());
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.getByRole("columnheader", { name: "Outcome" }).getAttribute("aria-sort"), "ascending");
  await page.getByLabel("Search").focus();
  await page.keyboard.type("wei");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.locator("#count").innerText(), "0 of 60 shown");
});

test("without scripts the page has everything, and no control that would do nothing", async () => {
  const page = await show(allOutcomes(), { javaScriptEnabled: false });
  assert.equal(await page.locator("#everyone tbody tr:visible").count(), 25);
  assert.equal(await page.locator(".message p[id^=message-]:visible").count(), 13);
  assert.equal(await page.locator("button:visible, input:visible").count(), 0);
  assert.equal(await page.getByRole("link", { name: /^Write mail/ }).count(), 13);
  await page.getByText("How the run went").click();
  assert.equal(await page.locator("svg.timeline:visible").count(), 1);
  assert.ok((await page.locator("table.times:visible tbody tr").count()) > 1);
});

test("how the run went is folded away, drawn, and described in words", async () => {
  const page = await show(run());
  assert.equal(await page.locator("svg.timeline:visible").count(), 0);
  await page.getByText("How the run went").click();
  assert.equal(await page.locator("svg.timeline g").count(), 60);
  const timeline = page.getByRole("img", { name: /^60 accounts in .* s, at most 8 at once\./ });
  assert.equal(await timeline.count(), 1);
  const times = page.getByRole("table", { name: "Answer times" });
  const rows = await times.locator("tbody tr").allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split("\t")[0]), [
    "Log on",
    "Update the JESS session",
    "Check the JESS session",
    "Check the JESS account",
  ]);
  assert.match(inOneLine(rows[0]), /^Log on 6\d \d+ ms \d+ ms \d+ ms$/);
});

test("times are told in UTC and on the reader's clock", async () => {
  const page = await show(run());
  const started = page.locator("dl div", { hasText: "Started" });
  assert.match(await page.locator(".job").innerText(), /24 November 2026, 06:00 UTC\s+\(24 Nov 2026, 07:00 where you are\)/);
  assert.match(await started.innerText(), /24 November 2026, 06:00:00 UTC \(24 Nov 2026, 07:00:00 where you are\)/);
});

test("hostile text stays text", async () => {
  const report = allOutcomes();
  const page = await show(report);
  assert.equal(await page.locator("script").count(), 1);
  assert.equal(await page.locator("img, iframe, a:not(.skip, [href^='mailto:']), [onerror], [style]").count(), 0);
  assert.equal(await page.locator("#everyone tbody tr").count(), report.accounts.length);
  const text = await page.locator("main").innerText();
  assert.ok(text.includes(`<script>alert("1")</script>`));
  assert.ok(text.includes(`The service said: </script><script>alert('2')</script>`));
  assert.ok(text.includes("(10000 characters; the JSON report has all of them)"));
  // What would act unseen is written out: controls, and marks that turn the direction of text around.
  const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/;
  const html = readFileSync(new URL(page.url()), "utf8");
  assert.doesNotMatch(html, unseen);
  assert.ok(text.includes("\\u{202e}right to left\\u{202c}"));
  await page.getByLabel("Search").fill("<script>");
  assert.equal((await names(page)).length, 1);
});

test("a page may run its own script and style, and nothing else", async () => {
  const shown = await open(browser, folder.page(run()));
  try {
    await shown.page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'another script ran'";
      document.body.append(script);
      const picture = document.createElement("img");
      picture.src = "https://uni.example/picture.png";
      document.body.append(picture);
      document.body.setAttribute("style", "display: none");
    });
    assert.notEqual(await shown.page.title(), "another script ran");
    assert.ok(await shown.page.locator("body").isVisible());
    const refused = shown.complaints.filter((complaint) => complaint.includes("violates the following Content Security"));
    assert.equal(refused.length, 3, "the script, the picture and the style are refused");
  } finally {
    await shown.close();
  }
});

test("axe finds no fault: light, dark, phone, all outcomes, status, a rehearsal, with all unfolded", async () => {
  const pages = [
    [run(), {}],
    [run(), { colorScheme: "dark" }],
    [run({ sandbox: true }), PHONE],
    [allOutcomes(), {}],
    [allOfStatus(), {}],
    [allOfStatus(), { ...PHONE, colorScheme: "dark" }],
    [allOutcomes(), { ...PHONE, colorScheme: "dark" }],
    [run({ accounts: 3, troubles: {} }), {}],
  ];
  for (const [report, options] of pages) {
    const page = await show(report, options);
    await page.evaluate(axe.source);
    await page.locator("details").evaluateAll((folded) => folded.forEach((one) => (one.open = true)));
    const found = await page.evaluate(() => window.axe.run());
    const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
    assert.deepEqual(told, [], JSON.stringify(options));
    assert.ok(found.passes.some(({ id }) => id === "color-contrast"));
  }
});

test("nothing is wider than a phone, whatever the text", async () => {
  for (const report of [run(), allOutcomes(), allOfStatus()]) {
    const page = await show(report, PHONE);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.viewport.width);
    await page.getByRole("button", { name: /Outcome|Readiness/ }).click();
    await page.locator("details").evaluateAll((folded) => folded.forEach((one) => (one.open = true)));
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.viewport.width);
  }
});

test("in print there is everyone, what is unfolded, and no control", async () => {
  const page = await show(run(), { colorScheme: "dark" });
  await page.getByLabel("Search").fill("wei");
  await page.emulateMedia({ media: "print" });
  assert.equal((await names(page)).length, 60);
  assert.equal(await page.locator("button[data-copies]:visible, a[href]:visible, input:visible, #count:visible").count(), 0);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(255, 255, 255)");
  assert.equal(await page.locator("#run summary:visible, svg.timeline:visible").count(), 0);
  await page.locator("#run details").evaluate((folded) => (folded.open = true));
  assert.equal(await page.locator("svg.timeline:visible").count(), 1);
});

test("40 accounts, three of whom need help, are printed on three pages", async () => {
  const timeout = { outcome: "failed", error: "timeout", ready: null, service_message: null, detail: "log-on: no answer in 30s" };
  const page = await show(run({ accounts: 40, troubles: { ...TROUBLES, 5: timeout } }));
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.equal(pdf.match(/\/Type \/Page\b/g).length, 3);
});

test("a page of 2,000 accounts is searched, filtered and sorted", async () => {
  const page = await show(run({ accounts: 2000 }));
  await page.getByLabel("Search").fill("student 1999");
  assert.deepEqual(await names(page), ["Student 1999"]);
  await page.getByLabel("Search").fill("");
  await choice(page, "2 refused").check();
  assert.deepEqual(await names(page), ["Ben Okafor", "Wei Zhang"]);
  await choice(page, "all 2000").check();
  const heading = page.getByRole("columnheader", { name: "#" });
  await heading.getByRole("button").click();
  assert.equal(await page.locator("#everyone tbody tr th").first().innerText(), "Student 2000");
  // Too many for a line each: the run is described in words.
  await page.getByText("How the run went").click();
  assert.match(await page.locator("figcaption").innerText(), /^2000 accounts in .*, at most 8 at once\./);
  assert.equal(await page.locator("svg.timeline").count(), 0);
  assert.ok(await page.getByRole("table", { name: "Answer times" }).isVisible());
});

test("above 5,000 accounts the page has those who need help, and says where everyone is", async () => {
  const page = await show(run({ accounts: 5001 }));
  assert.match(await headline(page), /^4998 of 5001 can simulate\./);
  assert.equal(await page.locator("#everyone table").count(), 0);
  assert.deepEqual(await page.locator(".people .name").allInnerTexts(), ["Ben Okafor", "Wei Zhang", "Sven Moen"]);
  const everyone = await page.locator("#everyone").innerText();
  assert.match(everyone, /5001 accounts are too many for one page/);
  assert.match(everyone, /The JSON report lists all of them, if the job writes one: jess-batch report convert REPORT\.json everyone\.csv/);
});
