// The stream: only the rows that can be seen are in the page.

import { Blocks } from "./blocks.js";
import { fromBase64, toHex, toText, visible } from "./bytes.js";
import { Detail } from "./detail.js";
import { Scroll } from "./scroll.js";
import { clock, passed } from "./times.js";
import { counted, fill, words } from "./words.js";

const at = (id) => document.getElementById(id);

// More of a row than anybody can see beside the others.
const HEX_BYTES = 64;

const ARROWS = { received: "\u2193", sent: "\u2191", message: "\u2261" };

export class Stream {
  #filter;
  #blocks;
  #scroll;
  #detail;
  #lines = [];
  #isDrawing = false;
  #isFollowing = true;
  #isPaused = false;
  // The place of the row that the keyboard is at.
  #current = -1;

  constructor(filter) {
    this.#filter = filter;
    this.#detail = new Detail(filter, (step) => this.#step(step));
    this.#blocks = new Blocks(() => this.#handleRows(), (what) => filter.trouble(what));
    this.#scroll = new Scroll(at("rows"), at("height"), () => this.#handleMove());
    filter.onChange(() => this.startOver());
    new ResizeObserver(() => this.#handleRows()).observe(at("rows"));
    at("rows").addEventListener("keydown", (event) => this.#handleKey(event));
    at("window").addEventListener("click", (event) => this.#handleClick(event));
    at("newest").addEventListener("click", () => this.#goTo(this.#blocks.count - 1));
    at("pause").addEventListener("click", () => this.#pause(!this.#isPaused));
    this.startOver();
  }

  /** Something happened. */
  refresh() {
    if (!this.#isPaused) this.#blocks.refresh();
  }

  /** Nothing that was known of rows holds any more. */
  startOver() {
    this.#isFollowing = true;
    this.#current = -1;
    this.#blocks.ask(this.#filter.query());
  }

  #pause(isPaused) {
    this.#isPaused = isPaused;
    at("pause").setAttribute("aria-pressed", isPaused);
    at("pause").textContent = isPaused ? words.resume : words.pause;
    this.refresh();
  }

  #handleRows() {
    const { count } = this.#blocks;
    this.#scroll.catchUp();
    this.#scroll.measure(count);
    if (this.#isFollowing) this.#scroll.to(this.#scroll.end);
    at("count").textContent = fill(words.rows, { n: counted(count) });
    at("empty").hidden = count > 0;
    at("widen").hidden = !this.#filter.isNarrow;
    at("empty").firstElementChild.textContent =
      this.#filter.isNarrow ? words.nothing_let_through : words.nothing_yet;
    at("rows").setAttribute("aria-rowcount", count);
    this.#draw();
  }

  #handleMove() {
    this.#isFollowing = this.#scroll.isAtEnd;
    this.#draw();
  }

  #handleKey(event) {
    const page = Math.max(1, Math.floor(this.#scroll.view / this.#scroll.row) - 1);
    const first = Math.ceil(this.#scroll.position / this.#scroll.row);
    const from = this.#current < 0 ? first - 1 : this.#current;
    const moves = {
      ArrowDown: from + 1, ArrowUp: from - 1, PageDown: from + page, PageUp: from - page,
      Home: 0, End: this.#blocks.count - 1,
    };
    if (event.key === "Enter") this.#open(this.#current);
    else if (event.key in moves) this.#goTo(moves[event.key]);
    else return;
    event.preventDefault();
  }

  #handleClick(event) {
    const line = event.target.closest(".row");
    if (!line || String(getSelection())) return;
    this.#goTo(line.place);
    this.#open(line.place);
  }

  #goTo(place) {
    if (this.#blocks.count === 0) return;
    this.#current = Math.max(0, Math.min(place, this.#blocks.count - 1));
    this.#scroll.see(this.#current);
    this.#isFollowing = this.#current === this.#blocks.count - 1;
    this.#draw();
  }

  /** Opens the row before or after the one that is open. */
  #step(step) {
    this.#goTo(this.#current + step);
    this.#open(this.#current);
  }

  #open(place) {
    const row = place < 0 ? null : this.#blocks.row(place);
    if (row) this.#detail.open(row.seq);
  }

  /** Draws before the browser shows its next picture, however often it is asked. */
  #draw() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#drawRows();
    });
  }

  #drawRows() {
    const { position, row, view } = this.#scroll;
    const first = Math.floor(position / row);
    const many = Math.min(this.#blocks.count - first, Math.ceil(view / row) + 1);
    while (this.#lines.length < many) this.#lines.push(line());
    this.#lines.forEach((one, nth) => {
      one.hidden = nth >= many;
      if (nth < many) this.#drawRow(one, first + nth, (first + nth) * row - position);
    });
    at("newest").hidden = this.#isFollowing || this.#blocks.count === 0;
    const current = this.#lines.find((one) => !one.hidden && one.place === this.#current);
    if (current) at("rows").setAttribute("aria-activedescendant", current.id);
    else at("rows").removeAttribute("aria-activedescendant");
  }

  #drawRow(one, place, top) {
    one.style.transform = `translateY(${top}px)`;
    one.classList.toggle("current", place === this.#current);
    const row = this.#blocks.row(place);
    const { charset, times } = this.#filter;
    const above = times === "since" && place > 0 ? this.#blocks.row(place - 1) : undefined;
    const drawn = [place, row?.seq, charset, times, above?.seq].join();
    Object.assign(one, { place });
    if (one.drawn === drawn) return;
    one.drawn = drawn;
    one.setAttribute("aria-rowindex", place + 1);
    one.dataset.kind = row?.kind ?? "";
    const texts = row ? cells(row, charset, above) : ["", "", "", "\u2026", ""];
    texts.forEach((text, nth) => { one.children[nth].textContent = text; });
  }
}

function cells(row, charset, above) {
  const time = above ? `+${passed(Math.max(0, row.at - above.at))}` : clock(row.at);
  const start = [time, ARROWS[row.kind] ?? "\u25cf", visible(row.device ?? row.port)];
  if (row.said !== null) return [...start, "", row.said];
  const bytes = fromBase64(row.bytes);
  const more = row.len > bytes.length ? " \u2026" : "";
  return [...start, toHex(bytes.subarray(0, HEX_BYTES)), toText(bytes, charset) + more];
}

/** A line without a row. */
function line() {
  const one = document.createElement("div");
  one.className = "row";
  one.id = `line-${at("window").childElementCount}`;
  one.setAttribute("role", "row");
  for (const name of ["time", "way", "device", "hex", "text"]) {
    const cell = document.createElement("span");
    cell.className = name;
    cell.setAttribute("role", "gridcell");
    one.append(cell);
  }
  at("window").append(one);
  return one;
}
