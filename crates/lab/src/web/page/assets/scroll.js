// Scrolling through more rows than a browser can make a page high: what is short is scrolled as it is,
// what is long by ratio, and in both a turn of the wheel moves by as many rows.

const HEIGHT_MAX = 8_000_000;
const SETTLE_MS = 120;

export class Scroll {
  #box;
  #spacer;
  #moved;
  #settling;
  // Where the box was put or seen last.
  #top = 0;
  #count = 0;
  /** Height of a row and of what is seen, in pixels. */
  row = 24;
  view = 0;
  /** What is seen begins so many pixels below the first row's beginning. */
  position = 0;

  constructor(box, spacer, moved) {
    this.#box = box;
    this.#spacer = spacer;
    this.#moved = moved;
    box.addEventListener("scroll", () => this.#handleScroll());
  }

  get end() {
    return Math.max(0, this.#count * this.row - this.view);
  }

  get isAtEnd() {
    return this.position >= this.end - this.row;
  }

  get #topMax() {
    return Math.min(this.end, HEIGHT_MAX);
  }

  get #ratio() {
    return this.#topMax > 0 ? this.end / this.#topMax : 1;
  }

  /** There are so many rows, and so much room. */
  measure(count) {
    this.#count = count;
    this.row = parseFloat(getComputedStyle(this.#box).getPropertyValue("--row"));
    this.view = this.#box.clientHeight;
    this.#spacer.style.height = `${this.#topMax}px`;
    this.position = Math.min(this.position, this.end);
  }

  /** Takes in a move of somebody's that the browser has not told of yet, lest it be undone. */
  catchUp() {
    if (Math.abs(this.#box.scrollTop - this.#top) >= 1) this.#handleScroll();
  }

  /** Goes there. */
  to(position) {
    this.position = Math.max(0, Math.min(position, this.end));
    this.#settle();
    this.#moved();
  }

  /** Goes as far as it takes to see a row. */
  see(place) {
    const top = place * this.row;
    if (top < this.position) this.to(top);
    else if (top + this.row > this.position + this.view) this.to(top + this.row - this.view);
  }

  #settle() {
    clearTimeout(this.#settling);
    this.#box.scrollTop = this.position / this.#ratio;
    this.#top = this.#box.scrollTop;
  }

  #handleScroll() {
    const top = this.#box.scrollTop;
    const moved = top - this.#top;
    if (Math.abs(moved) < 1 && top > 0) return;
    this.#top = top;
    if (this.#ratio === 1 || Math.abs(moved) > this.view * 2) {
      this.position = Math.min(top * this.#ratio, this.end);
    } else {
      this.position = Math.max(0, Math.min(this.position + moved, this.end));
      clearTimeout(this.#settling);
      const isAtEdge = top <= 0 || top >= this.#topMax - 1;
      this.#settling = setTimeout(() => this.#settle(), isAtEdge ? 0 : SETTLE_MS);
    }
    this.#moved();
  }
}
