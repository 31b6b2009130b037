// Puts the parts of the page together, and nothing else.
import { Call } from "./call.js";
import { Captions } from "./captions.js";
import { Clock } from "./clock.js";
import { keypad } from "./keypad.js";
import { Microphone } from "./microphone.js";
import { Record } from "./record.js";
import { settings } from "./settings.js";
import { share } from "./share.js";
import { Speaker } from "./speaker.js";
import { Thread } from "./thread.js";
import { View } from "./view.js";
import { byId, say } from "./words.js";

const record = new Record();
const speaker = new Speaker(settings);
const clock = new Clock();
const thread = new Thread(record);
const view = new View(() => call.seconds);
const call = new Call({ speaker, clock, captions: new Captions(byId("captions"), settings), record, view, settings });
const microphone = new Microphone((words, confidence) => call.say(words, confidence), (text) => view.note(text));

speaker.addEventListener("no-voice", () => view.note(say("no_voice")));
new MutationObserver(() => {
  if (view.waits && view.step?.words) microphone.listen(view.step.language);
  else microphone.stop();
}).observe(byId("phone"), { attributeFilter: ["data-state"] });

/** Where everything stands one below the other, the captions come into sight when a call begins. */
function inSight() {
  const captions = byId("captions").closest(".panel");
  const { top } = captions.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) captions.scrollIntoView({ block: "start", behavior: "smooth" });
}

keypad(byId("keypad"), settings, (key) => {
  call.press(key);
  if (key === "7") thread.look();
});
byId("call").addEventListener("click", () => {
  if (call.live) return call.hangUp();
  call.start({ language: "en" });
  return inSight();
});
byId("skip-wait").addEventListener("click", () => call.skip());

byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = byId("say-words").value.trim();
  if (words) call.say(words);
  byId("say-words").value = "";
  clock.typing(false);
});
byId("say-words").addEventListener("input", (event) => clock.typing(event.target.value.trim() !== ""));

byId("transfer").addEventListener("click", (event) => {
  const outcome = event.target.closest("[data-outcome]")?.dataset.outcome;
  if (outcome === "answered") call.answered();
  else if (outcome) call.notReached(outcome);
});
byId("talk").addEventListener("click", (event) => {
  const seconds = event.target.closest("[data-seconds]")?.dataset.seconds;
  if (seconds) call.talkEnded(Number(seconds));
});

byId("start-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const place = byId("start-place");
  call.hangUp();
  byId("phone").focus({ preventScroll: true });
  inSight();
  call.start(
    { place: place.value, language: form.get("language"), pace: form.get("pace"), caller: form.get("caller") },
    place.value ? place.selectedOptions[0].textContent.trim() : "",
  );
});

const writing = byId("write-words");
byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  thread.send(writing.value);
  writing.value = "";
});
writing.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("write").requestSubmit();
});
byId("tries").addEventListener("click", (event) => {
  const words = event.target.closest("[data-try]")?.dataset.try;
  if (words) thread.send(words);
});
byId("new-number").addEventListener("click", () => thread.startOver());
share(record);
document.body.dataset.ready = "yes";
