// Draws a test's lanes over time on a canvas, and finds what lies under a pointer.
const AXIS = 26, OWN_LANE = 26, LINE_LANE = 20;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5,
  36e5, 72e5, 108e5, 216e5, 432e5, 864e5, 1728e5, 432e6, 864e6, 2592e6, 7776e6, 31536e6];
const chart = document.getElementById("chart");
const canvas = chart.querySelector("canvas");
const pen = canvas.getContext("2d");
const view = { test: null, from: 0, to: 1, chosen: -1, width: 0, height: 0, gutter: 0, lanes: [], colors: {} };
let isQueued = false;

// How a row is drawn: its colour, and where in the lane's height it stands.
function tickOf(test, row) {
  const kind = kindOf(test, row);
  if (BAD.has(kind)) return BAD_TICK;
  return TICKS[kind] || PLAIN_TICK;
}
const BAD_TICK = { color: "bad", top: 0.05, bottom: 0.95, width: 2, order: 6 };
const PLAIN_TICK = { color: "text", top: 0.3, bottom: 0.7, width: 1, order: 1 };
const TICKS = {
  log: { color: "log", top: 0.72, bottom: 0.95, width: 1, order: 0 },
  notice: { color: "fault", top: 0.3, bottom: 0.95, width: 2, order: 3 },
  held: { color: "good", top: 0.15, bottom: 0.85, width: 3, order: 5 },
  fault_began: { color: "fault", top: 0.05, bottom: 0.95, width: 2, order: 4 },
  fault_ended: { color: "fault", top: 0.05, bottom: 0.95, width: 1, order: 4 },
};
for (const kind of ["sent", "server_sent", "uart_sent"]) TICKS[kind] = { color: "beat", top: 0.1, bottom: 0.52, width: 1, order: 2 };
for (const kind of ["received", "server_received", "uart_received"]) TICKS[kind] = { color: "heard", top: 0.48, bottom: 0.9, width: 1, order: 2 };

function show(test) {
  view.test = opened(test);
  view.chosen = -1;
  let top = AXIS;
  view.lanes = test.lanes.map((lane) => {
    const height = lane.slot < 0 ? OWN_LANE : LINE_LANE;
    top += height;
    return { lane, top: top - height, height };
  });
  canvas.parentElement.scrollTop = 0;
  showAll();
  measure();
}

function showAll() { look(0, view.test.end || 1); }

// Around the last fault, or the failure, or the whole.
function showFault() {
  const { faults, failure, end } = view.test;
  const last = faults.reduce((last, fault) => (!last || fault.from > last.from ? fault : last), null);
  const [from, to] = last ? [last.from, last.to] : failure ? [failure.at, failure.at] : [0, end];
  const room = Math.max((to - from) * 0.6, end * 0.01, 5000);
  look(from - room, Math.min(to, from + 36e5 * 6) + room);
}

function look(from, to) {
  const end = view.test.end || 1, span = Math.min(Math.max(to - from, 0.5), end * 1.04);
  const start = Math.min(Math.max(from, -end * 0.02), end * 1.02 - span);
  view.from = start;
  view.to = start + span;
  redraw();
}

function zoom(factor, x = view.gutter + (view.width - view.gutter) / 2) {
  const at = timeAt(x);
  look(at - (at - view.from) * factor, at + (view.to - at) * factor);
}

function pan(share) { const by = (view.to - view.from) * share; look(view.from + by, view.to + by); }
function timeAt(x) { return view.from + ((x - view.gutter) / (view.width - view.gutter)) * (view.to - view.from); }
function xAt(time) { return view.gutter + ((time - view.from) / (view.to - view.from)) * (view.width - view.gutter); }

// The canvas is as large as what is seen of it; taller charts scroll beneath.
function measure() {
  if (!view.test) return;
  const bottom = view.lanes.reduce((sum, lane) => sum + lane.height, AXIS);
  const most = Math.max(160, Math.round(window.innerHeight * 0.6));
  chart.style.height = Math.min(bottom, most) + 2 + "px";
  view.width = chart.clientWidth;
  view.height = Math.min(bottom, most);
  view.gutter = Math.round(Math.min(132, view.width * 0.27));
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(view.width * ratio);
  canvas.height = Math.round(view.height * ratio);
  canvas.style.width = view.width + "px";
  canvas.style.height = view.height + "px";
  canvas.style.position = "sticky";
  canvas.style.top = "0";
  canvas.style.marginBottom = bottom - view.height + "px";
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  redraw();
}

