// Asking the lab to do something: its API is what everybody else uses too.

import { words } from "./words.js";

/** What the lab answers; an Error with its own words where it cannot. */
export async function ask(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const question = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
  const answer = await fetch(path, question).catch(() => { throw new Error(words.no_answer); });
  const said = await answer.text();
  const found = said === "" ? null : JSON.parse(said);
  if (!answer.ok) throw new Error([found.error, found.hint].filter(Boolean).join("; "));
  return found;
}

/** Does something, and says in an output how that ended. */
export async function told(output, act) {
  try {
    output.textContent = await act();
    output.classList.remove("bad");
  } catch (error) {
    output.textContent = error.message;
    output.classList.add("bad");
  }
}
