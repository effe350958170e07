// Links to files of what the stream shows.

import { toHex } from "./bytes.js";
import { fromText } from "./write.js";

/** Has each link lead to a file of the rows that the filter lets through. */
export function link(filter, links) {
  const lead = () => {
    const { device, port, show, search, as, charset } = filter.wanted();
    const wanted = { device, show };
    if (port !== "") wanted.port = port;
    if (search !== "") wanted.hex = as === "hex" ? search : toHex(fromText(search.replaceAll("\\", "\\\\"), charset));
    for (const one of links.querySelectorAll("a")) {
      // Where nothing is shown, there is nothing to be had.
      if (show === "") one.removeAttribute("href");
      else one.href = `/api/export?${new URLSearchParams({ format: one.dataset.format, ...wanted })}`;
    }
  };
  filter.onChange(lead);
  lead();
}
