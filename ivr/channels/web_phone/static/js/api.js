// Requests to our own server, and the telephone that the browser keeps for it. It never asks anybody else.
import { page, say } from "./words.js";

/** Something that cannot be done; `sentence` is for the person. */
export class Fault extends Error {
  constructor(code, sentence) {
    super(sentence);
    this.code = code;
    this.sentence = sentence;
  }
}

export const telephone = { token: page.phone };

/** Post to the practice API. Throws a Fault. */
export async function post(path, body) {
  let response;
  try {
    response = await fetch(`${page.base}/${path}`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": page.token },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Fault("offline", say("offline"));
  }
  let answer = null;
  try {
    answer = await response.json();
  } catch {
    throw new Fault("no-answer", say("failed"));
  }
  if (!response.ok) throw new Fault(answer.error, page.language === "en" && answer.sentence ? answer.sentence : say("failed"));
  return answer;
}

/** Get a telephone with another number. */
export async function newTelephone() {
  telephone.token = (await post("phone", {})).phone;
}
