// Bytes, and how people read and write them.

export const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export const toHex = (bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

// What has no letter of its own or turns the direction of writing, as `is_hidden` in shown.rs has it.
const HIDDEN = /[\u0080-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const decoders = {
  utf8: new TextDecoder("utf-8", { ignoreBOM: true }),
  gbk: new TextDecoder("gbk"),
};

/** Bytes as text in which every control character can be seen. */
export function toText(bytes, charset) {
  return visible(decoders[charset].decode(bytes));
}

const ESCAPES = { "\r": "\\r", "\n": "\\n", "\t": "\\t" };

/** Text in which every letter can be seen; `hidden` writes those that are no control characters and cannot. */
export function shown(text, hidden) {
  const escaped = (letter) =>
    ESCAPES[letter] ?? `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return text.replace(/[\u0000-\u001f\u007f]/g, escaped).replace(HIDDEN, hidden);
}

export const visible = (text) =>
  shown(text, (letter) => `<${letter.codePointAt(0).toString(16).toUpperCase()}>`);

/** Lines of sixteen bytes: place, hex and ASCII. */
export function dump(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = bytes.subarray(at, at + 16);
    const ascii = Array.from(line, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "\u00b7").join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${toHex(line).padEnd(47)}  ${ascii}`);
  }
  return lines.join("\n");
}

const escaped = (byte, form) =>
  byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c ? String.fromCharCode(byte) : form(byte);

/** Bytes as they are pasted into something else. */
export const forms = {
  hex: (bytes) => toHex(bytes),
  text: (bytes, charset) => decoders[charset].decode(bytes),
  // Three digits of octal each: hex would go on into the letters that follow.
  c: (bytes) => `"${Array.from(bytes, (byte) => escaped(byte, (one) => `\\${one.toString(8).padStart(3, "0")}`)).join("")}"`,
  lua: (bytes) => `"${Array.from(bytes, (byte) => escaped(byte, (one) => `\\${String(one).padStart(3, "0")}`)).join("")}"`,
  base64: (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")),
};
