// Word from the lab that something happened, and whether there is word at all.

import { fill, words } from "./words.js";

const RETRY_MS = 1000;

const at = (id) => document.getElementById(id);

function light(state, text) {
  at("lamp").dataset.state = state;
  at("lamp").textContent = text;
  at("lost").hidden = state !== "lost";
}

export class Live {
  #happened;
  #source = null;
  #due;
  // Which lab it was.
  #started = null;

  /** Calls `happened` for each word, so also as soon as the lab is back. */
  constructor(happened) {
    this.#happened = happened;
    // Whoever wakes or finds the net again does not wait.
    addEventListener("online", () => this.#open());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#source === null) this.#open();
    });
    this.#open();
  }

  #open() {
    this.#source?.close();
    this.#source = new EventSource("/page/live");
    this.#source.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    this.#source.addEventListener("beat", () => this.#watch());
    this.#source.addEventListener("error", () => this.#lose());
    this.#watch();
  }

  /** Who hears no word for so long, as live.rs has it, has lost the lab. */
  #watch() {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => this.#lose(), Number(document.body.dataset.silence));
  }

  #lose() {
    light("lost", words.lost);
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#due);
    this.#due = setTimeout(() => this.#open(), RETRY_MS);
  }

  #hear({ trouble, started }) {
    this.#watch();
    if (trouble === null) light("live", words.live);
    else light("trouble", fill(words.trouble, { why: trouble }));
    const isOther = this.#started !== null && this.#started !== started;
    if (isOther) at("restarted").hidden = false;
    this.#started = started;
    this.#happened({ isOther });
  }
}
