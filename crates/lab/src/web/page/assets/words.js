// The page's words, in the language in which it came.

export const words = JSON.parse(document.body.dataset.words);

/** Puts values into their places; of `one|many` the form is taken that is for `n`. */
export function fill(sentence, values) {
  const [one, many = one] = sentence.split("|");
  const form = String(values.n) === "1" ? one : many;
  return form.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

export const counted = (number) => number.toLocaleString(words.lang);
