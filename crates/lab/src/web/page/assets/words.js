// The page's words, in the language in which it came.

export const words = JSON.parse(document.body.dataset.words);

export const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

export const counted = (number) => number.toLocaleString(words.lang);
