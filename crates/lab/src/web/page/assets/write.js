// Bytes as people write them, and what is appended to them.

import { shown, toHex } from "./bytes.js";
import { fill, words } from "./words.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const LETTERS = { r: 13, n: 10, t: 9, 0: 0, "\\": 92 };

/** Text with `\r`, `\n`, `\t`, `\0`, `\\` and `\x7E` as bytes. */
export function fromText(text, charset) {
  const bytes = [];
  const part = /\\x([0-9a-fA-F]{2})|\\([rnt0\\])|[^\\]+|\\/g;
  for (const [all, hex, letter] of text.matchAll(part)) {
    if (hex !== undefined) bytes.push(parseInt(hex, 16));
    else if (letter !== undefined) bytes.push(LETTERS[letter]);
    else bytes.push(...encode(all, charset));
  }
  return Uint8Array.from(bytes);
}

/** What `textOf` reads as this text: all of it can be seen, and stands in one line. */
export function written(text) {
  const bytes = (letter) => Array.from(encoder.encode(letter), (byte) => `\\x${toHex([byte])}`).join("");
  return shown(text.replaceAll("\\", "\\\\"), bytes);
}

/** The text that somebody wrote as for `fromText`; bytes that are none are refused. */
export function textOf(said) {
  const bytes = fromText(said, "utf8");
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Error(fill(words.no_text, { bytes: toHex(bytes) }));
  }
}

/** Two digits a byte, with or without blanks; nothing if it is something else. */
export function fromHex(text) {
  const digits = text.replace(/\s/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) throw new Error(words.bad_hex);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function encode(text, charset) {
  return charset === "gbk" ? Array.from(text).flatMap(gbk) : encoder.encode(text);
}

let letters = null;

/** Browsers read GBK and do not write it: each letter is looked up among all that it has. */
function gbk(letter) {
  if (letter < "\x80") return [letter.charCodeAt(0)];
  letters ??= table();
  const bytes = letters.get(letter);
  if (!bytes) throw new Error(fill(words.no_gbk, { letter }));
  return bytes;
}

function table() {
  const decoder = new TextDecoder("gbk");
  const found = new Map();
  for (let first = 0x81; first <= 0xfe; first += 1) {
    for (let second = 0x40; second <= 0xfe; second += 1) {
      const letter = decoder.decode(Uint8Array.of(first, second));
      if (letter.length === 1 && letter !== "\ufffd" && !found.has(letter)) found.set(letter, [first, second]);
    }
  }
  return found;
}

/** CRC-16/Modbus, the low byte first. */
export function crc16(bytes) {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return [crc & 0xff, crc >> 8];
}

const ENDS = {
  none: () => [],
  crlf: () => [13, 10],
  lf: () => [10],
  crc16,
  xor: (bytes) => [bytes.reduce((all, byte) => all ^ byte, 0)],
  sum: (bytes) => [bytes.reduce((all, byte) => (all + byte) & 0xff, 0)],
};

/** The bytes with what is appended to them. */
export const ended = (bytes, end) => Uint8Array.from([...bytes, ...ENDS[end](bytes)]);
