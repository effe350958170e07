// The report's data, and each test's story as lanes of bands and ticks.
const DATA = JSON.parse(document.getElementById("data").textContent);
const BYTES = new Set(["sent", "received", "log", "uart_sent", "uart_received", "server_sent", "server_received"]);
const BAD = new Set(["restarting", "powered_off", "offline", "connect_failed", "refused", "ended", "broken_off", "broken"]);
// Lanes that one device or server gets at most for its lines; further lines share the last.
const SLOTS_MAX = 24;

function kindOf(test, row) { return DATA.kinds[test.what[row]]; }

// What a row carries: text, or bytes as characters of one byte each.
function carried(test, row) {
  const at = test.says[row];
  if (at < 0) return "";
  return BYTES.has(kindOf(test, row)) ? readable(DATA.blobs[at]) : visible(DATA.texts[at]);
}

function rawOf(test, row) {
  const at = test.says[row];
  return at >= 0 && BYTES.has(kindOf(test, row)) ? DATA.blobs[at] : null;
}

// Bytes as text: UTF-8, else GBK, else byte by byte.
function readable(blob) {
  const bytes = Uint8Array.from(blob, (c) => c.charCodeAt(0));
  for (const encoding of ["utf-8", "gbk"]) {
    try { return visible(new TextDecoder(encoding, { fatal: true }).decode(bytes)); } catch { /* the next one */ }
  }
  return visible(blob);
}

function visible(text) {
  const named = { "\r": "\\r", "\n": "\\n", "\t": "\\t" };
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (c) => named[c] || "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0"));
}

function hexOf(blob) {
  const shown = blob.slice(0, 96);
  const hex = Array.from(shown, (c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join(" ");
  return shown.length < blob.length ? hex + " ..." : hex;
}

// Opens a test for drawing, once: sums up the times and sorts the rows into lanes.
function opened(test) {
  if (test.lanes) return test;
  const count = test.who.length;
  test.at = new Float64Array(count);
  for (let row = 0, micros = 0; row < count; row++) {
    micros += test.after[row];
    test.at[row] = micros / 1000;
  }
  test.lanes = [];
  test.faults = [];
  const rows = test.actors.map(() => []);
  for (let row = 0; row < count; row++) rows[test.who[row]].push(row);
  test.actors.forEach((actor, index) => { actor.lanes = lanesOf(test, actor, index, rows[index]); });
  test.laneOf = new Int32Array(count).fill(-1);
  test.lanes.forEach((lane, at) => lane.ticks.forEach((row) => { test.laneOf[row] = at; }));
  return test;
}

function lanesOf(test, actor, index, rows) {
  const own = { actor, slot: -1, bands: [], ticks: [] };
  const lanes = [own];
  const slots = [], taken = new Map(), begun = new Map();
  let on = null;
  const slotFor = (key) => {
    let slot = slots.findIndex((busy) => !busy);
    if (slot < 0) slot = Math.min(slots.length, SLOTS_MAX - 1);
    slots[slot] = true;
    taken.set(key, { slot, since: null });
    if (!lanes[slot + 1]) lanes[slot + 1] = { actor, slot, bands: [], ticks: [] };
    return taken.get(key);
  };
  const end = (key, time) => {
    const line = taken.get(key);
    if (!line) return;
    if (line.since !== null) lanes[line.slot + 1].bands.push({ from: line.since, to: time, is: "open" });
    slots[line.slot] = false;
    taken.delete(key);
  };
  for (const row of rows) {
    const kind = kindOf(test, row), time = test.at[row], key = test.line_of[row];
    if (kind === "fault_began") {
      const fault = { row, from: time, to: test.line_of[row] ? time : test.end, actor: index };
      begun.set(test.says[row], fault);
      test.faults.push(fault);
    } else if (kind === "fault_ended") {
      const fault = begun.get(test.says[row]);
      if (fault) fault.to = time;
    } else if (kind === "powered_on") { on = time;
    } else if (kind === "powered_off" || kind === "restarting") {
      if (on !== null) own.bands.push({ from: on, to: time, is: "on" });
      on = null;
    }
    if (key < 0 || kind === "fault_began") { own.ticks.push(row); continue; }
    const line = taken.get(key) || slotFor(key);
    lanes[line.slot + 1].ticks.push(row);
    if (kind === "connected" || kind === "accepted") line.since = time;
    if (["connect_failed", "ended", "closed", "broken_off", "server_closed"].includes(kind)) end(key, time);
  }
  if (on !== null) own.bands.push({ from: on, to: test.end, is: "on" });
  for (const key of [...taken.keys()]) end(key, test.end);
  test.lanes.push(...lanes);
  return lanes;
}
