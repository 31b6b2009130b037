// Words in the groups in which people speak them: up to a comma or stop, and never too many. Pure.
const MOST_WORDS = 8;
const FEWEST_WORDS = 3;

/** Sentences, each a piece that a voice can say in one breath or two. */
export function sentences(text) {
  return text.match(/[^.?!]+(?:[.?!]+["')\]]*|$)\s*/g)?.map((sentence) => sentence.trim()).filter(Boolean) ?? [];
}

/** The word groups of a sentence: text, where it starts, and how many words. */
export function wordGroups(sentence) {
  const groups = [];
  let open = null;
  for (const found of sentence.matchAll(/\S+/g)) {
    open ??= { text: "", start: found.index, words: 0 };
    open.text += (open.words ? " " : "") + found[0];
    open.words += 1;
    const breath = /[,;:.?!]["')\]]*$/.test(found[0]) && open.words >= FEWEST_WORDS;
    if (breath || open.words >= MOST_WORDS) {
      groups.push(open);
      open = null;
    }
  }
  if (open && groups.length && open.words < FEWEST_WORDS) {
    const last = groups.at(-1);
    last.text += ` ${open.text}`;
    last.words += open.words;
  } else if (open) {
    groups.push(open);
  }
  return groups;
}
