// Word from the lab that something happened.

import { fill, words } from "./words.js";

const lamp = document.getElementById("lamp");

function light(state, text) {
  lamp.dataset.state = state;
  lamp.textContent = text;
}

/** Calls `happened` for each word; the browser asks again by itself when the lab was away. */
export function listen(happened) {
  const source = new EventSource("/page/live");
  source.addEventListener("message", ({ data }) => {
    const { trouble } = JSON.parse(data);
    if (trouble === null) light("live", words.live);
    else light("trouble", fill(words.trouble, { why: trouble }));
    happened();
  });
  source.addEventListener("error", () => light("lost", words.lost));
}
