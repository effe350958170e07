// What two rows have in common, byte for byte.

// More of them is compared from both ends only.
const MIDDLE_BYTES = 2048;

/** Parts in their order: `same`, `gone` (only in the old one) and `new` (only in the other). */
export function diff(old, now) {
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const ofOld = old.subarray(head, old.length - tail);
  const ofNow = now.subarray(head, now.length - tail);
  const isLong = Math.max(ofOld.length, ofNow.length) > MIDDLE_BYTES;
  const middle = isLong
    ? [...part("gone", ofOld), ...part("new", ofNow)] : aligned(ofOld, ofNow);
  return [...part("same", now.subarray(0, head)), ...middle, ...part("same", now.subarray(now.length - tail))];
}

const part = (kind, bytes) => (bytes.length > 0 ? [{ kind, bytes }] : []);

/** By the longest run of bytes, with gaps, that both have. */
function aligned(old, now) {
  const common = lengths(old, now);
  const width = now.length + 1;
  const parts = [];
  const add = (kind, byte) => {
    if (parts.at(-1)?.kind !== kind) parts.push({ kind, bytes: [] });
    parts.at(-1).bytes.push(byte);
  };
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      add("same", old[i]);
      i += 1;
      j += 1;
    } else if (j === now.length || (i < old.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      add("gone", old[i]);
      i += 1;
    } else {
      add("new", now[j]);
      j += 1;
    }
  }
  return parts;
}

/** How much the rests of both have in common, from each pair of places on. */
function lengths(old, now) {
  const width = now.length + 1;
  const common = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = old[i] === now[j]
        ? common[(i + 1) * width + j + 1] + 1
        : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  return common;
}
