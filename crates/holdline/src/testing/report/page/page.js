// The page: the list of tests, the words, the rows, and what hands do.
const by = (id) => document.getElementById(id);
const PREFERRED = [...(navigator.languages || [])].some((name) => name.toLowerCase().startsWith("zh")) ? "zh" : "en";
let lang = WORDS[DATA.lang] ? DATA.lang : PREFERRED;
let theme = "auto", current = 0;
const ROW = 24, ROWS_TALL_MAX = 12e6;

function say(key) { return WORDS[lang][key]; }

function nameOf(actor) {
  if (actor.kind === "world") return say("world");
  if (actor.kind === "device") return say("device")(actor.number);
  return say("server")(visible(actor.host || "") + ":" + actor.port);
}

// What happened, in words.
function told(test, row) {
  const kind = kindOf(test, row), text = carried(test, row);
  const words = say(kind);
  if (typeof words === "object") return words[text] || text;
  const isQuoted = BYTES.has(kind) && kind !== "log";
  return words.replace("%", () => (isQuoted ? `"${text}"` : text));
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

const VERDICTS = ["passed", "failed", "error"], MARKS = { passed: "✓", failed: "✗", error: "!" };

function listTests() {
  const nav = by("tests");
  nav.replaceChildren();
  let file = null;
  DATA.tests.forEach((test, at) => {
    if (test.file !== file) nav.append(element("h3", visible((file = test.file))));
    const button = element("button");
    button.type = "button";
    const verdict = VERDICTS[test.verdict];
    button.append(element("span", MARKS[verdict], "mark " + verdict), element("span", visible(test.name)));
    button.setAttribute("aria-current", at === current);
    button.addEventListener("click", () => choose(at));
    nav.append(button);
  });
  for (const fault of DATA.errors) {
    nav.append(element("h3", place(visible(fault.file), fault.line)));
    nav.append(element("p", visible(fault.text) + (fault.hint ? "\n" + say("hint") + ": " + visible(fault.hint) : ""), "error"));
  }
}

function choose(at) {
  current = at;
  if (DATA.tests[at]) show(DATA.tests[at]);
  label();
  by("rows").scrollTop = 0;
  const failure = DATA.tests[at] && DATA.tests[at].failure;
  if (failure) {
    const rows = view.test.at;
    let last = rows.length - 1;
    while (last > 0 && rows[last] > failure.at) last--;
    if (last >= 0) pick(last, false);
  }
}

// Everything that is said, in the language of the moment.
function label() {
  document.documentElement.lang = lang;
  by("lang").textContent = say("other");
  by("theme").textContent = say("themes")[theme];
  const count = (verdict) => DATA.tests.filter((test) => test.verdict === verdict).length;
  by("counts").textContent = say("counts")(count(0), count(1), count(2) + DATA.errors.length);
  by("all").textContent = say("all");
  by("fault").textContent = say("fault");
  by("in").title = say("zoomIn");
  by("out").title = say("zoomOut");
  by("keys").textContent = say("keys");
  chart.setAttribute("aria-label", say("chart"));
  const legend = Object.entries(say("legend")).map(([name, text]) => {
    const item = element("span"), square = element("i");
    square.style.background = `var(--${name})`;
    item.append(square, text);
    return item;
  });
  by("legend").replaceChildren(...legend);
  listTests();
  const test = DATA.tests[current];
  by("story").hidden = !test;
  if (!test) return;
  by("name").replaceChildren(element("span", MARKS[VERDICTS[test.verdict]] + " ", VERDICTS[test.verdict]), visible(test.name));
  by("facts").textContent = say("facts")(test);
  tellFailure(test);
  by("told").replaceChildren(...(test.who.length ? (view.chosen < 0 ? [] : tellRow(view.chosen)) : [say("none")]));
  fillRows();
  redraw();
}

function tellFailure({ failure, file }) {
  const box = by("failure");
  box.hidden = !failure;
  if (!failure) return;
  box.replaceChildren(element("code", failure.words));
  const facts = [["expected", failure.expected], ["got", failure.got], ["hint", failure.hint], ["at", `${clock(failure.at)}  ${place(file, failure.line)}`]];
  for (const [key, text] of facts) {
    if (!text) continue;
    const line = element("div");
    line.append(element("b", say(key)), element("span", text));
    box.append(line);
  }
}

// A row in full: when, who, what, and its bytes.
function tellRow(row, more = 0) {
  const { test } = view, blob = rawOf(test, row);
  const head = element("span", `${clock(test.at[row])}  ${nameOf(test.actors[test.who[row]])}: ${told(test, row).slice(0, 600)}`);
  const parts = [head];
  if (more) parts.push(element("span", `  (+${more})`));
  if (blob !== null) parts.push(element("pre", `${say("bytes")(blob.length)}  ${hexOf(blob)}`));
  return parts;
}

// Only the rows that are seen are made.
function fillRows() {
  const { test } = view, box = by("rows"), all = by("rows-all");
  if (!test) return;
  const whole = test.who.length * ROW, tall = Math.min(whole, ROWS_TALL_MAX), room = box.clientHeight;
  all.style.height = tall + "px";
  const share = tall > room ? box.scrollTop / (tall - room) : 0;
  const top = share * Math.max(whole - room, 0), first = Math.floor(top / ROW);
  const made = [];
  for (let row = first; row < Math.min(test.who.length, first + Math.ceil(room / ROW) + 2); row++) {
    const kind = kindOf(test, row), line = element("div");
    line.className = "row" + (kind.startsWith("fault") ? " fault" : BAD.has(kind) ? " bad" : kind === "log" ? " log" : "") + (row === view.chosen ? " chosen" : "");
    line.style.top = box.scrollTop + row * ROW - top + "px";
    line.append(element("time", clock(test.at[row])), element("b", nameOf(test.actors[test.who[row]])), element("span", told(test, row).slice(0, 300)));
    line.addEventListener("click", () => pick(row, false));
    made.push(line);
  }
  all.replaceChildren(...made);
}

// Chooses a row: the chart, the words and the list show it.
function pick(row, isListed = true) {
  const { test } = view, box = by("rows");
  view.chosen = row;
  const time = test.at[row];
  if (time < view.from || time > view.to) {
    const half = (view.to - view.from) / 2;
    look(time - half, time + half);
  }
  const whole = test.who.length * ROW, tall = Math.min(whole, ROWS_TALL_MAX), room = box.clientHeight;
  if (isListed || box.scrollTop === 0) {
    const top = Math.max(0, row * ROW - room / 2);
    box.scrollTop = whole > room ? (top / (whole - room)) * (tall - room) : 0;
  }
  by("told").replaceChildren(...tellRow(row));
  fillRows();
  redraw();
}

// The next event in the chosen one's lane, or the nearest in a lane above or below.
function step(along, across) {
  const { test, chosen } = view;
  if (!test.who.length) return;
  if (chosen < 0) return pick(0);
  const at = test.laneOf[chosen];
  if (along) {
    const { ticks } = test.lanes[at], next = ticks[ticks.indexOf(chosen) + along];
    return next === undefined ? undefined : pick(next);
  }
  for (let lane = at + across; test.lanes[lane]; lane += across) {
    const { ticks } = test.lanes[lane];
    if (ticks.length) return pick(ticks[Math.min(firstFrom(ticks, test.at[chosen]), ticks.length - 1)]);
  }
}

const KEYS = {
  ArrowRight: (event) => (event.shiftKey ? pan(0.2) : step(1, 0)), ArrowLeft: (event) => (event.shiftKey ? pan(-0.2) : step(-1, 0)),
  ArrowDown: () => step(0, 1), ArrowUp: () => step(0, -1), "+": () => zoom(0.6), "=": () => zoom(0.6), "-": () => zoom(1 / 0.6),
  0: showAll, Home: showAll, f: showFault,
};
chart.addEventListener("keydown", (event) => {
  const act = !event.ctrlKey && !event.metaKey && !event.altKey && KEYS[event.key];
  if (act) { act(event); event.preventDefault(); }
});
chart.addEventListener("wheel", (event) => {
  event.preventDefault();
  const { left } = chart.getBoundingClientRect();
  const unit = event.deltaMode === 1 ? 16 : 1;
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return pan(((event.deltaX || event.deltaY) * unit) / 900);
  zoom(Math.exp(event.deltaY * unit * 0.0016), Math.max(event.clientX - left, view.gutter));
}, { passive: false });

// One finger or the mouse moves; two fingers zoom about the point between them.
const fingers = new Map();
let pinched = null, dragged = 0;
chart.addEventListener("pointerdown", (event) => {
  fingers.set(event.pointerId, event.clientX);
  dragged = 0;
  pinched = null;
  hideTip();
});
chart.addEventListener("pointermove", (event) => {
  const { left, top } = chart.getBoundingClientRect();
  if (!fingers.has(event.pointerId)) return hover(event, event.clientX - left, event.clientY - top);
  const before = fingers.get(event.pointerId);
  fingers.set(event.pointerId, event.clientX);
  if (fingers.size === 2) {
    const [one, two] = [...fingers.values()], apart = Math.max(Math.abs(one - two), 10);
    if (pinched) zoom(pinched / apart, (one + two) / 2 - left);
    pinched = apart;
    dragged = 9;
    return;
  }
  dragged += Math.abs(event.clientX - before);
  if (dragged < 4) return;
  if (!chart.hasPointerCapture(event.pointerId)) chart.setPointerCapture(event.pointerId);
  chart.classList.add("dragged");
  pan((before - event.clientX) / (view.width - view.gutter));
});
for (const name of ["pointerup", "pointercancel"]) {
  chart.addEventListener(name, (event) => {
    fingers.delete(event.pointerId);
    chart.classList.remove("dragged");
    const { left, top } = chart.getBoundingClientRect();
    const found = name === "pointerup" && dragged < 4 && under(event.clientX - left, event.clientY - top);
    if (found) pick(found.row);
  });
}
chart.addEventListener("pointerleave", hideTip);
chart.addEventListener("scroll", redraw);

function hideTip() { by("tip").hidden = true; }

function hover(event, x, y) {
  const found = view.test && event.pointerType !== "touch" && under(x, y), tip = by("tip");
  tip.hidden = !found;
  if (!found) return;
  tip.replaceChildren(...tellRow(found.row, found.more));
  const width = tip.offsetWidth, height = tip.offsetHeight;
  tip.style.left = Math.max(8, Math.min(event.clientX + 14, window.innerWidth - width - 8)) + "px";
  const above = event.clientY - height - 12;
  tip.style.top = (above > 4 ? above : event.clientY + 18) + "px";
}

by("rows").addEventListener("scroll", fillRows);
by("rows").addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !view.test) return;
  event.preventDefault();
  pick(Math.min(Math.max(view.chosen + by, 0), view.test.who.length - 1));
});
by("in").addEventListener("click", () => zoom(0.6));
by("out").addEventListener("click", () => zoom(1 / 0.6));
by("all").addEventListener("click", showAll);
by("fault").addEventListener("click", showFault);
by("lang").addEventListener("click", () => { lang = lang === "en" ? "zh" : "en"; label(); });
by("theme").addEventListener("click", () => {
  theme = { auto: "light", light: "dark", dark: "auto" }[theme];
  if (theme === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme;
  readColors();
  label();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColors(); redraw(); });
new ResizeObserver(() => { measure(); fillRows(); }).observe(chart.parentElement);

readColors();
choose(Math.max(0, DATA.tests.findIndex((test) => test.verdict !== 0)));
document.body.dataset.ready = "yes";
