// Sending: to one device, to those that were chosen, to all.

import { ask, told } from "./ask.js";
import { toHex } from "./bytes.js";
import { Repeats } from "./repeats.js";
import { counted, fill, words } from "./words.js";
import { ended, fromHex, fromText } from "./write.js";

const at = (id) => document.getElementById(id);

// The most that is sent with one call, and shown before.
const CALL_BYTES = 256 << 10;
const SHOWN_BYTES = 64;
const KEPT = "holdline-presets";

export class Send {
  #filter;
  #form = at("send");
  #presets = [];
  #repeats = new Repeats();

  constructor(filter) {
    this.#filter = filter;
    const { as, end, preset } = this.#form.elements;
    this.#form.addEventListener("input", ({ target }) => {
      if (["what", "file"].includes(target.name)) this.#show();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      told(at("send-told"), () => this.#send());
    });
    for (const field of [as, end]) field.addEventListener("change", () => this.#show());
    preset.addEventListener("change", () => this.#use());
    at("repeat").addEventListener("click", () => told(at("send-told"), () => this.#repeat()));
    at("preset-keep").addEventListener("click", () => this.#keep());
    at("preset-drop").addEventListener("click", () => this.#drop());
    // Enter does what stands beside a field, and not what the form does.
    for (const [name, id] of [["every", "repeat"], ["turns", "repeat"], ["called", "preset-keep"]]) {
      this.#form.elements[name].addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        at(id).click();
      });
    }
    filter.onChange(() => this.#show());
    this.#presets = kept();
    this.#list("");
    this.#show();
  }

  /** The bytes as they are written. */
  async #bytes() {
    const { what, as, end, file } = this.#form.elements;
    if (as.value === "file") {
      const bytes = file.files.length > 0 ? await file.files[0].arrayBuffer() : [];
      return ended(new Uint8Array(bytes), end.value);
    }
    const bytes = as.value === "hex" ? fromHex(what.value) : fromText(what.value, this.#filter.charset);
    return ended(bytes, end.value);
  }

  /** Something happened. */
  refresh() {
    this.#repeats.handleNews();
  }

  /** Those that were chosen; all, if nobody was. */
  get #devices() {
    return this.#filter.devices.size > 0 ? [...this.#filter.devices] : undefined;
  }

  async #repeat() {
    const { every, turns } = this.#form.elements;
    const times = turns.value === "" ? undefined : Number(turns.value);
    return this.#repeats.begin(this.#devices, await this.#bytes(), every.value.trim(), times);
  }

  async #send() {
    const bytes = await this.#bytes();
    const devices = this.#devices;
    let connections = 0;
    for (let from = 0; from < Math.max(1, bytes.length); from += CALL_BYTES) {
      const hex = toHex(bytes.subarray(from, from + CALL_BYTES));
      ({ connections } = await ask("POST", "/api/devices/send", { devices, hex }));
    }
    const size = fill(words.length, { n: counted(bytes.length) });
    return fill(words.sent_to, { n: counted(connections), bytes: size });
  }

  #show() {
    const { what, as, file } = this.#form.elements;
    const { size } = this.#filter.devices;
    what.hidden = as.value === "file";
    file.hidden = as.value !== "file";
    at("send-to").textContent = size === 0 ? words.send_to_all : fill(words.send_to_some, { n: size });
    // What becomes of a call that is under way is told apart from what is written meanwhile.
    at("send-told").textContent = "";
    told(at("send-shown"), async () => {
      const bytes = await this.#bytes();
      const more = bytes.length > SHOWN_BYTES ? " \u2026" : "";
      return bytes.length === 0 ? "" : toHex(bytes.subarray(0, SHOWN_BYTES)) + more;
    });
  }

  #use() {
    const { preset, called } = this.#form.elements;
    const kept = this.#presets.find((one) => one.called === preset.value);
    if (!kept) return;
    for (const name of ["what", "as", "end"]) this.#form.elements[name].value = kept[name];
    called.value = kept.called;
    this.#show();
  }

  /** Under its name; without one, under what it is. */
  #keep() {
    const { what, as, end, called } = this.#form.elements;
    if (what.value === "" || as.value === "file") return;
    const name = called.value.trim() || what.value;
    this.#presets = this.#presets.filter((one) => one.called !== name);
    this.#presets.push({ called: name, what: what.value, as: as.value, end: end.value });
    this.#list(name);
  }

  #drop() {
    const { preset, called } = this.#form.elements;
    this.#presets = this.#presets.filter((one) => one.called !== preset.value);
    called.value = "";
    this.#list("");
  }

  #list(chosen) {
    const { preset } = this.#form.elements;
    localStorage.setItem(KEPT, JSON.stringify(this.#presets));
    preset.replaceChildren(
      new Option(words.presets, ""),
      ...this.#presets.map(({ called }) => new Option(called, called)),
    );
    preset.value = chosen;
  }
}

/** What was kept; nothing, if it cannot be read. */
function kept() {
  try {
    const all = JSON.parse(localStorage.getItem(KEPT)) ?? [];
    return all.map((one) => ({ ...one, called: one.called ?? one.what }));
  } catch {
    return [];
  }
}
