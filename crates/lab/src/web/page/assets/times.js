// Moments as they are read: the hour of the day where it is, and the date where it may be another day.

import { fill, words } from "./words.js";

const two = (number) => String(number).padStart(2, "0");
const day = (date) => `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const hour = (date) => [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");

/** `05:01:23.026`, of microseconds. */
export function clock(micros) {
  const date = new Date(micros / 1000);
  return `${hour(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** `2026-11-23 05:01:23.026`, of microseconds. */
export function full(micros) {
  const date = new Date(micros / 1000);
  return `${date.getFullYear()}-${day(date)} ${clock(micros)}`;
}

/** `11-23 05:01:23`, of what `Date` reads. */
export function moment(text) {
  const date = new Date(text);
  return `${day(date)} ${hour(date)}`;
}

/** `12.345 s` or `5 ms`, of microseconds. */
export function passed(micros) {
  const [unit, number] = micros < 1_000_000
    ? [words.millis, micros / 1000] : [words.seconds, micros / 1_000_000];
  return fill(unit, { n: number.toLocaleString(words.lang, { maximumFractionDigits: 3 }) });
}
