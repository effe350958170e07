// Which rows of the stream are wanted.

import { fill, words } from "./words.js";

const at = (id) => document.getElementById(id);

// How long after the last key a search begins.
const TYPING_MS = 250;

export class Filter {
  #form = at("filter");
  #told = [];
  #typing;
  /** The keys of the devices that were chosen; none is all. */
  devices = new Set();

  constructor() {
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("change", () => this.#tell());
    this.#form.elements.search.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#tell(), TYPING_MS);
    });
    at("show-all").addEventListener("click", () => {
      this.devices.clear();
      this.#tell();
    });
    at("widen").addEventListener("click", () => this.#widen());
  }

  get charset() {
    return this.#form.elements.charset.value;
  }

  /** How the times of rows are shown. */
  get times() {
    return this.#form.elements.times.value;
  }

  /** Whether it keeps any row back that the page shows at first. */
  get isNarrow() {
    const { search, show, port } = this.#form.elements;
    const isOff = (box) => box.defaultChecked && !box.checked;
    return search.value !== "" || !!port?.value || this.devices.size > 0 || [...show].some(isOff);
  }

  onChange(told) {
    this.#told.push(told);
  }

  /** Shows a device, or leaves it out. */
  choose(key, isChosen) {
    if (isChosen) this.devices.add(key);
    else this.devices.delete(key);
    this.#tell();
  }

  /** What is wanted; where nothing is to be shown, `show` is empty. */
  wanted() {
    const form = new FormData(this.#form);
    const { search, as, charset, port = "" } = Object.fromEntries(form);
    return { device: [...this.devices].join(), port, show: form.getAll("show").join(), search, as, charset };
  }

  /** As the lab is asked. */
  query() {
    const { device, show, ...wanted } = this.wanted();
    return String(new URLSearchParams({ devices: device, show: show || "none", ...wanted }));
  }

  /** Says what is wrong with it. */
  trouble(what) {
    at("filter-trouble").textContent = what;
  }

  #widen() {
    const { search, show, port } = this.#form.elements;
    search.value = "";
    if (port) port.value = "";
    for (const box of show) box.checked = box.defaultChecked;
    this.devices.clear();
    this.#tell();
    search.focus();
  }

  #tell() {
    clearTimeout(this.#typing);
    const { size } = this.devices;
    at("whose").textContent = size === 0 ? words.of_all : fill(words.of_some, { n: size });
    at("show-all").hidden = size === 0;
    this.#told.forEach((told) => told());
  }
}
