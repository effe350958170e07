// One row with all of its bytes.

import { dump, fromBase64, toText } from "./bytes.js";
import { full } from "./times.js";
import { counted, fill, words } from "./words.js";

const at = (id) => document.getElementById(id);

export class Detail {
  #filter;

  constructor(filter) {
    this.#filter = filter;
    at("detail-close").addEventListener("click", () => at("detail").close());
  }

  async open(seq) {
    const answer = await fetch(`/page/rows/${seq}`);
    if (!answer.ok) return;
    const row = await answer.json();
    const bytes = fromBase64(row.bytes);
    const sizes = { n: counted(bytes.length), all: counted(row.len) };
    const size = row.len > bytes.length ? words.cut : words.length;
    at("detail-title").textContent = fill(words.row, { n: counted(row.seq) });
    at("detail-about").textContent =
      [full(row.at), row.port, row.device, row.said ?? fill(size, sizes)].filter(Boolean).join(" \u00b7 ");
    at("detail-text").textContent = row.said === null ? toText(bytes, this.#filter.charset) : "";
    at("detail-bytes").textContent = row.said === null ? dump(bytes) : "";
    at("detail").showModal();
  }
}
