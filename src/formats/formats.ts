// The table of contents: every format that can be imported, the more particular shapes first.
import { chat } from "./chat.ts";
import type { Format } from "./format.ts";
import { gsm8k } from "./gsm8k.ts";
import { gsm8kSolutions } from "./gsm8k-solutions.ts";
import { native } from "./native.ts";
import { prm800k, prm800kAll } from "./prm800k.ts";
import { promptResponse } from "./prompt-response.ts";
import { trl } from "./trl.ts";
import { verl } from "./verl.ts";

export const formats: readonly Format[] = [
  native,
  prm800k,
  prm800kAll,
  gsm8kSolutions,
  verl,
  trl,
  chat,
  promptResponse,
  // Its columns are kept along by what is made from it: rollouts, chats, solutions.
  gsm8k,
];
