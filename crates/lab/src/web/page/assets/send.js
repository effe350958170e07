// Sending: to one device, to those that were chosen, to all.

import { ask, told } from "./ask.js";
import { toHex } from "./bytes.js";
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

  constructor(filter) {
    this.#filter = filter;
    const { as, preset } = this.#form.elements;
    this.#form.addEventListener("input", () => this.#show());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      told(at("send-told"), () => this.#send());
    });
    as.addEventListener("change", () => this.#show());
    preset.addEventListener("change", () => this.#use());
    at("preset-keep").addEventListener("click", () => this.#keep());
    at("preset-drop").addEventListener("click", () => this.#drop());
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

  async #send() {
    const bytes = await this.#bytes();
    const devices = this.#filter.devices.size > 0 ? [...this.#filter.devices] : undefined;
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
    told(at("send-told"), async () => {
      const bytes = await this.#bytes();
      const more = bytes.length > SHOWN_BYTES ? " \u2026" : "";
      return bytes.length === 0 ? "" : toHex(bytes.subarray(0, SHOWN_BYTES)) + more;
    });
  }

  #use() {
    const kept = this.#presets.find(({ what }) => what === this.#form.elements.preset.value);
    if (!kept) return;
    for (const name of ["what", "as", "end"]) this.#form.elements[name].value = kept[name];
    this.#show();
  }

  #keep() {
    const { what, as, end } = this.#form.elements;
    if (what.value === "" || as.value === "file") return;
    this.#presets = this.#presets.filter((one) => one.what !== what.value);
    this.#presets.push({ what: what.value, as: as.value, end: end.value });
    this.#list(what.value);
  }

  #drop() {
    const { preset } = this.#form.elements;
    this.#presets = this.#presets.filter(({ what }) => what !== preset.value);
    this.#list("");
  }

  #list(chosen) {
    const { preset } = this.#form.elements;
    localStorage.setItem(KEPT, JSON.stringify(this.#presets));
    preset.replaceChildren(
      new Option(words.presets, ""),
      ...this.#presets.map(({ what }) => new Option(what, what)),
    );
    preset.value = chosen;
  }
}

/** What was kept; nothing, if it cannot be read. */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}
