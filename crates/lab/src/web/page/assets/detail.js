// One row with all of its bytes, in every way in which people read them.

import { told } from "./ask.js";
import { dump, forms, fromBase64, toHex, toText } from "./bytes.js";
import { diff } from "./diff.js";
import { pretty } from "./json.js";
import { numbers } from "./numbers.js";
import { full, passed } from "./times.js";
import { counted, fill, words } from "./words.js";

const at = (id) => document.getElementById(id);

export class Detail {
  #filter;
  #row = null;
  #bytes = new Uint8Array();
  #before = null;
  // The row that others are compared with, as long as the page is open.
  #marked = null;
  #turn = 0;

  /** `step` opens the row before or after. */
  constructor(filter, step) {
    this.#filter = filter;
    at("detail-close").addEventListener("click", () => at("detail").close());
    at("detail-before").addEventListener("click", () => step(-1));
    at("detail-after").addEventListener("click", () => step(1));
    at("number-at").addEventListener("input", () => this.#count());
    at("compare-with").addEventListener("change", () => this.#compare());
    at("mark").addEventListener("click", () => this.#mark());
    for (const button of document.querySelectorAll("#detail [data-form]")) {
      button.addEventListener("click", () => this.#copy(button.dataset.form));
    }
  }

  async open(seq) {
    this.#turn += 1;
    const turn = this.#turn;
    const answer = await fetch(`/page/rows/${seq}`).catch(() => null);
    // Who steps quickly sees the last row that was asked for.
    if (!answer?.ok || turn !== this.#turn) return;
    const { row, before } = await answer.json();
    Object.assign(row, { whole: fromBase64(row.bytes) });
    if (before) Object.assign(before, { whole: fromBase64(before.bytes) });
    [this.#row, this.#before, this.#bytes] = [row, before, row.whole];
    this.#show();
    if (!at("detail").open) at("detail").showModal();
  }

  #show() {
    const [row, bytes] = [this.#row, this.#bytes];
    const sizes = { n: counted(bytes.length), all: counted(row.len) };
    const size = fill(row.len > bytes.length ? words.cut : words.length, sizes);
    const since = this.#before && fill(words.since_before, { time: passed(row.at - this.#before.at) });
    at("detail-title").textContent = fill(words.row, { n: counted(row.seq) });
    at("detail-about").textContent =
      [full(row.at), row.port, row.device, row.said ?? size, since].filter(Boolean).join(" \u00b7 ");
    at("detail-message").hidden = row.said !== null;
    at("copied").textContent = "";
    if (row.said !== null) return;
    at("detail-text").textContent = toText(bytes, this.#filter.charset);
    const json = pretty(bytes);
    at("detail-as-json").hidden = json === null;
    at("detail-json").textContent = json ?? "";
    at("detail-bytes").textContent = dump(bytes);
    this.#count();
    this.#offer();
  }

  #copy(form) {
    return told(at("copied"), async () => {
      await navigator.clipboard.writeText(forms[form](this.#bytes, this.#filter.charset));
      return words.copied;
    });
  }

  #count() {
    const lines = numbers(this.#bytes, at("number-at").valueAsNumber).map((cells) => {
      const line = document.createElement("tr");
      line.append(...cells.map((text, nth) => {
        const cell = document.createElement(nth === 0 ? "th" : "td");
        if (nth === 0) cell.scope = "row";
        cell.textContent = text;
        return cell;
      }));
      return line;
    });
    at("number-list").replaceChildren(...lines);
  }

  #mark() {
    this.#marked = this.#row;
    this.#offer();
    at("compare-told").textContent = words.marked;
  }

  /** Says what this row can be compared with, and compares it with the first. */
  #offer() {
    const others = [];
    if (this.#marked && this.#marked.seq !== this.#row.seq) {
      others.push(new Option(fill(words.compare_marked, { n: counted(this.#marked.seq) }), "marked"));
    }
    if (this.#before) others.push(new Option(words.compare_before, "before"));
    if (others.length === 0) others.push(new Option(words.nothing_before, ""));
    at("compare-with").replaceChildren(...others);
    this.#compare();
  }

  #compare() {
    const other = { marked: this.#marked, before: this.#before }[at("compare-with").value];
    const parts = other ? diff(other.whole, this.#bytes) : [];
    const many = (kind) => parts.filter((one) => one.kind === kind)
      .reduce((sum, { bytes }) => sum + bytes.length, 0);
    const [gone, fresh] = [many("gone"), many("new")];
    const size = (n) => fill(words.length, { n: counted(n) });
    const said = gone + fresh === 0 ? words.same
      : fill(words.differ, { gone: size(gone), new: size(fresh) });
    at("compare-told").textContent = other ? said : "";
    at("compare-bytes").textContent = "";
    at("compare-bytes").append(...parts.flatMap(({ kind, bytes }) => [piece(kind, toHex(bytes)), " "]));
  }
}

const TAGS = { same: "span", gone: "del", new: "ins" };

function piece(kind, text) {
  const one = document.createElement(TAGS[kind]);
  one.textContent = text;
  return one;
}