function redraw() {
  if (isQueued) return;
  isQueued = true;
  requestAnimationFrame(() => { isQueued = false; draw(); });
}

function readColors() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["back", "panel", "text", "faint", "line", "accent", "good", "bad", "on", "open", "beat", "heard", "fault", "fault-text", "log"]) {
    view.colors[name] = style.getPropertyValue("--" + name).trim();
  }
}

function draw() {
  const { test, width, height, colors } = view;
  if (!test || !width) return;
  pen.fillStyle = colors.back;
  pen.fillRect(0, 0, width, height);
  const seen = view.lanes.map(({ lane, top, height }) => ({ lane, top: top - chart.scrollTop, height }))
    .filter((lane) => lane.top + lane.height > AXIS && lane.top < height);
  pen.save();
  pen.beginPath();
  pen.rect(view.gutter, 0, width - view.gutter, height);
  pen.clip();
  seen.forEach(drawBands);
  seen.forEach(drawTicks);
  drawFaults(seen);
  drawChosen(seen);
  drawAxis();
  pen.restore();
  drawLabels(seen);
  pen.textAlign = "left";
}

function bar(from, to, top, height, least = 1) {
  const left = Math.max(xAt(from), view.gutter - 2), right = Math.min(xAt(to), view.width + 2);
  if (right >= left) pen.fillRect(left, top, Math.max(right - left, least), height);
}

function drawBands({ lane, top, height }) {
  pen.fillStyle = view.colors.line;
  if (lane.slot < 0 && top > AXIS + 1) pen.fillRect(view.gutter, top, view.width, 1);
  for (const band of lane.bands) {
    if (band.to < view.from || band.from > view.to) continue;
    pen.fillStyle = view.colors[band.is];
    const inset = band.is === "on" ? 4 : 3;
    bar(band.from, band.to, top + inset, height - 2 * inset);
  }
}

function drawFaults(seen) {
  pen.font = "11px system-ui, sans-serif";
  for (const fault of view.test.faults) {
    if (fault.to < view.from || fault.from > view.to) continue;
    const isWorlds = view.test.actors[fault.actor].kind === "world";
    const hit = seen.filter(({ lane }) => isWorlds || lane.actor === view.test.actors[fault.actor]);
    if (!hit.length) continue;
    const top = Math.max(hit[0].top, AXIS), last = hit[hit.length - 1];
    pen.fillStyle = view.colors.fault;
    pen.globalAlpha = 0.26;
    bar(fault.from, fault.to, top, last.top + last.height - top, 2);
    pen.globalAlpha = 1;
    bar(fault.from, fault.from, top, last.top + last.height - top, 1);
    if (hit[0].top >= AXIS) writeIn(fault, hit[0]);
  }
}

// What the fault is, where its first lane has room for the words.
function writeIn(fault, { top, height }) {
  const left = Math.max(xAt(fault.from), view.gutter), room = Math.min(xAt(fault.to), view.width) - left - 14;
  const words = carried(view.test, fault.row);
  if (pen.measureText(words).width > room) return;
  pen.fillStyle = view.colors["fault-text"];
  pen.textBaseline = "middle";
  pen.fillText(words, left + 8, top + height / 2 + 1);
}

// Of what falls on one pixel, each colour is drawn once.
function drawTicks({ lane, top, height }) {
  const { test } = view, { ticks } = lane;
  const drawn = new Map();
  const scale = (view.width - view.gutter) / (view.to - view.from);
  for (let at = firstFrom(ticks, view.from - 4 / scale); at < ticks.length; at++) {
    const row = ticks[at], time = test.at[row];
    if (time > view.to) break;
    const tick = tickOf(test, row), x = Math.round(xAt(time));
    if (drawn.get(tick) === x) continue;
    drawn.set(tick, x);
    pen.fillStyle = view.colors[tick.color];
    pen.fillRect(x - (tick.width >> 1), top + height * tick.top, tick.width, height * (tick.bottom - tick.top));
  }
}

// The first of `ticks` at or after a time.
function firstFrom(ticks, time) {
  let low = 0, high = ticks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (view.test.at[ticks[middle]] < time) low = middle + 1; else high = middle;
  }
  return low;
}

