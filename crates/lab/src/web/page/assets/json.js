// JSON with a line for each value.

import { visible } from "./bytes.js";

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** The text of an object or a list, in lines; nothing if the bytes are something else. */
export function pretty(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const found = JSON.parse(text);
    return typeof found === "object" && found !== null ? indented(text) : null;
  } catch {
    return null;
  }
}

/** The tokens stay what they were: parsed, a number of twenty digits would be another one. */
function indented(text) {
  let lines = "";
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === "}" || token === "]") {
      depth -= 1;
      lines += line() + token;
    } else if (token === "{" || token === "[") {
      depth += 1;
      lines += token + line();
    } else if (token === ",") {
      lines += token + line();
    } else {
      lines += token === ":" ? ": " : visible(token);
    }
  }
  return lines;
}
