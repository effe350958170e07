// Sends that the lab repeats, whether a page is open or not.

import { ask, told } from "./ask.js";
import { fromBase64, toHex } from "./bytes.js";
import { counted, fill, words } from "./words.js";

const at = (id) => document.getElementById(id);

// How often they are looked at, and how much is shown of each.
const LOOK_MS = 1000;
const SHOWN_BYTES = 8;

export class Repeats {
  #due = undefined;

  constructor() {
    at("repeats").addEventListener("click", ({ target }) => {
      const { end } = target.dataset;
      if (end) told(at("send-told"), () => this.#end(end));
    });
  }

  /** Has the lab send these bytes again and again. */
  async begin(devices, bytes, every, times) {
    await ask("POST", "/api/repeats", { devices, hex: toHex(bytes), every, times });
    this.refresh();
    return words.repeat_begun;
  }

  /** Something happened: others may have begun or ended some. */
  handleNews() {
    this.#due ??= setTimeout(() => this.refresh(), LOOK_MS);
  }

  /** Looks which there are. */
  async refresh() {
    clearTimeout(this.#due);
    this.#due = undefined;
    try {
      this.#show(await ask("GET", "/api/repeats"));
    } catch {
      // The lab is away; main.js asks again when it is back.
    }
  }

  async #end(id) {
    await ask("DELETE", `/api/repeats/${id}`);
    await this.refresh();
    return "";
  }

  #show(all) {
    const list = at("repeats");
    const ids = new Set(all.map(({ id }) => `repeat-${id}`));
    for (const old of [...list.children]) if (!ids.has(old.id)) old.remove();
    for (const one of all) {
      const line = document.getElementById(`repeat-${one.id}`) ?? list.appendChild(empty(one.id));
      line.firstElementChild.textContent = sentence(one);
    }
    if (all.length > 0) this.handleNews();
  }
}

/** A line whose button stays where it is, as somebody may be about to press it. */
function empty(id) {
  const line = document.createElement("li");
  line.id = `repeat-${id}`;
  const end = document.createElement("button");
  Object.assign(end, { type: "button", textContent: words.repeat_stop });
  end.dataset.end = id;
  line.append(document.createElement("span"), end);
  return line;
}

function sentence({ devices, bytes, every_ms, times, turns }) {
  const all = fromBase64(bytes);
  const more = all.length > SHOWN_BYTES ? " \u2026" : "";
  const whom = devices === null ? words.send_to_all : fill(words.send_to_some, { n: counted(devices.length) });
  const every = every_ms % 1000 === 0
    ? fill(words.seconds, { n: counted(every_ms / 1000) }) : fill(words.millis, { n: counted(every_ms) });
  return fill(times === null ? words.repeat_told : words.repeat_told_of, {
    bytes: toHex(all.subarray(0, SHOWN_BYTES)) + more, every, whom, turns: counted(turns), times: counted(times ?? 0),
  });
}
