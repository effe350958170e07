// What is done to a port: faults, rules and its script.

import { ask, told } from "./ask.js";

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

async function change(form, port) {
  const rules = JSON.parse(form.elements.rules.value);
  form.elements.rules.value = shown(await ask("PUT", path(port, "manner"), rules));
  return form.dataset.kept;
}

async function reload(form, port) {
  return (await ask("POST", path(port, "reload"))).error ?? form.dataset.runs;
}

const shown = (manner) => JSON.stringify(manner, null, 2);

/** Makes the ports' forms work. */
export function serve(ports) {
  ports.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const { port } = form.closest(".port").dataset;
    told(form.querySelector("output"), () => {
      if (form.matches(".faults")) return breakIt(form, port, event.submitter);
      return form.matches(".reload") ? reload(form, port) : change(form, port);
    });
  });
  // A toggle does not bubble, but is caught on its way down.
  ports.addEventListener("toggle", ({ target }) => {
    const form = target.querySelector("form.rules");
    if (!form || !target.open) return;
    const { port } = form.closest(".port").dataset;
    told(form.querySelector("output"), async () => {
      form.elements.rules.value = shown(await ask("GET", path(port, "manner")));
      return "";
    });
  }, true);
}
