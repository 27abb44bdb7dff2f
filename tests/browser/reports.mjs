// JSON reports of invented runs, as a run would have written them. The same every time.

const NAMES = `Ada Lindqvist, Ben Okafor, Cem Aydin, Dora Vlasic, Eli Baumann, Fay Chen, Gita Rao, Hugo Martins, Ines Falk,
  Jonas Weber, Kaia Berg, Leon Duarte, Mina Haddad, Noor Visser, Oskar Lund, Pia Rossi, Quinn Walsh, Rosa Kovac, Sami Laine,
  Tara Singh, Uwe Brandt, Vera Novak, Wei Zhang, Ximena Cruz, Yara Nasser, Zoe Petit, Amir Saleh, Bea Fontana, Carl Holm,
  Dina Peters, Emil Krog, Flora Meier, Goran Ilic, Hana Sato, Ivo Marek, Julia Pohl, Kofi Mensah, Lena Vogt, Marco Greco,
  Nadia Alvi, Olga Sidor, Paul Ritter, Rania Aziz, Sven Moen, Tilda Frost, Umar Khan, Viola Conti, Willem Bos, Yusuf Demir,
  Zara Malik, Anton Kral, Birgit Thal, Chloe Martin, David Roth, Elena Costa, Finn Larsen, Greta Haas, Henri Blanc, Isla Reid,
  Jan Zeman`.split(",").map((name) => name.trim());

const MESSAGE = "New JESS session key is assigned.";

/** What happens to three accounts of a run, by their place in the job. */
export const TROUBLES = {
  1: { outcome: "refused", refused_by: "ensims", service_message: "Incorrect user name or password.", steps: ["log-on"] },
  22: { outcome: "refused", refused_by: "jess", service_message: "Update failed, invalid JESS user name or password!", steps: ["log-on", "update"] },
  43: { outcome: "updated", ready: false, not_ready: ["suspended"], service_message: MESSAGE, steps: ["log-on", "update", "verify-session", "verify-account"] },
};

/** Numbers between 0 and 1 that look random and are the same every time. */
function numbers() {
  let state = 20261124;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

/** How a run of the job is continued. */
export const RESUME = { resumes: true, arguments: ["run", "jobs/lab.yaml", "--resume"] };

/** A run of so many accounts, eight at once. `troubles` has what differs from the others, by place in the job. */
export function run({ accounts: count = 60, troubles = TROUBLES, verify = "account", sandbox = false, ...rest } = {}) {
  const random = numbers();
  const free = Array(8).fill(10);
  const accounts = [];
  for (let index = 0; index < count; index += 1) {
    const name = NAMES[index] ?? `Student ${index + 1}`;
    const { steps: words, ...trouble } = troubles[index] ?? {};
    const asked = words ?? ["log-on", "update", ...(verify === "none" ? [] : ["verify-session", "verify-account"])];
    const start_ms = Math.min(...free);
    let now = start_ms;
    const steps = asked.map((step) => {
      const usual = { "log-on": 110, update: 260 }[step] ?? 45;
      const answer_ms = Math.round(usual * (0.6 + random() ** 3 * 3));
      const attempts = random() > 0.985 ? 2 : 1;
      const duration_ms = answer_ms + Math.round(random() * 60) + (attempts - 1) * 700;
      now += duration_ms;
      return { step, http_status: 200, attempts, start_ms: now - duration_ms, duration_ms, answer_ms };
    });
    free[free.indexOf(start_ms)] = now + 5;
    accounts.push({
      index,
      name,
      email: `${name.toLowerCase().replaceAll(" ", ".")}@uni.example`,
      jess_username: `jess-${name.toLowerCase().replaceAll(" ", "-")}`,
      listed_in: "roster",
      shares_jess_credential: false,
      outcome: "updated",
      ready: (trouble.outcome ?? "updated") === "updated" && verify !== "none" ? true : null,
      not_ready: [],
      service_message: MESSAGE,
      detail: null,
      same_credential_as: null,
      refused_earlier: false,
      start_ms,
      duration_ms: now - start_ms,
      waited_ms: 0,
      budget_used_ms: now - start_ms,
      requests: steps.reduce((sum, step) => sum + step.attempts, 0),
      steps,
      ...trouble,
    });
  }
  const counted = (outcome) => accounts.filter((account) => account.outcome === outcome).length;
  const outcomes = ["updated", "unchanged", "refused", "failed", "stopped", "skipped"];
  const duration_ms = Math.max(...free);
  return {
    schema_version: 1,
    tool: { name: "jess-batch", version: "0.1.0" },
    mode: "run",
    job: { name: "Building physics lab, autumn term", file: "jobs/lab.yaml", source: "file", update: "always", verify },
    service: { url: "https://ensims.example.org", sandbox, users_version: "2.1.0", jess_version: "1.8.3" },
    started_at: "2026-11-24T06:00:00Z",
    finished_at: new Date(Date.UTC(2026, 10, 24, 6) + duration_ms).toISOString().replace(/\.\d+/, ""),
    duration_ms,
    last_success_at: null,
    exit_code: Object.keys(troubles).length > 0 ? 1 : 0,
    totals: {
      accounts: count,
      ...Object.fromEntries(outcomes.map((outcome) => [outcome, counted(outcome)])),
      ready: verify === "none" ? null : accounts.filter((account) => account.ready).length,
    },
    rerun: RESUME,
    accounts,
    ...rest,
  };
}

/** A status check of so many accounts. `troubles` has what differs from the others, by place in the job. */
export function status({ accounts: count = 60, troubles = {}, ...rest } = {}) {
  const report = run({ accounts: count, troubles: {}, ...rest });
  for (const account of report.accounts) {
    const steps = ["log-on", "check-session", "check-account", "check-usage"];
    account.steps.forEach((step, n) => (step.step = steps[n]));
    const usage = [{ username: account.jess_username, jobs: 603, cputime: 31177, storage: 8523778833 }];
    const jess = { session_valid: true, linked_jess_user: account.jess_username, suspended: false, cpu_hours: 91.5, usage };
    Object.assign(account, { outcome: "checked", service_message: null }, jess, troubles[account.index]);
  }
  const ready = report.accounts.filter((account) => account.ready).length;
  const totals = { ...report.totals, updated: 0, checked: count, ready };
  const rerun = { resumes: false, arguments: ["run", "jobs/lab.yaml"] };
  return { ...report, mode: "status", exit_code: ready === count ? 0 : 1, totals, rerun };
}
