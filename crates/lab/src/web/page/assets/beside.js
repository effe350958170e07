// The device beside the lab, where there is one: how it is, its console, and what befalls it.

import { Idiomorph } from "/page/idiomorph.js";
import { ask, told } from "./ask.js";
import { visible } from "./bytes.js";
import { fault } from "./ports.js";
import { words } from "./words.js";

// How often it is asked while somebody can see it.
const EVERY_MS = 1000;

const LINES_MAX = 1000;

const FAULTS = "/api/beside/faults";

/** Shows the device in its place on the page; without a place there is no device. */
export function watch(place) {
  if (!place) return { startOver() {} };
  const [view, console, trouble] = ["view", "console", "trouble"].map((part) => place.querySelector(`#beside-${part}`));
  let after = 0;
  let turn = Promise.resolve();
  // One look after the other, so that no line is added twice.
  const look = () => {
    turn = turn.then(lookOnce, lookOnce);
    return turn;
  };
  const lookOnce = async () => {
    const answer = await fetch("/page/beside").catch(() => { throw new Error(words.no_answer); });
    if (!answer.ok) throw new Error((await answer.json()).error);
    Idiomorph.morph(view, await answer.text(), { morphStyle: "innerHTML" });
    const lines = await ask("GET", `/api/beside/console?after=${after}`);
    after = lines.at(-1)?.seq ?? after;
    append(console, lines);
  };
  const again = async () => {
    if (!document.hidden) {
      await look().then(() => "", (error) => error.message).then((text) => { trouble.textContent = text; });
    }
    setTimeout(again, EVERY_MS);
  };
  place.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    told(form.querySelector("output"), async () => {
      const done = await (form.matches(".faults") ? press(form, event.submitter) : say(form));
      await look();
      return done;
    });
  });
  again();
  // Another run counts its lines anew.
  const forget = () => {
    after = 0;
    console.replaceChildren();
  };
  return { startOver() { turn = turn.then(forget, forget); } };
}

async function press(form, button) {
  if (button.value === "") {
    await ask("DELETE", FAULTS);
    return form.dataset.lifted;
  }
  return (await ask("POST", FAULTS, { fault: fault(form, button) })).fault;
}

const say = async (form) => (await ask("POST", FAULTS, { fault: form.elements.words.value })).fault;

/** Adds lines, and follows them unless somebody has scrolled back. */
function append(console, lines) {
  const isAtEnd = console.scrollTop + console.clientHeight > console.scrollHeight - 4;
  console.append(...lines.map(line));
  while (console.childElementCount > LINES_MAX) console.firstElementChild.remove();
  if (isAtEnd) console.scrollTop = console.scrollHeight;
}

function line({ seq, time, source, text }) {
  const one = document.createElement("p");
  Object.assign(one.dataset, { seq, source });
  const cells = [["time", time], ["source", source], ["text", text.split("\t").map(visible).join("\t")]];
  one.append(...cells.flatMap(([name, said]) => {
    const cell = document.createElement("span");
    cell.className = name;
    cell.textContent = said;
    return [cell, " "];
  }));
  return one;
}
