// The table of contents: every format that can be imported.
import type { Format } from "./format.ts";
import { gsm8k } from "./gsm8k.ts";
import { native } from "./native.ts";

export const formats: readonly Format[] = [native, gsm8k];
