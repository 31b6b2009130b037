// Keeping what happened: as words to read, or as a transcript test. Everything is made and saved by the browser.
import { post, telephone } from "./api.js";
import { byId, page, say } from "./words.js";

const LINES = "p.said, p.did, p.noted, .bubble-body, p.carrier";

function wordsOf(element) {
  const text = element.textContent.replace(/\s+/g, " ").trim();
  if (element.matches(".did, .noted, .carrier")) return `(${text})`;
  if (element.matches(".said")) return `  ${text}`;
  return element.textContent.trim();
}

/** Everything on the page, as plain text; "" when there is nothing yet. */
export function asText() {
  const parts = [["call_heading", "captions"], ["text_heading", "thread"]].map(([heading, id]) => {
    const lines = [...byId(id).querySelectorAll(LINES)].map(wordsOf);
    return lines.length ? `${say(heading)}\n\n${lines.join("\n")}\n` : "";
  }).filter(Boolean);
  if (!parts.length) return "";
  const day = new Date().toISOString().slice(0, 10);
  return [`${say("transcript_title", { name: page.name })}, ${day}`, say("transcript_note"), "", ...parts].join("\n");
}

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  byId("share-status").textContent = say("saved", { name });
}

export function share(record) {
  const status = byId("share-status");
  const withText = (act) => () => {
    const text = asText();
    if (text) act(text);
    else status.textContent = say("nothing_yet");
  };
  byId("share-copy").addEventListener("click", withText(async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = say("copied");
    } catch {
      status.textContent = say("not_copied");
    }
  }));
  byId("share-download").addEventListener("click", withText((text) => save("practice.txt", text)));
  const asTest = (medium, name, title) => async () => {
    const steps = medium === "call" ? record.call : record.texts;
    if (!steps.length) {
      status.textContent = say("nothing_yet");
      return;
    }
    try {
      const answer = await post("transcript", { medium, title, steps, caller: record.caller, phone: telephone.token });
      save(name, answer.text);
    } catch (fault) {
      status.textContent = fault.sentence ?? say("failed");
    }
  };
  byId("share-call-test").addEventListener("click", asTest("call", "practice-call.txt", "A practice call"));
  byId("share-text-test").addEventListener("click", asTest("texts", "practice-texts.txt", "A practice conversation by text"));
}
