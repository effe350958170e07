// The rows that the filter lets through, fetched in blocks: only where blocks end is known of all.

const BLOCK_ROWS = 200;
const BLOCKS_KEPT = 40;

export class Blocks {
  #query = "";
  // The number of the last row of each full block.
  #marks = [];
  #rest = 0;
  #span = null;
  #kept = new Map();
  #fetching = new Set();
  // Answers to what was asked before the filter changed are not for us.
  #turn = 0;
  #isBusy = false;
  #isDue = false;
  #changed;
  #troubled;

  /** `changed` is called when rows came; `troubled` with what is wrong, or with nothing. */
  constructor(changed, troubled) {
    this.#changed = changed;
    this.#troubled = troubled;
  }

  get count() {
    return this.#marks.length * BLOCK_ROWS + this.#rest;
  }

  /** Shows what another query lets through. */
  ask(query) {
    this.#query = query;
    this.#forget();
    this.#isBusy = false;
    return this.refresh();
  }

  /** Looks for what is new; asked again meanwhile, it looks once more. */
  async refresh() {
    this.#isDue = this.#isBusy;
    if (this.#isBusy) return;
    this.#isBusy = true;
    const turn = this.#turn;
    try {
      while (await this.#extend(turn));
    } finally {
      if (turn === this.#turn) this.#isBusy = false;
    }
    if (turn === this.#turn && this.#isDue) await this.refresh();
  }

  /** A row by its place, or nothing as long as it is on its way. */
  row(place) {
    const block = Math.floor(place / BLOCK_ROWS);
    const wanted = block < this.#marks.length ? BLOCK_ROWS : this.#rest;
    const rows = this.#kept.get(block);
    if (!rows || rows.length < wanted) this.#fetch(block);
    return rows?.[place % BLOCK_ROWS];
  }

  #forget() {
    this.#turn += 1;
    this.#marks = [];
    this.#rest = 0;
    this.#span = null;
    this.#kept.clear();
    this.#fetching.clear();
  }

  async #extend(turn) {
    const found = await this.#get("marks", this.#marks.at(-1) ?? 0, turn);
    if (!found) return false;
    const span = found.span.join();
    if (this.#span !== null && this.#span !== span && this.#marks.length + this.#rest > 0) {
      // Rows went, or were handed to another device: where blocks end is to be found anew.
      this.#marks = [];
      this.#rest = 0;
      this.#kept.clear();
      this.#span = span;
      return true;
    }
    this.#span = span;
    this.#marks.push(...found.marks);
    this.#rest = found.rest;
    this.#changed();
    return found.has_more;
  }

  async #fetch(block) {
    if (this.#fetching.has(block)) return;
    this.#fetching.add(block);
    const turn = this.#turn;
    const rows = await this.#get("rows", block === 0 ? 0 : this.#marks[block - 1], turn);
    if (turn !== this.#turn) return;
    this.#fetching.delete(block);
    if (!rows) return;
    this.#kept.delete(block);
    this.#kept.set(block, rows);
    if (this.#kept.size > BLOCKS_KEPT) this.#kept.delete(this.#kept.keys().next().value);
    this.#changed();
  }

  async #get(what, after, turn) {
    try {
      const answer = await fetch(`/page/${what}?${this.#query}&after=${after}`);
      const found = await answer.json();
      if (turn !== this.#turn) return null;
      this.#troubled(answer.ok ? "" : found.error);
      return answer.ok ? found : null;
    } catch {
      // The lab is away; what is new is asked for when it is back.
      return null;
    }
  }
}
