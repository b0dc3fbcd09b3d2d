// What runs are called.
import { Type } from "typebox";

/** The name of a run that is there. */
export const RunName = (description: string) => Type.String({ minLength: 1, maxLength: 200, description });

/** A name that a run is given. */
export const NewRunName = (description: string) => ({
  ...RunName(`${description}; not "." or ".."`),
  format: "run-name",
});

/** Clients take these two for the places they mean in any other path, percent-encoded or not (WHATWG, *URL*). */
export function isRunName(name: string): boolean {
  return name !== "." && name !== "..";
}
