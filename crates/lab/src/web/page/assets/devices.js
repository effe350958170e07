// The list of devices: it is fetched anew when something happened, and changed in its place.

import { Idiomorph } from "/page/idiomorph.js";
import { ask, told } from "./ask.js";
import { moment } from "./times.js";
import { words } from "./words.js";

const at = (id) => document.getElementById(id);

// How often it is fetched, at most and at least.
const MIN_MS = 1000;
const MAX_MS = 10_000;

// What people did to the list stays, and what was said of that.
const callbacks = {
  beforeAttributeUpdated: (name) => name !== "open" && name !== "checked",
  beforeNodeMorphed: (old) => old.tagName !== "OUTPUT",
};

export class Devices {
  #filter;
  #timer;
  #fetched = 0;
  #page = 0;
  #isFetching = false;

  constructor(filter) {
    this.#filter = filter;
    filter.onChange(() => this.#tick());
    for (const [id, change] of [["find", "input"], ["order", "change"]]) {
      at(id).addEventListener(change, () => this.#turn(0));
    }
    at("device-list").addEventListener("change", ({ target }) => {
      if (target.name === "device") filter.choose(target.value, target.checked);
    });
    at("device-list").addEventListener("click", ({ target }) => {
      if (target.dataset.kick) this.#kick(target);
      if (target.dataset.page) this.#turn(Number(target.dataset.page));
    });
  }

  /** Ends a device's connections, and says beside the button how that went. */
  async #kick(button) {
    const { kick, device } = button.dataset;
    await told(button.parentElement.querySelector("output"), async () => {
      await ask("POST", `/api/devices/${device}/kick`, { with: kick });
      return words.kicked;
    });
  }

  #turn(page) {
    this.#page = page;
    this.#plan(0);
  }

  /** Something happened. */
  refresh() {
    this.#plan(Math.max(0, this.#fetched + MIN_MS - Date.now()));
  }

  #plan(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fetch(), ms);
  }

  async #fetch() {
    if (this.#isFetching) return this.#plan(MIN_MS);
    this.#isFetching = true;
    const asked = this.#asked();
    const html = await this.#list(asked);
    this.#isFetching = false;
    this.#fetched = Date.now();
    // What was asked for meanwhile is not what came.
    const isOver = asked !== this.#asked();
    this.#plan(isOver ? 0 : MAX_MS);
    if (html !== null && !isOver) this.#show(html);
  }

  #asked() {
    return String(new URLSearchParams({ find: at("find").value, order: at("order").value, page: this.#page }));
  }

  /** Nothing, if the lab is away; the next try comes by itself. */
  async #list(asked) {
    try {
      const answer = await fetch(`/page/devices?${asked}`);
      return answer.ok ? await answer.text() : null;
    } catch {
      return null;
    }
  }

  #show(html) {
    Idiomorph.morph(at("device-list"), html, { callbacks });
    for (const time of at("device-list").querySelectorAll("time")) {
      time.textContent = moment(time.dateTime);
    }
    this.#tick();
  }

  #tick() {
    for (const box of at("device-list").querySelectorAll("input[name=device]")) {
      box.checked = this.#filter.devices.has(box.value);
    }
  }
}
