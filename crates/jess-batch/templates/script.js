"use strict";
// The page is complete without this; scripts add copying, search and sorting. Text from outside is only ever read as text.
(() => {
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => Array.from(document.querySelectorAll(selector));

  // --- Copy a message or a command ---
  const copied = find("#copied");

  function select(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  // What is read aloud begins with what is seen.
  function say(button, word, label) {
    button.textContent = word;
    button.setAttribute("aria-label", label);
  }

  const buttons = all("button[data-copies]");
  const before = buttons.map((button) => [button, button.textContent, button.getAttribute("aria-label")]);

  async function copy(button) {
    const text = document.getElementById(button.dataset.copies);
    let done = true;
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      // Browsers that keep the clipboard from pages on disk still copy what is selected, if it is shown.
      text.hidden = false;
      select(text);
      done = document.execCommand("copy");
    }
    copied.textContent = done
      ? `Copied ${button.dataset.what}.`
      : `Press Ctrl+C to copy ${button.dataset.what}: it is selected.`;
    if (!done) return;
    for (const [other, word, label] of before) {
      say(other, word, label);
      other.classList.toggle("done", other === button);
    }
    say(button, "Copied", `Copied ${button.dataset.what}`);
  }

  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }

  // --- Search, filter and sort everyone ---
  function everyone(table) {
    const body = table.tBodies[0];
    const count = find("#count");
    const search = find("#search");
    const rows = Array.from(body.rows, (element) => ({
      element,
      text: element.textContent.toLowerCase(),
      state: element.dataset.state,
    }));

    function show() {
      const words = search.value.toLowerCase().split(/\s+/);
      const state = find("input[name=state]:checked").value;
      let shown = 0;
      for (const row of rows) {
        const fits = (!state || row.state === state) && words.every((word) => row.text.includes(word));
        row.element.hidden = !fits;
        if (fits) shown += 1;
      }
      count.textContent = `${shown} of ${rows.length} shown`;
    }

    const inOrder = new Intl.Collator(undefined, { numeric: true });
    const compare = {
      number: (one, other) => one.dataset.value - other.dataset.value,
      text: (one, other) => inOrder.compare(one.textContent, other.textContent),
    };

    function sort(heading) {
      const falling = heading.getAttribute("aria-sort") === "ascending";
      all("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const cell = (row) => row.element.cells[heading.cellIndex];
      const order = compare[heading.dataset.sort];
      rows.sort((one, other) => (falling ? -1 : 1) * order(cell(one), cell(other)));
      body.append(...rows.map((row) => row.element));
    }

    for (const heading of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      heading.replaceChildren(button);
      button.addEventListener("click", () => sort(heading));
    }
    table.tHead.rows[0].cells[0].setAttribute("aria-sort", "ascending");

    search.addEventListener("input", show);
    all("input[name=state]").forEach((choice) => choice.addEventListener("change", show));
    find(".controls").hidden = false;
    // A browser that reloads the page keeps what was typed.
    show();
  }

  const table = find("#everyone table");
  if (table) everyone(table);

  // --- Times of the reader's own clock ---
  for (const time of all("time")) {
    const here = new Date(time.dateTime);
    if (here.getTimezoneOffset() === 0) continue;
    const clock = { dateStyle: "medium", timeStyle: time.closest("dl") ? "medium" : "short" };
    time.after(` (${here.toLocaleString(undefined, clock)} where you are)`);
  }
})();
