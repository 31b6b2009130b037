// What was done in the last call and in the text thread, for keeping. It lives in this page only.

export class Record {
  call = [];
  texts = [];
  caller = "shown";

  begin(caller) {
    this.caller = caller;
    this.call = [{ act: "call", came: [] }];
  }

  /** The way to a place, passed over at the start: each act with what had come before it. */
  way(passed = []) {
    for (const { act, steps } of passed) {
      this.came(steps);
      this.call.push({ act, came: [] });
    }
  }

  /** What a document said, and what else it did. */
  came(steps) {
    const last = this.call.at(-1);
    for (const step of steps) {
      if (step.do === "say") last.came.push({ text: step.text, language: step.language });
      if (step.do === "gather") this.came(step.inside);
      if (step.do === "dial") last.came.push({ rings: step.dialled[0] });
      if (step.do === "hangup") last.came.push({ over: true });
    }
  }

  /** What the caller did, as a transcript writes it. */
  did(event) {
    const act = {
      press: () => `press ${event.digits}${event.finished ?? ""}`,
      say: () => `say ${event.confidence === undefined ? "" : `(${Math.round(event.confidence * 100)}% sure) `}${event.words}`,
      silence: () => "silent",
      dial_ended: () => `transfer ${event.outcome}${event.seconds ? ` ${event.seconds} seconds` : ""}`,
      hang_up: () => "hang up",
    }[event.event];
    if (act) this.call.push({ act: act(), came: [] });
  }

  text(body, answer) {
    const act = `text ${body.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`;
    this.texts.push({ act, came: answer.replies.length ? answer.replies.map(({ body }) => ({ body })) : [{ nothing: true }] });
  }
}
