"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const words = { match: "Match", no_match: "No match", unsure: "Unsure" };
  const signs = {
    same: ["=", "same"],
    differ: ["≠", "differs"],
    left_only: ["◧", "left record only"],
    right_only: ["◨", "right record only"],
  };
  const base = `credential-review/${data.industry}/${data.batch}/${data.digest}`;
  const state = { reviewer: "", answers: {}, place: 0, since: 0, kept: true };

  const load = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const save = (key, value) => {
    try {
      localStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  };
  const answersKey = () => `${base}/answers/${state.reviewer}`;
  const pair = () => data.pairs[state.place];
  const entry = (id) => (state.answers[id] ??= { decision: "", reason: "", milliseconds: 0, needed: 0, shown: "", done: "" });
  const decided = () => data.pairs.filter((one) => state.answers[one.pair_id]?.decision).length;

  const keep = () => {
    state.kept = save(answersKey(), JSON.stringify(state.answers));
    at("kept").textContent = state.kept
      ? "Answers are kept in this browser only. Download them when you are done."
      : "This browser does not keep answers: download them before you close the page.";
  };

  const clock = (seen = !document.hidden) => {
    const now = performance.now();
    if (state.since && seen) entry(pair().pair_id).milliseconds += now - state.since;
    state.since = now;
  };

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const cell = (pieces) => {
    const made = element("td", undefined, { role: "cell" });
    for (const [text, differs] of pieces) made.append(differs ? element("mark", text) : text);
    return made;
  };

  const row = (line) => {
    const made = element("tr", undefined, { role: "row", "data-state": line.state });
    const head = element("th", undefined, { scope: "row", role: "rowheader" });
    const [sign, word] = signs[line.state];
    head.append(element("span", sign, { class: "sign", "aria-hidden": "true" }), line.label);
    head.append(element("span", `, ${word}`, { class: "hidden" }));
    made.append(head, cell(line.left), cell(line.right));
    return made;
  };

  const note = (one) => {
    const made = element("tr", undefined, { role: "row", "data-state": "note" });
    const head = element("th", one.label, { scope: "row", role: "rowheader" });
    made.append(head, cell([[one.left.join("\n"), false]]), cell([[one.right.join("\n"), false]]));
    return made;
  };

  const list = (id, lines) => {
    at(id).replaceChildren(...lines.map((line) => element("li", line)));
    at(id).parentElement.hidden = lines.length === 0;
  };

  const show = (news) => {
    const one = pair();
    const answer = entry(one.pair_id);
    const count = data.pairs.length;
    answer.shown ||= new Date().toISOString();
    at("place").textContent = `Pair ${state.place + 1} of ${count}`;
    at("answer").textContent = answer.decision ? words[answer.decision] : "Not decided";
    at("answer").dataset.decision = answer.decision;
    at("left-from").textContent = one.left_from;
    at("right-from").textContent = one.right_from;
    at("lines").replaceChildren(...one.lines.map(row));
    at("notes").replaceChildren(...one.notes.map(note));
    list("left-forms", one.left_forms);
    list("right-forms", one.right_forms);
    at("forms").hidden = one.left_forms.length + one.right_forms.length === 0;
    at("reason").value = answer.reason;
    for (const button of document.querySelectorAll(".choices button"))
      button.setAttribute("aria-pressed", String(button.dataset.decision === answer.decision));
    at("back").disabled = state.place === 0;
    at("next").disabled = state.place === count - 1;
    at("progress").value = decided();
    at("progress-text").textContent = `${decided()} of ${count} decided`;
    at("news").textContent = [news, `Pair ${state.place + 1} of ${count}.`].filter(Boolean).join(" ");
  };

  const go = (place, news) => {
    clock();
    state.place = Math.min(Math.max(place, 0), data.pairs.length - 1);
    save(`${base}/place/${state.reviewer}`, String(state.place));
    keep();
    show(news);
  };

  const undecided = () => {
    const count = data.pairs.length;
    for (let step = 1; step <= count; step += 1) {
      const place = (state.place + step) % count;
      if (!state.answers[data.pairs[place].pair_id]?.decision) return go(place);
    }
    at("news").textContent = "Every pair is decided. Download the decisions.";
  };

  const decide = (decision) => {
    clock();
    const answer = entry(pair().pair_id);
    answer.decision = decision;
    answer.needed = answer.milliseconds;
    answer.done = new Date().toISOString();
    const news = `${words[decision]} for pair ${state.place + 1}.`;
    const all = decided() === data.pairs.length ? " Every pair is decided. Download the decisions." : "";
    go(state.place + 1, news + all);
  };

  const reason = (code) => {
    entry(pair().pair_id).reason = code;
    keep();
    show(code ? `Reason: ${new Map(data.reasons).get(code)}.` : "No reason.");
  };

  const download = () => {
    clock();
    keep();
    const lines = data.pairs
      .filter((one) => state.answers[one.pair_id]?.decision)
      .map((one) => {
        const answer = state.answers[one.pair_id];
        const seconds = Math.min(answer.needed / 1000, 999999).toFixed(3);
        const said = [data.batch, one.pair_id, answer.decision, answer.reason, state.reviewer];
        return [...said, seconds, answer.shown, answer.done].join(",");
      });
    const text = ["batch,pair_id,decision,reason,reviewer,seconds,shown_at,decided_at", ...lines, ""].join("\n");
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = `${data.industry}_${data.batch}_${state.reviewer}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    at("news").textContent = `${lines.length} decisions downloaded.`;
  };

  const begin = (code) => {
    state.reviewer = code;
    save(`${base}/reviewer`, code);
    try {
      state.answers = JSON.parse(load(answersKey()) ?? "{}");
    } catch {
      state.answers = {};
    }
    const place = Number.parseInt(load(`${base}/place/${code}`) ?? "0", 10);
    state.place = Math.min(Math.max(place || 0, 0), data.pairs.length - 1);
    state.since = 0;
    at("start").hidden = true;
    for (const id of ["review", "bar", "who"]) at(id).hidden = false;
    at("who-code").textContent = code;
    clock();
    keep();
    show();
    at("place").focus();
  };

  const ask = () => {
    at("help").showModal();
    at("close").focus();
  };

  at("reason").append(element("option", "No reason", { value: "" }));
  data.reasons.forEach(([code, text], place) =>
    at("reason").append(element("option", `${place + 1} ${text}`, { value: code })),
  );
  at("reason").addEventListener("change", (event) => reason(event.target.value));
  at("start").addEventListener("submit", (event) => {
    event.preventDefault();
    const code = at("code").value.trim();
    if (/^[A-Za-z0-9_-]{1,20}$/.test(code)) begin(code);
  });
  at("change").addEventListener("click", () => {
    clock();
    keep();
    for (const id of ["review", "bar", "who"]) at(id).hidden = true;
    at("start").hidden = false;
    at("code").value = "";
    at("code").focus();
  });
  for (const button of document.querySelectorAll(".choices button"))
    button.addEventListener("click", () => decide(button.dataset.decision));
  at("back").addEventListener("click", () => go(state.place - 1));
  at("next").addEventListener("click", () => go(state.place + 1));
  at("open").addEventListener("click", undecided);
  at("download").addEventListener("click", download);
  at("ask").addEventListener("click", ask);
  at("close").addEventListener("click", () => at("help").close());
  document.addEventListener("visibilitychange", () => {
    // The time during which the page is hidden is nobody's time on a pair.
    if (!state.reviewer || at("review").hidden) return;
    clock(document.hidden);
    keep();
  });

  const keys = {
    m: () => decide("match"),
    n: () => decide("no_match"),
    u: () => decide("unsure"),
    o: undecided,
    d: download,
    "?": ask,
    ArrowLeft: () => go(state.place - 1),
    Backspace: () => go(state.place - 1),
    ArrowRight: () => go(state.place + 1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (at("review").hidden || at("help").open) return;
    if (event.target instanceof Element && event.target.closest("input,select,textarea")) return;
    if (event.key !== "?" && !at("keys").checked) return;
    const digit = /^[0-9]$/.test(event.key) ? Number(event.key) : -1;
    if (digit >= 0 && digit <= data.reasons.length) {
      event.preventDefault();
      reason(digit === 0 ? "" : data.reasons[digit - 1][0]);
      return;
    }
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  const before = load(`${base}/reviewer`);
  if (before && /^[A-Za-z0-9_-]{1,20}$/.test(before)) begin(before);
})();
