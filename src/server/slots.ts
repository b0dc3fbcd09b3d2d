import { AppError } from "../contract/errors.ts";

const RETRY_SECONDS = 5;

/** Room for so many calls of a kind at once; whoever finds none gets a 503. */
export class Slots {
  readonly #most: number;
  readonly #what: string;
  #taken = 0;

  /** @param what they are called, in the plural */
  constructor(most: number, what: string) {
    this.#most = most;
    this.#what = what;
  }

  /** Returns what gives the slot back; calling that again does nothing. */
  take(): () => void {
    if (this.#taken === this.#most) {
      const message = `${this.#most} ${this.#what} are running already; try again when one has ended`;
      throw new AppError("database_busy", message, { retryAfterSeconds: RETRY_SECONDS });
    }
    this.#taken++;
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken--;
      isTaken = false;
    };
  }
}
