// Asking the lab to do something: its API is what everybody else uses too.

/** What the lab answers; an Error with its own words where it cannot. */
export async function ask(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const question = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
  const answer = await fetch(path, question);
  const said = await answer.text();
  const found = said === "" ? null : JSON.parse(said);
  if (!answer.ok) throw new Error([found.error, found.hint].filter(Boolean).join(" \u2014 "));
  return found;
}
