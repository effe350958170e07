// Puts the page together.

import { watch } from "./beside.js";
import { Devices } from "./devices.js";
import { link } from "./export.js";
import { Filter } from "./filter.js";
import { Live } from "./live.js";
import { serve } from "./ports.js";
import { Send } from "./send.js";
import { Stream } from "./stream.js";
import { words } from "./words.js";

const filter = new Filter();
const stream = new Stream(filter);
const devices = new Devices(filter);
const send = new Send(filter);
link(filter, document.getElementById("exports"));
serve(document.getElementById("ports"));
const device = watch(document.getElementById("beside"));

new Live(({ isOther }) => {
  if (isOther) {
    stream.startOver();
    device.startOver();
  } else stream.refresh();
  devices.refresh();
  send.refresh();
});

document.addEventListener("click", async ({ target }) => {
  const { copy } = target.dataset;
  if (copy === undefined) return;
  // Far from this machine and without TLS, browsers have no clipboard for pages: the line is marked.
  if (!navigator.clipboard) {
    getSelection().selectAllChildren(target.previousElementSibling);
    return;
  }
  await navigator.clipboard.writeText(copy);
  target.textContent = words.copied;
  setTimeout(() => { target.textContent = words.copy; }, 1500);
});
