// One place at which a copy of the program works: it is given records, its answers are met, and when it hangs or
// crashes the record at fault is told and another copy goes on with the others.
import { AppError } from "../contract/errors.ts";
import { failure, readAnswer, type Verdict } from "./scorer-answer.ts";
import { type ScorerEnd, ScorerProcess, type ScorerProgram } from "./scorer-process.ts";
import type { ScorerRecord } from "./scorer-record.ts";

export interface LaneOptions {
  program: ScorerProgram;
  /** Records given to the copy that it has not answered. */
  maxInFlight: number;
  /** How long a record may take, from when those before it were answered. */
  timeoutMs: number;
  /** The next record, undefined at the end. */
  next(): Promise<ScorerRecord | undefined>;
  /** Whether any copy of the program has answered a record. */
  hasAnswered(): boolean;
  /** @param isAnswer false where it is not the program that says so */
  onVerdict(id: string, verdict: Verdict, isAnswer: boolean): void;
  /** A line that is about no record it was given. */
  onStray(line: Buffer | undefined): void;
}

/** However many records that are: what is given to a copy lies in memory. */
const MAX_IN_FLIGHT_BYTES = 8_000_000;
const MAX_FAILURES = 10;
/** For a program that has not answered anything yet. */
const MAX_FIRST_FAILURES = 5;

export class ScorerLane {
  readonly #options: LaneOptions;
  /** In the order in which they were sent. */
  readonly #inFlight = new Map<string, ScorerRecord>();
  #bytes = 0;
  /** Records that a copy was given which is gone. */
  #again: ScorerRecord[] = [];
  #process: ScorerProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timedId: string | undefined;
  #answers = 0;
  #answersOfProcess = 0;
  #failures = 0;
  #fault: Error | undefined;
  #wake: () => void = () => {};

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Works until there are no more records; throws when the program fails at everything. */
  async run(): Promise<void> {
    let isAtEnd = false;
    for (;;) {
      if (this.#fault !== undefined) throw this.#fault;
      const again = this.#again.shift();
      if (again !== undefined) this.#send(again);
      else if (!isAtEnd && !this.#isFull()) {
        const record = await this.#options.next();
        if (record === undefined) isAtEnd = true;
        else this.#again.push(record);
      } else if (this.#inFlight.size === 0) break;
      else {
        if (isAtEnd) this.#process?.endInput();
        await this.#change();
      }
    }
    await this.#process?.finish();
  }

  /** Ends the copy at once; what it was given stays without an answer. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#process?.kill();
    this.#fail(new AppError("shutting_down", "The scoring was stopped"));
  }

  #isFull(): boolean {
    return this.#inFlight.size >= this.#options.maxInFlight || this.#bytes >= MAX_IN_FLIGHT_BYTES;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #send(record: ScorerRecord): void {
    this.#process ??= this.#start();
    this.#inFlight.set(record.id, record);
    this.#bytes += record.line.length;
    this.#process.send(record.line);
    this.#watchOldest();
  }

  #start(): ScorerProcess {
    this.#answersOfProcess = 0;
    return new ScorerProcess(this.#options.program, {
      onLine: (line) => this.#meet(line),
      onEnd: (end) => this.#meetEnd(end),
    });
  }

  #meet(line: Buffer | undefined): void {
    const answer = readAnswer(line, this.#inFlight);
    if (answer === undefined) {
      this.#options.onStray(line);
      return;
    }
    const { id, verdict, isValid } = answer;
    const record = this.#inFlight.get(id) as ScorerRecord;
    this.#bytes -= record.line.length;
    this.#inFlight.delete(id);
    this.#watchOldest();
    this.#answersOfProcess++;
    if (isValid) {
      this.#answers++;
      this.#failures = 0;
    }
    this.#options.onVerdict(id, verdict, isValid);
    if (!isValid) this.#countFailure(record, verdict.comment ?? "");
    this.#wake();
  }

  /** Programs mostly work on one record after the other: only the oldest can be the one that takes too long. */
  #watchOldest(): void {
    const [oldest] = this.#inFlight.keys();
    if (oldest === this.#timedId) return;
    clearTimeout(this.#timer);
    this.#timedId = oldest;
    if (oldest === undefined) return;
    const { timeoutMs } = this.#options;
    this.#timer = setTimeout(() => {
      this.#process?.kill();
      this.#replace(`The program gave no answer within ${timeoutMs / 1000} s`);
    }, timeoutMs);
  }

  #meetEnd({ code, signal, fault }: ScorerEnd): void {
    if (fault !== undefined && this.#answers === 0) {
      this.#process = undefined;
      this.#fail(new AppError("scorer_failed", `The program cannot be started: ${fault}`));
    } else if (this.#inFlight.size === 0) this.#process = undefined;
    // One that answers some records and ends in order is started anew for the others.
    else if (code === 0 && this.#answersOfProcess > 0) this.#replace(undefined);
    else this.#replace(`The program ended without an answer, ${describeEnd(code, signal)}`);
  }

  /** The oldest record is at fault where there is a fault; the others are given to another copy. */
  #replace(comment: string | undefined): void {
    this.#process = undefined;
    clearTimeout(this.#timer);
    this.#timedId = undefined;
    const [oldest, ...others] = this.#inFlight.values();
    this.#again.push(...(comment === undefined && oldest !== undefined ? [oldest] : []), ...others);
    this.#inFlight.clear();
    this.#bytes = 0;
    if (comment !== undefined && oldest !== undefined) {
      this.#options.onVerdict(oldest.id, failure(comment), false);
      this.#countFailure(oldest, comment);
    }
    this.#wake();
  }

  /** A program that fails at everything is not run a million times. */
  #countFailure({ hasFailed }: ScorerRecord, comment: string): void {
    if (hasFailed) return;
    this.#failures++;
    const isFirst = !this.#options.hasAnswered();
    if (this.#failures < (isFirst ? MAX_FIRST_FAILURES : MAX_FAILURES)) return;
    const told = isFirst ? " and has not answered any" : "";
    const message = `The program failed at ${this.#failures} records in a row${told}; the last time: ${comment}`;
    this.#fail(new AppError("scorer_failed", message));
  }

  #fail(error: Error): void {
    this.#fault ??= error;
    this.#wake();
  }
}

function describeEnd(code: number | null, signal: string | null): string {
  return signal === null ? `with exit code ${code}` : `by the signal ${signal}`;
}
