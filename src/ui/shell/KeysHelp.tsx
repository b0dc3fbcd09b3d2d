import { Kbd, Modal } from "@mantine/core";
import classes from "./KeysHelp.module.css";

const groups: [title: string, keys: [keys: string[], what: string][]][] = [
  [
    "Everywhere",
    [
      [["?"], "these keys"],
      [["g", "o"], "to the overview (also g h)"],
      [["g", "t"], "to the traces"],
      [["g", "r"], "to the runs"],
      [["g", "a"], "add traces"],
      [["g", "s"], "status"],
    ],
  ],
  [
    "Traces",
    [
      [["/"], "the search bar"],
      [["j"], "next trace"],
      [["k"], "trace before"],
      [["Enter"], "open it"],
      [["x"], "select it"],
      [["c"], "compare the two that are selected"],
      [["f"], "show or hide the filters"],
      [["Esc"], "close the panel"],
      [["r"], "look for new traces"],
    ],
  ],
  [
    "A trace",
    [
      [["j"], "next step"],
      [["k"], "step before"],
      [["/"], "find in the trace (also Ctrl+F)"],
      [["Enter"], "next hit, with Shift the one before"],
      [["e"], "unfold or fold all long steps"],
      [["g", "g"], "to the start"],
      [["G"], "to the end"],
      [["m"], "Markdown or plain text"],
      [["y"], "copy the whole trace as text"],
    ],
  ],
  [
    "A run",
    [
      [["[", "]"], "training step before, next one"],
      [["n"], "next group"],
      [["p"], "group before"],
      [["j"], "next sample of the group"],
      [["k"], "sample before"],
      [["h"], "the same prompt, a step earlier"],
      [["l"], "the same prompt, a step later"],
      [["Enter"], "open the sample"],
      [["Esc"], "close the group"],
    ],
  ],
  [
    "Two traces compared",
    [
      [["j"], "next difference"],
      [["k"], "difference before"],
      [["w"], "mark words, or not"],
      [["e"], "leave out what is equal, or not"],
      [["m"], "Markdown or plain text"],
      [["s"], "swap the two"],
    ],
  ],
];

export function KeysHelp({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Keys"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <div className={classes.groups}>
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h2>{title}</h2>
            <dl>
              {keys.map(([names, what]) => (
                <div key={what}>
                  <dt>
                    {names.map((name, at) => (
                      <Kbd key={at} size="xs">
                        {name}
                      </Kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
