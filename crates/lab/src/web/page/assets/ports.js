// What is done to a port: faults, rules and its script.

import { ask, told } from "./ask.js";
import { Rules } from "./rules.js";

const portOf = (form) => form.closest(".port").dataset.port;
const path = (port, what) => `/api/ports/${encodeURIComponent(port)}/${what}`;

/** The words of the fault that a button stands for, with the value beside it, when it strikes and how long it lasts. */
export function fault(form, button) {
  const { when, count, lasts } = Object.fromEntries(new FormData(form));
  const word = `${button.value} ${button.nextElementSibling?.value.trim() ?? ""}`.trim();
  const whens = { now: "", connects: ` ${count} connects`, bytes: ` after ${count} bytes`, messages: ` after ${count} messages` };
  return word + whens[when] + (lasts.trim() === "" ? "" : ` for ${lasts.trim()}`);
}

async function breakIt(form, port, button) {
  if (button.value === "") {
    await ask("DELETE", path(port, "faults"));
    return form.dataset.lifted;
  }
  return (await ask("POST", path(port, "faults"), { fault: fault(form, button) })).fault;
}

async function reload(form, port) {
  const { error } = await ask("POST", path(port, "reload"));
  if (error !== null) throw new Error(error);
  return form.dataset.runs;
}

/** Makes the ports' forms work. */
export function serve(ports) {
  const rules = new Map();
  for (const form of ports.querySelectorAll("form.rules")) rules.set(form, new Rules(form, path(portOf(form), "manner")));
  ports.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    told(form.querySelector("output"), () => {
      if (form.matches(".faults")) return breakIt(form, portOf(form), event.submitter);
      return form.matches(".reload") ? reload(form, portOf(form)) : rules.get(form).apply();
    });
  });
  // A toggle does not bubble, but is caught on its way down.
  ports.addEventListener("toggle", ({ target }) => {
    const form = target.querySelector("form.rules");
    if (form && target.open) rules.get(form).load();
  }, true);
}