function drawChosen(seen) {
  const { test, chosen } = view;
  if (chosen < 0) return;
  const x = Math.round(xAt(test.at[chosen]));
  pen.fillStyle = view.colors.accent;
  pen.fillRect(x, AXIS, 1, view.height);
  const place = seen.find(({ lane }) => lane === test.lanes[test.laneOf[chosen]]);
  if (!place) return;
  pen.strokeStyle = view.colors.accent;
  pen.lineWidth = 2;
  pen.strokeRect(x - 4.5, place.top + 1.5, 10, place.height - 3);
}

function drawAxis() {
  const { colors, width, gutter, from, to } = view;
  pen.fillStyle = colors.panel;
  pen.fillRect(gutter, 0, width, AXIS - 1);
  pen.fillStyle = colors.line;
  pen.fillRect(gutter, AXIS - 1, width, 1);
  const room = (to - from) * (92 / (width - gutter));
  const step = STEPS.find((step) => step >= room) || STEPS[STEPS.length - 1];
  pen.font = "11px system-ui, sans-serif";
  pen.textBaseline = "middle";
  for (let time = Math.max(0, Math.ceil(from / step) * step); time <= to; time += step) {
    const x = Math.round(xAt(time));
    pen.fillStyle = colors.line;
    pen.fillRect(x, AXIS - 7, 1, 6);
    pen.fillStyle = colors.faint;
    const label = clock(time, step);
    const half = pen.measureText(label).width / 2;
    pen.textAlign = "left";
    pen.fillText(label, Math.min(Math.max(x - half, gutter + 4), width - 2 * half - 4), 10);
  }
}

function drawLabels(seen) {
  const { colors, gutter, height } = view;
  pen.fillStyle = colors.panel;
  pen.fillRect(0, 0, gutter, height);
  pen.fillStyle = colors.line;
  pen.fillRect(gutter - 1, 0, 1, height);
  pen.save();
  pen.beginPath();
  pen.rect(0, AXIS, gutter - 4, height);
  pen.clip();
  for (const { lane, top, height } of seen) {
    pen.fillStyle = lane.slot < 0 ? colors.text : colors.faint;
    pen.font = (lane.slot < 0 ? "600 12px" : "11px") + " system-ui, sans-serif";
    const isServers = lane.actor.kind === "server";
    const name = lane.slot < 0 ? nameOf(lane.actor) : isServers ? `${say("conns")} ${lane.slot + 1}` : say("socket")(lane.slot + 1);
    pen.fillText(name, lane.slot < 0 ? 8 : 18, top + height / 2 + 1);
  }
  pen.restore();
}

// `02:03:04.005`; without what a step of the axis makes needless.
function clock(ms, step = 0.001) {
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  const days = Math.floor(ms / 864e5);
  if (step >= 864e5) return `${days}d`;
  const hours = step < 1 ? two(ms / 36e5) : (days ? `${days}d ` : "") + two((ms / 36e5) % 24);
  const text = `${hours}:${two((ms / 6e4) % 60)}`;
  if (step >= 6e4) return text;
  const seconds = `${text}:${two((ms / 1e3) % 60)}`;
  return step >= 1e3 ? seconds : `${seconds}.${String(Math.floor(ms % 1e3)).padStart(3, "0")}`;
}

// The event nearest to a point of the canvas, with how many more lie there; or a fault; or nothing.
function under(x, y) {
  const { test } = view, down = y + chart.scrollTop;
  const place = view.lanes.find(({ top, height }) => down >= top && down < top + height);
  if (!place || x < view.gutter || y < AXIS) return null;
  const time = timeAt(x), reach = timeAt(x + 6) - time, { ticks } = place.lane;
  let best = -1, score = -1, count = 0;
  for (let at = firstFrom(ticks, time - reach); at < ticks.length && test.at[ticks[at]] <= time + reach; at++) {
    count++;
    const near = tickOf(test, ticks[at]).order - (8 * Math.abs(test.at[ticks[at]] - time)) / reach;
    if (best < 0 || near > score) [best, score] = [ticks[at], near];
  }
  if (best >= 0) return { row: best, more: count - 1 };
  const fault = test.faults.find(({ from, to, actor }) => from <= time && time <= to &&
    (test.actors[actor].kind === "world" || test.actors[actor] === place.lane.actor));
  return fault ? { row: fault.row, more: 0 } : null;
}
