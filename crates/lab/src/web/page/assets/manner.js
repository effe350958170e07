// A port's manner, in the words of the configuration file and in the fields of a form.
//
// Words that fields cannot say stay as they are: a part that has some is of the kind `json`, and a rule
// keeps them beside its fields.

import { textOf, written } from "./write.js";

/** A number, or what is no number as it is: the lab says what is wrong with it. */
const count = (text) => (/^\d{1,15}$/.test(text) ? Number(text) : text);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const oneOf = (choices) => (text) => choices.find((choice) => choice === text);

/** Whether the form has a place for each of its rules. */
export const isShowable = (manner) =>
  isObject(manner) && (manner.rules === undefined || (Array.isArray(manner.rules) && manner.rules.every(isObject)));

const order = oneOf(["big", "little"]);
const counts = oneOf(["rest", "length-and-rest", "whole"]);

const FRAMINGS = {
  none: () => undefined,
  line: () => "line",
  fixed: (fields) => `fixed ${fields.bytes}`,
  idle: (fields) => `idle ${fields.gap}`,
  length: (fields) => ({
    skip: count(fields.skip), length: count(fields.length), order: order(fields.order), counts: counts(fields.counts),
  }),
};

function framing(value) {
  if (isObject(value)) {
    const whole = { skip: 0, length: undefined, order: "big", counts: "rest", ...value };
    const { skip, length } = whole;
    return [whole, { kind: "length", ...whole, skip: String(skip), length: String(length) }];
  }
  const [, kind, amount] = /^(fixed|idle) (.*)$/.exec(value) ?? [];
  if (kind) return [value, { kind, bytes: amount, gap: amount }];
  return value === "none" ? [undefined, { kind: value }] : [value, { kind: value ?? "none" }];
}

const IDENTITIES = {
  none: () => undefined,
  imei: () => "imei",
  pattern: (fields) => fields.expression,
  bytes: (fields) => ({ prefix_hex: fields.start, skip: count(fields.skip), len: count(fields.len) }),
  name: (fields) => ({ name: textOf(fields.name) }),
};

function identity(value) {
  if (isObject(value) && "name" in value) return [value, { kind: "name", name: written(String(value.name)) }];
  if (isObject(value)) {
    const whole = { prefix_hex: "", skip: 0, len: undefined, ...value };
    return [whole, { kind: "bytes", start: whole.prefix_hex, skip: String(whole.skip), len: String(whole.len) }];
  }
  if (value === undefined || value === "imei") return [value, { kind: value ?? "none" }];
  return [value, { kind: "pattern", expression: oneLine(value) }];
}

const REPLIES = { silent: () => "silent", echo: () => "echo" };

const reply = (value = "silent") => [value, { kind: value }];

/** `read` tells a value with all that it leaves out, and the fields that may say it. */
const part = (kinds, read) => ({
  fields(value) {
    const [whole, fields] = read(value);
    const isSaid = Object.hasOwn(kinds, fields.kind) && isSame(kinds[fields.kind](fields), whole);
    return isSaid ? fields : { kind: "json" };
  },
  /** The words for fields; `before` stays where they say nothing. */
  words: (fields, before) => (fields.kind === "json" ? before : kinds[fields.kind](fields)),
});

export const parts = {
  framing: part(FRAMINGS, framing), identity: part(IDENTITIES, identity), reply: part(REPLIES, reply),
};

// How each word of a rule is put into its field, and read from there.
const text = (field) => ({ field, show: written, read: textOf });
const plain = (field) => ({ field, show: oneLine, read: (said) => said });
const always = (value) => ({ show: () => "", read: () => value });

const CUES = {
  on: always("connect"), equals: text("cue-text"), prefix: text("cue-text"), contains: text("cue-text"),
  matches: plain("cue-pattern"), hex: plain("cue-mask"), every: plain("cue-time"),
};
const SAYS = { reply: text("say-text"), reply_hex: plain("say-hex"), echo: always(true) };
const MORE = {
  after: plain("after"), split: { field: "split", show: String, read: count },
  then: { field: "then", show: String, read: oneOf(["close", "reset"]) },
};
const WORDS = { ...CUES, ...MORE, ...SAYS };
const ORDER = [...Object.keys(CUES), "after", ...Object.keys(SAYS), "split", "then"];

/** What has lines has no place in a field of one line. */
function oneLine(value) {
  return String(value).replace(/[\r\n]/g, "");
}

const isSaid = (rule, key) => {
  const { show, read } = WORDS[key];
  return Object.hasOwn(rule, key) && read(show(String(rule[key]))) === rule[key];
};

/** The fields of a rule, and the names of its words that they do not say. */
export function fieldsOf(rule) {
  const first = (keys) => Object.keys(keys).find((key) => isSaid(rule, key)) ?? "";
  const [cue, say] = [first(CUES), first(SAYS)];
  const said = [cue, say, ...Object.keys(MORE)].filter((key) => key !== "" && isSaid(rule, key));
  const empty = Object.values(WORDS).filter(({ field }) => field).map(({ field }) => [field, ""]);
  const filled = said.filter((key) => WORDS[key].field).map((key) => [WORDS[key].field, WORDS[key].show(String(rule[key]))]);
  const fields = { ...Object.fromEntries([...empty, ...filled]), cue, say };
  return { fields, rest: Object.keys(rule).filter((key) => !said.includes(key)) };
}

/** The rule for its fields, with what the one before had beside. */
export function ruleOf(fields, before) {
  const { rest } = fieldsOf(before);
  const more = Object.keys(MORE).filter((key) => fields[MORE[key].field] !== "");
  const said = [fields.cue, fields.say, ...more].filter((key) => key !== "");
  const rule = Object.fromEntries([
    ...rest.map((key) => [key, before[key]]),
    ...said.map((key) => [key, WORDS[key].read(fields[WORDS[key].field])]),
  ]);
  const keys = ORDER.filter((key) => Object.hasOwn(rule, key));
  return Object.fromEntries([...keys, ...rest.filter((key) => !ORDER.includes(key))].map((key) => [key, rule[key]]));
}
