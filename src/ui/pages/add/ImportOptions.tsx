import { Checkbox, TextInput } from "@mantine/core";
import classes from "./ImportOptions.module.css";

export interface Options {
  run: string;
  split: string;
  trainStep: string;
  /** Store all or nothing. */
  isStrict: boolean;
}

/** Whether a text is a training step, or none. */
export function isTrainStep(text: string): boolean {
  return /^\d{0,10}$/.test(text) && Number(text) <= 2_147_483_647;
}

export function ImportOptions({ options, onChange }: { options: Options; onChange(options: Options): void }) {
  const set = (changes: Partial<Options>) => onChange({ ...options, ...changes });
  return (
    <fieldset className={classes.options}>
      <legend>For traces that don't say it themselves</legend>
      <TextInput
        label="Run"
        value={options.run}
        maxLength={200}
        onChange={(e) => set({ run: e.currentTarget.value })}
      />
      <TextInput
        label="Split"
        value={options.split}
        maxLength={64}
        placeholder="train, validation, …"
        onChange={(e) => set({ split: e.currentTarget.value })}
      />
      <TextInput
        label="Training step"
        value={options.trainStep}
        inputMode="numeric"
        error={!isTrainStep(options.trainStep) && "A whole number up to 2,147,483,647"}
        onChange={(e) => set({ trainStep: e.currentTarget.value })}
      />
      <Checkbox
        className={classes.strict}
        size="xs"
        label="Store nothing if a record is bad"
        checked={options.isStrict}
        onChange={(e) => set({ isStrict: e.currentTarget.checked })}
      />
    </fieldset>
  );
}
