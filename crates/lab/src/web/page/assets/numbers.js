// Bytes as numbers and as times.

import { full } from "./times.js";
import { words } from "./words.js";

const KINDS = [
  ["u8", 1, (view) => view.getUint8(0)],
  ["i8", 1, (view) => view.getInt8(0)],
  ["u16", 2, (view, little) => view.getUint16(0, little)],
  ["i16", 2, (view, little) => view.getInt16(0, little)],
  ["u32", 4, (view, little) => view.getUint32(0, little)],
  ["i32", 4, (view, little) => view.getInt32(0, little)],
  ["u64", 8, (view, little) => view.getBigUint64(0, little)],
  ["i64", 8, (view, little) => view.getBigInt64(0, little)],
  ["f32", 4, (view, little) => view.getFloat32(0, little)],
  ["f64", 8, (view, little) => view.getFloat64(0, little)],
  [words.unix_seconds, 4, (view, little) => time(view.getUint32(0, little) * 1000)],
  [words.unix_millis, 8, (view, little) => time(Number(view.getBigUint64(0, little)))],
];

/** What stands from a byte on: a name for each way to read it, and both orders of its bytes. */
export function numbers(bytes, from) {
  return KINDS.map(([name, size, read]) => {
    const isThere = Number.isInteger(from) && from >= 0 && from + size <= bytes.length;
    if (!isThere) return [name, "", ""];
    const view = new DataView(bytes.buffer, bytes.byteOffset + from, size);
    return [name, String(read(view, true)), String(read(view, false))];
  });
}

/** Milliseconds since 1970, unless no clock of this century would say so. */
function time(millis) {
  const [first, last] = [Date.UTC(2000, 0), Date.UTC(2100, 0)];
  return millis >= first && millis < last ? full(millis * 1000) : "";
}
