// The form for a port's framing, identity, reply and rules. It and the JSON beside it show the same.

import { ask } from "./ask.js";
import { fieldsOf, isShowable, parts, ruleOf } from "./manner.js";
import { fill, words } from "./words.js";

const json = (manner) => JSON.stringify(manner, null, 2);

const fieldsIn = (part) => [...part.querySelectorAll("[data-field]")];

export class Rules {
  #form;
  #path;
  // What the JSON says, as long as the form can show that.
  #manner = {};
  // What the lab has, as JSON, once it has said so.
  #kept = null;

  constructor(form, path) {
    [this.#form, this.#path] = [form, path];
    form.addEventListener("input", ({ target }) => this.#write(target));
    form.addEventListener("click", ({ target }) => this.#act(target.closest("[data-act]")));
  }

  get #json() {
    return this.#form.elements.rules;
  }

  get #isChanged() {
    return this.#kept !== null && this.#json.value !== this.#kept;
  }

  /** Shows what the lab has; what waits to be applied stays. */
  async load() {
    try {
      const kept = json(await ask("GET", this.#path));
      if (this.#isChanged) this.#show();
      else this.#begin(kept);
    } catch (error) {
      this.#trouble(error.message);
    }
  }

  async apply() {
    const bad = [...this.#form.elements].find(({ validity }) => validity?.customError);
    if (bad) {
      bad.focus();
      throw new Error(bad.validationMessage);
    }
    const asked = this.#json.value;
    const kept = json(await ask("PUT", this.#path, parsed(asked)));
    // Who went on writing meanwhile does not lose that.
    if (this.#json.value === asked) this.#begin(kept);
    else this.#kept = kept;
    return this.#form.dataset.kept;
  }

  #begin(kept) {
    this.#kept = kept;
    this.#json.value = kept;
    this.#json.readOnly = false;
    this.#show();
  }

  /** Somebody wrote into a field. */
  #write(field) {
    if (field === this.#json) return this.#show();
    const part = field.closest("[data-part]");
    for (const one of fieldsIn(part)) one.setCustomValidity("");
    try {
      this.#take(part);
    } catch (error) {
      field.setCustomValidity(error.message);
    }
    fit(part);
    this.#tell();
  }

  #take(part) {
    const name = part.dataset.part;
    const fields = Object.fromEntries(fieldsIn(part).map((one) => [one.dataset.field, one.value]));
    if (name === "rule") {
      const at = this.#rows.indexOf(part.parentElement);
      this.#manner.rules[at] = ruleOf(fields, this.#manner.rules[at]);
    } else {
      this.#manner[name] = parts[name].words(fields, this.#manner[name]);
    }
    this.#json.value = json(this.#manner);
  }

  get #rows() {
    return [...this.#form.querySelector("ol").children];
  }

  /** Shows in the form what the JSON says. */
  #show() {
    const trouble = this.#read();
    this.#trouble(trouble);
    if (trouble === "") this.#fill();
    this.#tell();
  }

  /** Says why the form has to wait, if it has to. */
  #trouble(why) {
    const told = this.#form.querySelector(".unread");
    this.#form.querySelector(".parts").disabled = why !== "";
    told.hidden = why === "";
    told.textContent = why;
  }

  /** What is wrong with the JSON, if the form cannot show it. */
  #read() {
    try {
      const manner = parsed(this.#json.value);
      if (!isShowable(manner)) return words.rules_unshown;
      // The order in which the lab tells them.
      this.#manner = { framing: undefined, identity: undefined, reply: undefined, rules: undefined, ...manner };
      return "";
    } catch (error) {
      return error.message;
    }
  }

  #fill() {
    for (const [name, part] of Object.entries(parts)) {
      put(this.#form.querySelector(`[data-part=${name}]`), part.fields(this.#manner[name]));
    }
    const rules = this.#manner.rules ?? [];
    const [list, template] = [this.#form.querySelector("ol"), this.#form.querySelector("template")];
    while (list.children.length > rules.length) list.lastElementChild.remove();
    while (list.children.length < rules.length) list.append(template.content.cloneNode(true));
    this.#rows.forEach((row, at) => number(row, rules[at], at, rules.length));
  }

  /** Whether there is something to apply. */
  #tell() {
    this.#form.querySelector("[data-act=undo]").disabled = !this.#isChanged;
  }

  #act(button) {
    if (button === null) return;
    const { act } = button.dataset;
    const rules = [...this.#manner.rules ?? []];
    const at = this.#rows.indexOf(button.closest("li"));
    const to = { add: rules.length, up: at - 1, down: at + 1 }[act] ?? at;
    if (act === "undo") return this.#begin(this.#kept);
    const [rule = { equals: "", reply: "" }] = act === "add" ? [] : rules.splice(at, 1);
    if (act !== "remove") rules.splice(to, 0, rule);
    this.#manner.rules = rules;
    this.#json.value = json(this.#manner);
    this.#show();
    this.#focus(to, act);
  }

  /** The keyboard stays with the rule that it moved, or near the one that it took away. */
  #focus(at, act) {
    const rows = this.#rows;
    const row = rows[Math.min(at, rows.length - 1)];
    const wanted = act === "add" ? ["[data-field=cue]"] : [act, "up", "down", "remove"].map((one) => `[data-act=${one}]`);
    const found = wanted.map((one) => row?.querySelector(one)).find((one) => one && !one.disabled);
    (found ?? this.#form.querySelector("[data-act=add]")).focus();
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(fill(words.rules_no_json, { why: error.message }));
  }
}

/** Puts words into the fields that say them; other fields stay as they are. */
function put(part, fields) {
  for (const one of fieldsIn(part)) {
    const value = fields[one.dataset.field];
    one.setCustomValidity("");
    // Where nothing changes, the cursor stays.
    if (value !== undefined && one.value !== value) one.value = value;
  }
  fit(part);
}

function number(row, rule, at, all) {
  const { fields, rest } = fieldsOf(rule);
  put(row.firstElementChild, fields);
  row.querySelector("legend").textContent = fill(words.rule, { n: at + 1 });
  row.querySelector("[data-act=up]").disabled = at === 0;
  row.querySelector("[data-act=down]").disabled = at === all - 1;
  row.querySelector(".rest").hidden = rest.length === 0;
  row.querySelector(".rest").textContent = fill(words.rule_rest, { names: rest.join(", ") });
}

/** Shows the fields that are for what was chosen. */
function fit(part) {
  for (const one of part.querySelectorAll("[data-of]")) {
    const chosen = part.querySelector(`[data-field=${one.dataset.of}]`).value;
    one.hidden = !one.dataset.for.split(" ").includes(chosen);
  }
}
