import { AppError } from "../contract/errors.ts";

/** A fault in a record: `place` is the member as a person would look it up, such as `messages[2].content`. */
export function invalidMember(place: string, what: string): AppError {
  return new AppError("invalid_trace", `The member "${place}" must be ${what}`);
}
